"""Whether two messages are about the same matter: words, category, things, time and cues count; places may veto."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

from bot.ports import Matter, OpenTicket
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import conflict
from bot.triage.told import Told, may_name, ready, shared, twos_of

# Categories in which people tell one and the same trouble: 漏水, 积水, 污水, 臭.
KINDRED = frozenset({"drainage", "utilities", "sanitation", "property"})


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known beside the words: when and by whom, what the message names, and whether it says 也 or 还没."""

    at: datetime
    account: str
    names: frozenset[str] = frozenset()
    cue: bool = False
    public: bool = False
    recent: Mapping[str, float] = field(default_factory=dict)  # ticket → minutes since it was last spoken of
    stated: bool = True  # the place was said, not guessed


def merge_candidates(
    matter: Matter, tickets: Sequence[OpenTicket], hint: Hint, lexicons: Lexicons, least: float = -math.inf
) -> Iterator[tuple[float, OpenTicket]]:
    """The tickets that a matter may belong to, best first; those of another building are left out, and what is below ``least``.

    A ticket is examined when what is quickly seen of it promises more than all others have: mostly that is one or none.
    """
    possible = [ticket for ticket in tickets if _possible(matter, ticket, hint)]
    if not possible:
        return
    matching = _Matching(matter, hint, lexicons)
    queue = [(-matching.promise(ticket), order, False, ticket) for order, ticket in enumerate(possible)]
    heapify(queue)
    while queue and -queue[0][0] >= least:
        promise, order, is_examined, ticket = heappop(queue)
        if is_examined:
            yield -promise, ticket
        else:
            heappush(queue, (-matching.nearness(ticket), order, True, ticket))


def _possible(matter: Matter, ticket: OpenTicket, hint: Hint) -> bool:
    if not hint.stated or (hint.public and hint.cue):
        return True
    return not conflict(matter.building, ticket.building)


class _Matching:
    """One matter in search of its ticket."""

    def __init__(self, matter: Matter, hint: Hint, lexicons: Lexicons) -> None:
        self._matter, self._hint, self._lexicons = matter, hint, lexicons
        self._ready = ready(lexicons)
        self._twos = twos_of(hear(matter.text, lexicons.hearing).plain)
        self._spellings = self._ready.spellings(hint.names)

    def promise(self, ticket: OpenTicket) -> float:
        """How near a ticket may be at the most, without examining it."""
        told = self._ready.told(ticket)
        is_named = may_name(told, self._spellings)
        return round(self._beside(ticket, told) + self._lexicons.weights["same_thing"] * is_named, 3)

    def nearness(self, ticket: OpenTicket) -> float:
        """How near a ticket is."""
        told = self._ready.told(ticket)
        total = self._beside(ticket, told)
        if self._hint.names and (names := told.names(self._lexicons)):
            weights = self._lexicons.weights
            total += weights["same_thing" if shared(self._hint.names, names) else "other_thing"]
        return round(total, 3)

    def _beside(self, ticket: OpenTicket, told: Told) -> float:
        """All that speaks for it beside the things that are named."""
        hint, weights = self._hint, self._lexicons.weights
        total = weights["cosine"] * told.alike(self._twos)
        total += _category(self._matter.category, ticket.category, weights)
        minutes = hint.recent.get(ticket.id, (hint.at - ticket.registered_at).total_seconds() / 60)
        total += weights["recency"] * math.exp(-max(minutes, 0.0) / 20) + weights["cue"] * hint.cue
        return total + weights["same_account"] * (hint.account == ticket.reporter)


def _category(one: str, other: str, weights: Mapping[str, float]) -> float:
    if one == "other" or other == "other":
        return 0.0
    if one == other:
        return weights["same_category"]
    return weights["kindred_category"] if {one, other} <= KINDRED else weights["other_category"]
