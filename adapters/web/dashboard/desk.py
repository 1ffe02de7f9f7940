"""Whose desk it is: the units that somebody answers for, and the one that is looked at.

Rights come from the duties, for each request anew: who has lost a duty sees nothing with the next click. A unit of others,
or one that does not exist, gets the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.places import Visitor
from adapters.web.security import page
from adapters.web.visitors import known_visitor
from adapters.web.words import words_of
from bot.domain.org import Organization, Person, Unit
from bot.ports import UnitOfWork
from bot.usecases.finding import near, sought_of
from bot.usecases.overview import units_of

T = TypeVar("T")
Look = Callable[[UnitOfWork, "Desk"], T]
UNIT = "unit"  # the parameter of every page that names the unit
FIND = "find"  # and the words by which one is looked for

# The pages in the order of the menu: address, words, and whether only who commands the unit may open it.
MENU: tuple[tuple[str, str, bool], ...] = (
    ("/desk", "board.title", False),
    ("/desk/candidates", "candidates.title", False),
    ("/desk/lists/problems", "lists.problems", False),
    ("/desk/lists/tasks", "lists.tasks", False),
    ("/desk/lists/effects", "lists.effects", False),
    ("/desk/analysis", "rates.title", True),
    ("/desk/digest", "desk.digest", True),
    ("/desk/classes", "classes.title", True),
    ("/desk/people", "duty.title", True),
    ("/desk/knowledge", "know.title", True),
    ("/desk/settings", "choose.title", True),
    ("/desk/outbox", "outbox.title", True),
    ("/desk/health", "desk.health", True),
    ("/desk/webhooks", "hooks.title", True),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's view of one unit at one instant. ``units`` are the unit and all below it that he answers for."""

    org: Organization
    person: Person
    visitor: Visitor
    now: datetime
    unit: Unit
    units: tuple[str, ...]

    @property
    def commands(self) -> bool:
        """Whether he is an owner or supervisor of the unit."""
        return self.org.commands(self.person.id, self.unit.id)

    @property
    def own(self) -> list[str]:
        """The units that he may look at."""
        return [unit for unit in units_of(self.org, self.person) if unit in self.org.units]


def desk_of(org: Organization, now: datetime, visitor: Visitor, wanted: str) -> Desk | None:
    """The desk for a unit, or for the first one where none is named; None for everybody who has no business there."""
    person = org.person_of(visitor.key)
    own = [unit for unit in units_of(org, person) if unit in org.units] if person else []
    if person is None or not own or (wanted and wanted not in own):
        return None
    unit = wanted or own[0]
    below = tuple(one for one in org.below(unit) if one in own)
    return Desk(org, person, visitor, now, org.units[unit], below)


async def look(request: web.Request, job: Look[T], *, commanders: bool = False) -> tuple[Desk, T]:
    """Run a job for the signed-in desk of this request; who may not see it gets what everybody gets: nothing there."""
    visitor = await known_visitor(request)
    wanted = request.query.get(UNIT, "")

    def run(uow: UnitOfWork, org: Organization, now: datetime) -> tuple[Desk, T] | None:
        desk = desk_of(org, now, visitor, wanted)
        if desk is None or (commanders and not desk.commands):
            return None
        return desk, job(uow, desk)

    found = await request.app[DEPS].inbound.query(run)
    if found is None:
        raise Refusal("error.not_found", 404)
    return found


def desk_page(request: web.Request, template: str, desk: Desk, context: Mapping[str, object]) -> web.Response:
    """A page of the dashboard, with its menu."""
    menu = [(path, words) for path, words, commanders in MENU if desk.commands or not commanders]
    own = desk.own
    choice = {
        "near": near(desk.org, own, desk.unit.id),
        "sought": sought_of(desk.org, own, words_of(request, FIND)),
    }
    return page(request, f"dashboard/{template}", {"desk": desk, "menu": menu, **choice, **context})
