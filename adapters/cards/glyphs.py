"""Which characters the font of the cards has, and what stands for those that it has not."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

RANGES = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0xFF), (0x2190, 0x2199), (0x2500, 0x257F), (0x3000, 0x303E), (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6),
)  # fmt: skip  # ASCII, Latin-1, arrows, boxes, CJK punctuation, full-width forms
BESIDE = "㎡♥☎–•"
LACKING = frozenset("≒")  # of Big5; the font has none
MISSING = "□"


def wanted() -> Iterator[str]:
    """Every character that the font is to have: GBK, Big5's first level and signs."""
    for first, last in RANGES:
        yield from map(chr, range(first, last + 1))
    for high in range(0x81, 0xFF):
        for low in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            yield bytes((high, low)).decode("gbk", "ignore")
            if 0xA4 <= high <= 0xC6:
                yield bytes((high, low)).decode("big5", "ignore")
    yield from BESIDE


@cache
def characters() -> frozenset[str]:
    """The characters that the font has."""
    return frozenset(char for pair in wanted() for char in pair) - LACKING


def drawable(text: str) -> str:
    """The text on one line, of characters that the font has: emoji and rare ones become a box, invisible ones go."""
    return "".join(_drawn(char) for char in " ".join(text.split()))


def safe(value: Any, longest: int, join: str = " ") -> Any:
    """The same data with every text drawable, its lines joined by ``join``, and cut to ``longest`` characters."""
    if isinstance(value, str):
        shown = join.join(map(drawable, value.splitlines()))
        return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
    if isinstance(value, dict):
        return {key: safe(one, longest, join) for key, one in value.items()}
    return [safe(one, longest, join) for one in value] if isinstance(value, list | tuple) else value


def _drawn(char: str) -> str:
    if char in characters():
        return char
    return "" if unicodedata.category(char)[0] in "CM" else MISSING
