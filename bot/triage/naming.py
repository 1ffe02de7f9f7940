"""Whether a text may name what another one names: a quick look that saves examining it.

To examine a ticket costs as much as to read a message, and most open tickets around are about something else. A name comes
from a word or pattern of the vocabulary, and each begins with one or two known characters: where none of them stands in a
text, the name is not in it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from operator import add

from bot.triage.evidence import KINDS_TELL, OUTAGES
from bot.triage.lexicons import Entry, Lexicons

KEPT = 1000  # names whose beginnings are held ready: more than the vocabulary has


class Naming:
    """The beginnings of all words that give ``Evidence.names``; made once for a vocabulary."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._kinds: dict[str, set[str]] = {}  # what kinds of things and outages are called → beginnings of their words
        self._words: set[tuple[str, str]] = set()  # of things that go by the word itself: word and beginning
        self._of = lru_cache(KEPT)(self._beginnings)
        for beginning, word, entry in _vocabulary(lexicons):
            if entry.category in (KINDS_TELL if entry.kind == "thing" else OUTAGES):
                self._kinds.setdefault(entry.name, set()).add(beginning)
            elif entry.kind == "thing":
                self._words.add((word, beginning))

    def beginnings(self, names: Iterable[str]) -> frozenset[str]:
        """How the words begin that name one of these, something that contains it, or something that it contains."""
        return frozenset().union(*(self._of(name) for name in names))

    def _beginnings(self, name: str) -> frozenset[str]:
        kinds = (begin for kind, begin in self._kinds.items() if name in kind or kind in name)
        inside = {beginning for word, beginning in self._words if word in name}
        return frozenset({name[:2]}).union(inside, *kinds)


def occurs(beginnings: frozenset[str], plain: str) -> bool:
    """Whether any of them stands in a text."""
    return not beginnings.isdisjoint(chain(plain, map(add, plain, plain[1:])))


def _vocabulary(lexicons: Lexicons) -> Iterator[tuple[str, str, Entry]]:
    """Beginning, word and entry of all that may give a name; of a pattern the first character stands for the word."""
    words = ((begin, word, entry) for begin, pairs in lexicons.heads.items() for word, entry in pairs)
    patterns = ((begin, begin[0], entry) for begin, found in lexicons.starts.items() for _, entry in found.each)
    return (one for one in chain(words, patterns) if one[2].kind in {"thing", "trouble", "danger"})
