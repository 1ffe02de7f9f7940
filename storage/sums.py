"""Sums by name, added to each other and written down as text: what a row of ``fact`` holds.

A name is the code of a contribution for its whole, and ``<code>:part`` and ``<code>:excluded`` for the other two.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from json import JSONEncoder

from bot.domain.contributions import Contribution

Names = dict[str, int]

_encode = JSONEncoder(separators=(",", ":")).encode


def named(one: Contribution) -> Iterator[tuple[str, int]]:
    """What a contribution adds, by name."""
    yield one.code, one.whole
    if one.part:
        yield f"{one.code}:part", one.part
    if one.excluded:
        yield f"{one.code}:excluded", one.excluded


def numbers(names: Mapping[str, int], code: str) -> tuple[int, int, int]:
    """Part, whole and excluded of a code."""
    return names.get(f"{code}:part", 0), names.get(code, 0), names.get(f"{code}:excluded", 0)


def codes_in(names: Iterable[str]) -> list[str]:
    """The codes that something was counted of, in order."""
    return sorted({name.partition(":")[0] for name in names})


def add(to: Names, names: Iterable[tuple[str, int]]) -> None:
    """Add to what stands."""
    get = to.get
    for name, count in names:
        to[name] = get(name, 0) + count


def packed(names: Mapping[str, int]) -> str:
    """As text, in order, without what is nothing; "" where nothing is left."""
    kept = {name: names[name] for name in sorted(names) if names[name]}
    return _encode(kept) if kept else ""


def unpacked(text: str) -> Names:
    """The other way."""
    names: Names = json.loads(text)
    return names
