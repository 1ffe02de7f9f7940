"""What the calendar does in the demo town while its months are played, and what its people answer: seasons and classes of
trouble are proposed, owners decide, stewards do the tasks, digests are said. Each at a fixed local hour: the same each time.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from adapters.replay.player import Player
from bot.demo.town import CHANNEL
from bot.domain.org import Organization
from bot.domain.states import CALLBACK, CANDIDATE, DISPATCHED, IN_PROGRESS
from bot.domain.ticket import Ticket
from bot.messages import Press, Rate, id_of
from bot.ports import UnitOfWork
from bot.usecases import sweeps
from bot.usecases.engine import Engine
from bot.usecases.foresight import NIGHT, owned_units

Work = Callable[[UnitOfWork, datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING, DECIDING, WORKING = 7, 10, 15  # hours: seasons are looked up, owners answer, stewards go and look
SUNDAY = 6  # clusters are looked for in this night only, not in each: it is a week before an owner is asked again
LATELY = timedelta(weeks=6)  # and only as far back as the page of classes is full of
READ = timedelta(days=15)  # digests are said in the last days: who would read those of last month?
THOUGHT = timedelta(days=2)  # an owner thinks so long before he says yes; one of three says no
TIRED = 3
OPEN = timedelta(days=8)  # what was proposed so lately still waits at the end
LOOKED = "都看过了"
NEXT = {DISPATCHED: "sign", IN_PROGRESS: "done"}  # what a steward does with a task, a day each


class Days:
    """The hours of the town, in order. ``work`` does what is to be done between two instants."""

    def __init__(self, engine: Engine, player: Player, begin: datetime, until: datetime) -> None:
        self._engine, self._player, self._until = engine, player, until
        self._zone = next(iter(engine.org.units.values())).zone
        self._hours = self._instants(begin)
        self._next = next(self._hours, None)

    def work(self, until: datetime) -> None:
        """Everything whose hour comes before an instant."""
        while self._next is not None and self._next[0] < until:
            self._player.work(*self._next)
            self._next = next(self._hours, None)

    def _instants(self, begin: datetime) -> Iterator[tuple[datetime, Work]]:
        first = begin.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        spans = pairwise(first + n * DAY for n in range((self._until - begin).days + 3))
        for midnight, _ in spans:
            if midnight.weekday() == SUNDAY and midnight > self._until - LATELY:
                yield midnight + NIGHT * HOUR, self._foresee
            yield midnight + MORNING * HOUR, self._foresee
            if midnight > self._until - READ:
                yield midnight + self._engine.services.settings.digests.hour * HOUR, self._say_digests
            yield midnight + DECIDING * HOUR, self._decide
            yield midnight + WORKING * HOUR, self._do_tasks

    # ------------------------------------------------------------ the calendar

    def _foresee(self, uow: UnitOfWork, now: datetime) -> None:
        for unit in owned_units(self._engine.org):
            self._engine.foresee(uow, now, unit)

    def _say_digests(self, uow: UnitOfWork, now: datetime) -> None:
        for due in self._engine.digests_due(uow, now):
            self._engine.say_digest(uow, now, due)

    # ------------------------------------------------------------ people

    def _decide(self, uow: UnitOfWork, now: datetime) -> None:
        """Owners answer what they have thought about, and rate what was done."""
        for number, ticket in enumerate(_classes(uow, self._engine.org)):
            thought = now - ticket.created_at > THOUGHT and ticket.created_at < self._until - OPEN
            if ticket.state == CANDIDATE and thought and ticket.assignee:
                self._press(uow, now, ticket, ticket.assignee, "reject" if number % TIRED == TIRED - 1 else "register")
            for task in sweeps.tasks_of(uow, ticket.id):
                if task.state == CALLBACK:
                    self._rate(uow, now, task)

    def _do_tasks(self, uow: UnitOfWork, now: datetime) -> None:
        for task in (task for ticket in _classes(uow, self._engine.org) for task in sweeps.tasks_of(uow, ticket.id)):
            if task.state in NEXT and task.assignee:
                self._press(
                    uow, now, task, task.assignee, NEXT[task.state], LOOKED if task.state == IN_PROGRESS else ""
                )

    def _press(self, uow: UnitOfWork, now: datetime, ticket: Ticket, person: str, action: str, text: str = "") -> None:
        id_ = f"{action}-{ticket.id}-{now:%m%d}"
        self._engine.handle(uow, Press(CHANNEL, f"dm:{person}", person, id_, now, action, ticket.id, text=text), now)

    def _rate(self, uow: UnitOfWork, now: datetime, task: Ticket) -> None:
        person = id_of(task.reporter)
        self._engine.handle(uow, Rate(CHANNEL, f"dm:{person}", person, f"rate-{task.id}", now, 5, task.id), now)


def _classes(uow: UnitOfWork, org: Organization) -> list[Ticket]:
    """The tickets of the classes of trouble, proposed or running."""
    found = (uow.tickets.get(sweep.ticket_id) for unit in owned_units(org) for sweep in uow.sweeps.of_unit(unit))
    return [ticket for ticket in found if ticket is not None and (ticket.is_open or ticket.state == CANDIDATE)]
