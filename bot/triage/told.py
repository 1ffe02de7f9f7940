"""The words of open tickets, held ready for comparing: an open ticket is compared with every new trouble around it."""

import math
from collections.abc import Sequence
from operator import add

from bot.ports import OpenTicket
from bot.triage.evidence import KINDS_TELL, examine
from bot.triage.lexicons import Lexicons
from bot.triage.naming import Naming, Spellings, occurs
from bot.triage.normalise import hear

REMEMBERED = 8000  # tickets, some eight megabytes


def twos_of(plain: str) -> frozenset[str]:
    """The pairs of letters and digits that stand side by side in a text."""
    return frozenset(filter(str.isalnum, map(add, plain, plain[1:])))


class Told:
    """What a ticket's words come to. What they name is only found out where it may decide."""

    __slots__ = ("_names", "_size", "plain", "text")

    def __init__(self, text: str, lexicons: Lexicons) -> None:
        self.text = text
        self.plain = hear(text, lexicons.hearing).plain
        self._size = len(twos_of(self.plain))
        self._names: frozenset[str] | None = None

    def alike(self, twos: frozenset[str]) -> float:
        """How alike it is to a text of these pairs of characters: the cosine, each pair counted once (0–1)."""
        shared = sum(map(self.plain.__contains__, twos))
        return shared / math.sqrt(len(twos) * self._size) if shared and self._size else 0.0

    def names(self, lexicons: Lexicons) -> frozenset[str]:
        """What the ticket is about, to compare."""
        if self._names is None:
            self._names = examine(hear(self.text, lexicons.hearing), lexicons).names
        return self._names


class Ready:
    """The words of tickets as they were last compared, oldest out first; taken anew where a ticket's text has changed."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._lexicons = lexicons
        self._naming = Naming(lexicons)
        self._told: dict[str, Told] = {}

    def told(self, ticket: OpenTicket) -> Told:
        """The words of a ticket."""
        known = self._told.get(ticket.id)
        if known is None or known.text != ticket.text:
            known = self._told[ticket.id] = Told(ticket.text, self._lexicons)
            if len(self._told) > REMEMBERED:
                del self._told[next(iter(self._told))]
        return known

    def spellings(self, names: frozenset[str]) -> list[Spellings]:
        """How these names may be spelled."""
        return [self._naming.spellings(name) for name in names]


def may_name(told: Told, spellings: Sequence[Spellings]) -> bool:
    """Whether a ticket may name any of these: saves examining it."""
    return bool(spellings) and occurs(spellings, told.plain)


def shared(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the same thing is named: 喇叭 is in 大喇叭."""
    return any(one in other or other in one for one in names for other in others)


def ready(lexicons: Lexicons) -> Ready:
    """What is held ready of a vocabulary: made when it is first asked for."""
    found: Ready | None = lexicons.told.get("")
    if found is None:
        found = lexicons.told[""] = Ready(lexicons)
    return found


def things_of(text: str, category: str, lexicons: Lexicons) -> frozenset[str]:
    """What a trouble of a category is about: the things of this category, else whatever it names. Polite words name 管家, too."""
    evidence = examine(hear(text, lexicons.hearing), lexicons)
    own = (hit for hit in evidence.things if hit.entry.category == category and not hit.entry.vague)
    return frozenset(hit.entry.name if category in KINDS_TELL else hit.word for hit in own) or evidence.names
