"""One message being read: its words, what they hit, and the context, each worked out once and only when needed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.ports import Heard, Matter, OpenTicket, Reading, ReadingContext
from bot.triage.evidence import Evidence
from bot.triage.lexicons import Lexicons
from bot.triage.merge import Hint, merge_candidates
from bot.triage.normalise import Said
from bot.triage.place import Gazetteer, Place

BESIDE = frozenset({"chat", "thanks", "notice"})  # acts that lead away from a ticket just spoken of


@dataclass(frozen=True)
class Turn:
    """A message and all that may be looked at beside it."""

    said: Said
    evidence: Evidence
    context: ReadingContext
    lexicons: Lexicons
    gazetteer: Gazetteer

    @cached_property
    def places(self) -> list[Place]:
        """The places that the message names."""
        return self.gazetteer.places(self.said, self.context.places)

    @cached_property
    def home(self) -> Place | None:
        """The place that the speaker's nickname tells."""
        return self.gazetteer.of_name(self.context.name) if self.context.name else None

    @property
    def direct(self) -> bool:
        """Whether the speaker talks to the bot itself."""
        return self.context.private or self.context.addressed

    @cached_property
    def recent(self) -> dict[str, float]:
        """Tickets spoken of lately, with the minutes since."""
        heard = [one for one in self.context.recent if one.ticket_id and self.age(one) <= 60]
        return {one.ticket_id: self.age(one) for one in heard if one.ticket_id}

    @cached_property
    def last(self) -> str | None:
        """The ticket that the talk is about right now: at most two other messages came in between."""
        return self._last(2)

    @cached_property
    def at_hand(self) -> str | None:
        """The ticket that the message just before was about, or the one before that a moment ago: what a bare +1 means."""
        return self._last(0) or self._last(1, self.lexicons.weights["moment_minutes"])

    def _last(self, most: int, minutes: float = 0.0) -> str | None:
        limit, between = minutes or self.lexicons.weights["recent_minutes"], 0
        for one in reversed(self.context.recent):
            if self.age(one) > limit or between > most:
                return None
            if one.ticket_id:
                return one.ticket_id
            between += one.act in BESIDE
        return None

    @cached_property
    def open(self) -> Sequence[OpenTicket]:
        """The open tickets around, newest first: a query, so only asked where it matters."""
        return self.context.tickets(None)

    @cached_property
    def own(self) -> OpenTicket | None:
        """The speaker's newest open ticket; the one spoken of lately first."""
        account = self.context.account
        mine = [one for one in self.open if account == one.reporter or account in one.followers]
        mine.sort(key=lambda one: one.registered_at, reverse=True)
        return min(mine, key=lambda one: self.recent.get(one.id, 1e9), default=None)

    def spoke(self) -> str | None:
        """The ticket of the speaker's own last message, if that was a moment ago."""
        limit = self.lexicons.weights["recent_minutes"]
        mine = (one for one in reversed(self.context.recent) if one.account == self.context.account)
        last = next(mine, None)
        return last.ticket_id if last and self.age(last) <= limit else None

    def nearest(self, matter: Matter, cue: bool, tickets: Sequence[OpenTicket] | None = None) -> OpenTicket | None:
        """The open ticket that a matter belongs to, where one is near enough."""
        hint = Hint(
            at=self.context.at,
            account=self.context.account,
            names=self.evidence.names,
            cue=cue,
            public=any(point.public for point in self.evidence.points),
            recent=self.recent,
            stated=not matter.guessed_place,
        )
        around = self.open if tickets is None else tickets
        found = merge_candidates(matter, around, hint, self.lexicons, self.lexicons.weights["join"])
        best = next((ticket for _, ticket in found), None)
        if best is not None:
            self._met[best.id] = best
        return best

    def with_id(self, ticket_id: str) -> OpenTicket | None:
        """The open ticket with this id."""
        return self._met.get(ticket_id) or next((one for one in self.open if one.id == ticket_id), None)

    @cached_property
    def _met(self) -> dict[str, OpenTicket]:
        """The tickets that matters were found to belong to: they need not be looked for once more."""
        return {}

    def age(self, heard: Heard) -> float:
        """Minutes since something was heard."""
        return (self.context.at - heard.at).total_seconds() / 60


def attached(act: str, score: float, matter: Matter, ticket: str, reason: tuple[str, ...]) -> Reading:
    """A reading that belongs to a ticket."""
    return Reading(act, score, (replace(matter, ticket_id=ticket),), ticket, reason)
