"""What is due when, and who voted what."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.poll import Vote
from bot.ports import Timer
from storage import mapping
from storage.mapping import to_ms
from storage.repository import Pen, Repository
from storage.statements import select_sql, upsert_sql
from storage.tables import TimerRow, VoteRow

REMOVE = "DELETE FROM timer WHERE ticket_id = ? AND kind = ? AND due_at = ?"


class Timers(Repository):
    """One row a ticket and kind; the scheduler sleeps until the earliest."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._set = upsert_sql(TimerRow, ("ticket_id", "kind"))

    def set(self, *timers: Timer) -> None:
        """Set or move timers."""
        for timer in timers:
            self._pen.touch(timer.ticket_id)
        self._pen.stirred = True
        self._many(self._set, [(timer.ticket_id, timer.kind, to_ms(timer.due_at)) for timer in timers])

    def cancel(self, ticket_id: str, kinds: Sequence[str] | None = None) -> None:
        """Take a ticket's timers away: these kinds, or all."""
        self._pen.touch(ticket_id)
        if kinds is None:
            self._run("DELETE FROM timer WHERE ticket_id = ?", ticket_id)
        else:
            self._many("DELETE FROM timer WHERE ticket_id = ? AND kind = ?", ((ticket_id, kind) for kind in kinds))

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Timers due by now, earliest first."""
        sql = "SELECT ticket_id, kind, due_at FROM timer WHERE due_at <= ? ORDER BY due_at, ticket_id, kind LIMIT ?"
        return [mapping.timer(row) for row in self._all(sql, to_ms(now), limit)]

    def next_due(self) -> datetime | None:
        """When the earliest timer is due."""
        row = self._one("SELECT min(due_at) FROM timer")
        return mapping.maybe_from_ms(row[0]) if row else None

    def remove(self, timer: Timer) -> bool:
        """Take a fired timer away; False where it was moved or gone: then it must not fire."""
        return self._run(REMOVE, timer.ticket_id, timer.kind, to_ms(timer.due_at)) == 1

    def take(self, timers: Sequence[Timer]) -> Iterator[Timer]:
        """Take timers away that were found due in this transaction, each as it is given; left out where moved or gone."""
        for timer in timers:
            if self._pen.burst and timer.ticket_id in self._pen.burst.tickets:  # nothing moved it since
                self._later(REMOVE, [(timer.ticket_id, timer.kind, to_ms(timer.due_at))])
                yield timer
            elif self.remove(timer):
                yield timer


class Polls(Repository):
    """Votes, one a person and round."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        shown = ("round", "account", "at", "rating", "solved", "from_words")
        self._put = upsert_sql(VoteRow, ("ticket_id", "round", "account"))
        self._votes = select_sql(VoteRow, shown, ("ticket_id", "round"), "at") + ", account"

    def put(self, ticket_id: str, vote: Vote) -> None:
        """Store or change a person's vote of a round."""
        v = vote
        self._run(self._put, ticket_id, v.round, v.account, to_ms(v.at), v.rating, v.solved, v.from_words)
        self._changed(ticket_id)

    def votes(self, ticket_id: str, round_: int) -> list[Vote]:
        """The votes of a round, oldest first."""
        return [mapping.vote(row) for row in self._all(self._votes, ticket_id, round_)]
