"""How near a message is to each open ticket: words, category, things, place, persons and time → named features of the pair."""

import math
from collections.abc import Container, Iterator

from bot.messages import record
from bot.ports import OpenTicket
from bot.triage.place import conflict
from bot.triage.told import may_name, ready, twos_of
from bot.triage.turn import Turn

BURST, HOURS, DAYS = 20.0, 240.0, 2880.0  # minutes in which what was heard fades to a third

Features = dict[str, float]


@record
class Pair:
    """A message and an open ticket, and what speaks for their belonging together."""

    ticket: OpenTicket
    features: Features

    @property
    def apart(self) -> bool:
        """Whether they speak of different buildings."""
        return self.features["other building"] > 0


def pairs(turn: Turn) -> list[Pair]:
    """The message with each open ticket around, the one last talked about first."""
    if not turn.open:
        return []
    talk = {heard.ticket_id: back for back, heard in enumerate(reversed(turn.context.recent)) if heard.ticket_id}
    here = _Here(turn)
    found = [here.pair(ticket) for ticket in _near(turn, talk)]
    found.sort(key=lambda pair: talk.get(pair.ticket.id, len(turn.context.recent)))
    for rank, pair in enumerate(found):
        pair.features["rank"] = 1 / (1 + rank)
        pair.features["many"] = min(len(turn.open), 10) / 10
    return found


def _near(turn: Turn, talk: Container[str]) -> list[OpenTicket]:
    """The open tickets that a message may belong to at all: comparing costs more than this look at them."""
    account, category = turn.context.account, turn.evidence.category
    twos = twos_of(turn.said.plain) | twos_of(turn.said.shown)
    return [
        ticket
        for ticket in turn.open
        if ticket.id in talk
        or account == ticket.reporter
        or account in ticket.followers
        or (category != "other" and category == ticket.category)
        or any(map(ticket.text.__contains__, twos))
    ]


class _Here:
    """A message that is compared with tickets."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._ready = ready(turn.lexicons)
        self._twos = twos_of(turn.said.plain)
        self._spellings = self._ready.spellings(turn.evidence.names)
        self._building = next((place.building for place in turn.places if place.building), "")

    def pair(self, ticket: OpenTicket) -> Pair:
        """The message with one of them."""
        told, evidence, account = self._ready.told(ticket), self._turn.evidence, self._turn.context.account
        known, near = evidence.category != "other", told.alike(self._twos)
        same = may_name(told, self._spellings)
        clash = bool(self._building) and conflict(self._building, ticket.building)
        features = {
            "alike": near,
            "same category": float(known and evidence.category == ticket.category),
            "other category": float(known and evidence.category != ticket.category),
            "same thing": float(same),
            "other thing": float(bool(evidence.names) and not same),
            "same building": float(bool(self._building and ticket.building) and not clash),
            "other building": float(clash),
            "reporter": float(account == ticket.reporter),
            "voice": float(account == ticket.reporter or account in ticket.followers),
        }
        features.update(_times(self._turn, ticket))
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
