"""How near a message is to each open ticket: words, category, things, place, persons and time → named features of the pair."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.messages import record
from bot.ports import OpenTicket
from bot.triage.evidence import examine
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import conflict
from bot.triage.turn import Turn

REMEMBERED = 4000  # tickets whose words are held ready for comparing, a few megabytes
BURST, HOURS, DAYS = 20.0, 240.0, 2880.0  # minutes in which what was heard fades to a third

Features = dict[str, float]


class Grams(NamedTuple):
    """The pairs of characters of a text, and the length of their vector."""

    counts: Mapping[str, int]
    norm: float


class Told(NamedTuple):
    """What a ticket's words come to."""

    text: str
    grams: Grams
    names: frozenset[str]
    category: str


@dataclass(slots=True)
class Memo:
    """Words of tickets, ready for comparing: an open ticket is compared with every new trouble around it."""

    lexicons: Lexicons
    _told: dict[str, Told] = field(default_factory=dict)

    def told(self, ticket: OpenTicket) -> Told:
        """What a ticket's words come to; kept until the ticket's text changes, oldest out first."""
        known = self._told.get(ticket.id)
        if known is None or known.text != ticket.text:
            said = hear(ticket.text, self.lexicons.hearing)
            evidence = examine(said, self.lexicons)
            known = self._told[ticket.id] = Told(ticket.text, grams_of(said.plain), evidence.names, evidence.category)
            if len(self._told) > REMEMBERED:
                del self._told[next(iter(self._told))]
        return known


def grams_of(plain: str) -> Grams:
    """The pairs of characters of a text."""
    letters = "".join(filter(str.isalnum, plain))
    counts = Counter(map(str.__add__, letters, letters[1:]))
    return Grams(counts, math.sqrt(sum(count * count for count in counts.values())))


def alike(one: Grams, other: Grams) -> float:
    """How alike two texts are by their pairs of characters (0–1)."""
    shared = sum(one.counts[gram] * other.counts[gram] for gram in one.counts.keys() & other.counts.keys())
    return shared / (one.norm * other.norm) if shared else 0.0


@record
class Pair:
    """A message and an open ticket, and what speaks for their belonging together."""

    ticket: OpenTicket
    features: Features

    @property
    def apart(self) -> bool:
        """Whether they speak of different buildings."""
        return self.features["other building"] > 0


def pairs(turn: Turn, memo: Memo) -> list[Pair]:
    """The message with each open ticket around, the one last talked about first."""
    if not turn.open:
        return []
    here = grams_of(turn.said.plain)
    building = next((place.building for place in turn.places if place.building), "")
    talk = {heard.ticket_id: back for back, heard in enumerate(reversed(turn.context.recent)) if heard.ticket_id}
    found = [_pair(turn, memo, ticket, here, building) for ticket in turn.open]
    found.sort(key=lambda pair: talk.get(pair.ticket.id, len(turn.context.recent)))
    for rank, pair in enumerate(found):
        pair.features["rank"] = 1 / (1 + rank)
        pair.features["many"] = min(len(found), 10) / 10
    return found


def _pair(turn: Turn, memo: Memo, ticket: OpenTicket, here: Grams, building: str) -> Pair:
    told, evidence = memo.told(ticket), turn.evidence
    shared = any(one in other or other in one for one in evidence.names for other in told.names)
    known = evidence.category != "other"
    clash = bool(building) and conflict(building, ticket.building)
    account = turn.context.account
    near = alike(here, told.grams)
    features = {
        "alike": near,
        "same category": float(known and evidence.category == ticket.category),
        "other category": float(known and evidence.category != ticket.category),
        "same thing": float(shared),
        "other thing": float(bool(evidence.names and told.names) and not shared),
        "same building": float(bool(building and ticket.building) and not clash),
        "other building": float(clash),
        "reporter": float(account == ticket.reporter),
        "voice": float(account == ticket.reporter or account in ticket.followers),
    }
    features.update(_times(turn, ticket))
    features["alike now"] = near * features["burst"]
    return Pair(ticket, features)


def _times(turn: Turn, ticket: OpenTicket) -> Iterator[tuple[str, float]]:
    """How long ago, and how many messages ago, the ticket was talked about."""
    minutes = max((turn.context.at - ticket.registered_at).total_seconds() / 60, 0.0)
    back = len(turn.context.recent) + 1
    for place, heard in enumerate(reversed(turn.context.recent), start=1):
        if heard.ticket_id == ticket.id:
            minutes, back = turn.age(heard), place
            yield "own last", float(heard.account == turn.context.account)
            break
    yield "burst", math.exp(-minutes / BURST)
    yield "hours", math.exp(-minutes / HOURS)
    yield "days", math.exp(-minutes / DAYS)
    yield "just before", float(back == 1)
    yield "back", 1 / back
