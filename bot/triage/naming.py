"""Whether a text may name what another one names: a quick look that saves examining it.

To examine a ticket costs as much as to read a message, and most open tickets around are about something else. A name comes
from a word of the vocabulary, or from a pattern that begins with one or two known characters: where none of them stands in
a text, the name is not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import add

from bot.triage.evidence import KINDS_TELL, OUTAGES
from bot.triage.lexicons import Entry, Lexicons

KEPT = 1000  # names whose spellings are held ready: more than the vocabulary has
Spellings = Mapping[str, Sequence[str]]  # by the first two characters


class Naming:
    """The spellings of all that gives ``Evidence.names``; made once for a vocabulary."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._kinds: dict[str, set[str]] = {}  # what kinds of things and outages are called → their spellings
        self._words: set[tuple[str, str]] = set()  # of things that go by the word itself: word and spelling
        self.spellings = lru_cache(KEPT)(self._spellings)
        for word, spelling, entry in _vocabulary(lexicons):
            if entry.category in (KINDS_TELL if entry.kind == "thing" else OUTAGES):
                self._kinds.setdefault(entry.name, set()).add(spelling)
            elif entry.kind == "thing":
                self._words.add((word, spelling))

    def _spellings(self, name: str) -> Spellings:
        """How it may be spelled, or something that contains it, or something in it."""
        kinds = (spelled for kind, spelled in self._kinds.items() if name in kind or kind in name)
        words = {spelling for word, spelling in self._words if word in name}
        found: dict[str, list[str]] = {}
        for spelling in words.union({name}, *kinds):
            found.setdefault(spelling[:2], []).append(spelling)
        return found


def occurs(wanted: Sequence[Spellings], plain: str) -> bool:
    """Whether any spelling of them stands in a text."""
    there = {*plain, *map(add, plain, plain[1:])}
    return any(
        spelling in plain
        for spellings in wanted
        for beginning in spellings.keys() & there
        for spelling in spellings[beginning]
    )


def _vocabulary(lexicons: Lexicons) -> Iterator[tuple[str, str, Entry]]:
    """Word, spelling and entry of all that may give a name; of a pattern only its beginning is looked at."""
    words = ((word, word, entry) for pairs in lexicons.vocabulary.heads.values() for word, entry in pairs)
    patterns = (
        (begin[0], begin, entry) for begin, found in lexicons.vocabulary.starts.items() for _, entry in found.each
    )
    return (one for one in chain(words, patterns) if one[2].kind in {"thing", "trouble", "danger"})
