"""Words as typed → words to compare: half width, lower case, simplified, without stickers and links.

Both forms have the same length, so that whatever is found in the one can be shown in the other.
"""

import re
from collections.abc import Iterable, Mapping

from bot.messages import record

CUT = 4000  # characters of a message that are read, as many as the door lets in
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_STICKER = re.compile(r"\[[^\[\]\n]{1,8}\]")
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+")
_MENTION = re.compile(r"@[^\s@,，。：:]{1,16}(?=[\s,，：:])")
_LONG_NUMBER = re.compile(r"\d{7,}x?")


STOPS = "。!！?？;；\n"


@record
class Said:
    """One message: ``shown`` in the speaker's words, ``plain`` to compare; the same length, character by character."""

    shown: str
    plain: str

    def without(self, spans: Iterable[tuple[int, int]]) -> "Said":
        """The message without the sentences in which these spans begin or end."""
        shown, plain = self.shown, self.plain
        for start, end in spans:
            left = max((plain.rfind(stop, 0, start) for stop in STOPS), default=-1) + 1
            right = min((at for stop in STOPS if (at := plain.find(stop, end)) >= 0), default=len(plain))
            blank = " " * (right - left)
            shown, plain = shown[:left] + blank + shown[right:], plain[:left] + blank + plain[right:]
        return Said(shown, plain)

    def words(self, start: int, end: int) -> str:
        """The speaker's words of a span."""
        return self.shown[start:end].strip(" \t\r\n,，。；;、：:")


def folding(pairs: Mapping[str, str]) -> dict[int, int]:
    """A translation table: full width → half width, capitals → small, and the given pairs of characters."""
    table = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    table.update({code - 32: code for code in range(ord("a"), ord("z") + 1)})
    table.update({code - 32 + 0xFEE0: code for code in range(ord("a"), ord("z") + 1)})
    table[0x3000] = table[0xA0] = table[0x2005] = ord(" ")
    table.update({ord(old): ord(new) for old, new in pairs.items()})
    return table


def hear(text: str, fold: Mapping[int, int]) -> Said:
    """Prepare a message for reading: its first ``CUT`` characters, so that work is bounded."""
    shown = _INVISIBLE.sub("", text[:CUT])
    plain = shown.translate(fold)
    if "[" in plain:
        plain = _STICKER.sub(_blank, plain)
    if "://" in plain or "www." in plain:
        plain = _LINK.sub(_blank, plain)
    if "@" in plain:
        plain = _MENTION.sub(_blank, plain)
    return Said(shown, _LONG_NUMBER.sub(_blank, plain))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
