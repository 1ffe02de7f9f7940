"""举一反三: from one trouble to a class of troubles. A proposal is a candidate ticket that only who commands its unit may see
and decide; with his 登记 each grid below gets a task, a plain ticket; the class is done when all its tasks have ended.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import DomainError, WrongState
from bot.domain.org import Organization, Person
from bot.domain.states import CANDIDATE, ENDED, IN_PROGRESS, OWN_TASKS, SEASON, SWEEP, WITHDRAWN, WORKING
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, channel_of, id_of, private_chat
from bot.ports import Matter, Reading, Sweep, Timer, UnitOfWork
from bot.usecases import opening, telling
from bot.usecases.context import Context, may_see

ANNOUNCED = "announced"  # flag of a class: residents were told
NATURE = "hazard"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an owner is asked. ``why`` is what he, and later the stewards, read; nobody's words, only counts and names of things."""

    unit: str
    what: str
    term: str
    category: str
    title: str
    why: str
    until: datetime
    members: tuple[str, ...] = ()
    notice: str = ""  # what residents may be told, where the calendar has proposed it


def owner_at(org: Organization, unit: str) -> str | None:
    """The owner of exactly this unit: the one who is asked."""
    return next((duty.person for duty in org.duties_at(unit) if duty.role == "owner"), None)


def propose(ctx: Context, proposal: Proposal) -> bool:
    """Ask the owner, privately and once; False where he was asked before, or nobody can be reached. Unanswered it lapses."""
    owner = owner_at(ctx.org, proposal.unit)
    account = telling.staff_account(ctx, owner) if owner else None
    if owner is None or account is None:
        return False
    id_ = ctx.services.ids.time_ordered(ctx.now)
    sweep = Sweep(id_, proposal.unit, proposal.what, proposal.term, ctx.now, proposal.members, proposal.notice)
    if not ctx.uow.sweeps.claim(sweep):
        return False
    ticket = _candidate(ctx, id_, proposal, account, owner)
    ctx.uow.tickets.add(ticket)
    ctx.uow.timers.set(Timer(id_, "lapse", proposal.until))
    _ask(ctx, owner, ticket, proposal)
    return True


def _ask(ctx: Context, owner: str, ticket: Ticket, proposal: Proposal) -> None:
    kind, words = "question", {"title": proposal.title, "why": proposal.why, "notice": proposal.notice}
    if proposal.notice:
        buttons = ["register", "reject", "announce"]
        telling.tell_staff(ctx, owner, kind, "season.proposed", ticket, buttons=buttons, words=words)
    else:
        telling.tell_staff(ctx, owner, kind, "sweep.proposed", ticket, buttons=["register", "reject"], words=words)


def _candidate(ctx: Context, id_: str, proposal: Proposal, account: str, owner: str) -> Ticket:
    """Confidential: what is not decided yet is between the owner and those above him, and triage must not find it."""
    return Ticket(
        id=id_,
        public_id=ctx.services.ids.secret(),
        root=ctx.org.root(proposal.unit),
        unit=proposal.unit,
        chat=private_chat(account),
        reporter=account,
        created_at=ctx.now,
        nature=NATURE,
        category=proposal.category,
        title=proposal.title,
        text=proposal.why,
        source=SEASON if proposal.notice else SWEEP,
        confidential=True,
        assignee=owner,
    )


# ---------------------------------------------------------------- decided


def start(ctx: Context, ticket: Ticket, person: Person, account: str, message: str) -> None:
    """The owner says yes: a task for each grid below. Storing the class itself is the caller's."""
    ctx.uow.timers.cancel(ticket.id, ["lapse"])
    year = ctx.now.astimezone(ctx.unit(ticket.unit).zone).year
    ticket.register(ctx.uow.tickets.next_number(ticket.root, year), year, ctx.now, person.id, message)
    ticket.dispatch(person.id, ctx.now, person.id)
    ticket.sign(person.id, ctx.now, message)
    grids = grids_of(ctx.org, ticket.unit)
    for grid in grids:
        ctx.uow.sweeps.add_task(ticket.id, _open_task(ctx, ticket, grid, account).id)
    words = {"title": ticket.title, "count": len(grids)}
    telling.tell_staff(ctx, person.id, "answer", "sweep.started", ticket, urgent=True, words=words)


def grids_of(org: Organization, unit: str) -> list[str]:
    """Where a sweep sends somebody: the grids of a unit, else those below it that have a steward, else itself."""
    below = org.below(unit)
    grids = [one for one in below if org.units[one].level == "grid"]
    with_steward = (one for one in below if any(duty.role == "steward" for duty in org.duties_at(one)))
    return grids or list(with_steward) or [unit]


def _open_task(ctx: Context, sweep: Ticket, grid: str, account: str) -> Ticket:
    """A plain ticket of the one who ordered it: he is told and asked at the end, the grid's steward does it."""
    outlook = ctx.services.outlook
    text = outlook.say("task", why=sweep.text) if outlook else sweep.text
    chat = id_of(private_chat(account))
    id_ = f"{SWEEP}-{sweep.id}-{grid}"
    said = InboundMessage(channel_of(account), chat, id_of(account), id_, ctx.now, text, private=True)
    task = opening.new_ticket(ctx, Matter(text, NATURE, sweep.category, "routine"), [said], grid, [sweep.title])
    task.title, task.source = sweep.title, SWEEP
    return opening.open_ticket(ctx, task, [said], Reading("new"))


def announce(ctx: Context, ticket: Ticket, person: Person) -> None:
    """Tell the residents' groups of the unit, once, what its owner has read before."""
    sweep = ctx.uow.sweeps.get(ticket.id)
    if sweep is None or not sweep.notice:
        raise DomainError("error.no_notice")
    if ticket.state not in {CANDIDATE, IN_PROGRESS} or ctx.uow.people.flag(ticket.id, ANNOUNCED):
        raise WrongState("error.announced")
    ctx.uow.people.set_flag(ticket.id, ANNOUNCED, ctx.now.isoformat())
    below = ctx.org.below(ticket.unit)
    groups = [group for group in ctx.org.groups.values() if group.kind == "residents" and group.unit in below]
    for group in groups:
        telling.tell(ctx, group.key, "notice", "season.notice", words={"notice": sweep.notice})
    ticket.record("noted", ctx.now, person.id, ANNOUNCED)
    words = {"title": ticket.title, "count": len(groups)}
    telling.tell_staff(ctx, person.id, "answer", "season.announced", ticket, urgent=True, words=words)


def check_over(ctx: Context, ticket: Ticket) -> None:
    """A class is not done by hand before its tasks are; raises ``WrongState``."""
    if ticket.source in OWN_TASKS and any(task.state not in ENDED for task in tasks_of(ctx.uow, ticket.id)):
        raise WrongState("error.tasks_open")


def finish(ctx: Context, unit: str) -> None:
    """Classes of a unit whose tasks have all ended are done; the owner is told."""
    for sweep in ctx.uow.sweeps.of_unit(unit):
        ticket = ctx.ticket(sweep.ticket_id)
        if ticket is None or ticket.state not in WORKING:
            continue
        tasks = tasks_of(ctx.uow, sweep.ticket_id)
        if all(task.state in ENDED for task in tasks):
            ticket.close("resolved", ctx.now)
            ctx.uow.tickets.save(ticket)
            words = {"title": ticket.title, "count": len(tasks)}
            telling.tell_staff(ctx, ticket.assignee or "", "result", "sweep.finished", ticket, words=words)


def tasks_of(uow: UnitOfWork, ticket_id: str) -> list[Ticket]:
    """The tasks of a class."""
    found = (uow.tickets.get(task) for task in uow.sweeps.tasks(ticket_id))
    return [task for task in found if task is not None]


# ---------------------------------------------------------------- shown


@dataclass(frozen=True, slots=True)
class Standing:
    """How a class of trouble stands. ``announced`` tells that residents were told.

    ``members`` are the tickets that a proposal was made of, as far as the reader may see them.
    """

    ticket: Ticket
    sweep: Sweep
    tasks: tuple[Ticket, ...]
    announced: bool
    members: tuple[Ticket, ...] = ()

    @property
    def proposed(self) -> bool:
        """Whether it waits for a yes or a no."""
        return self.ticket.state == CANDIDATE

    @property
    def done(self) -> int:
        """How many tasks have ended."""
        return sum(task.state in ENDED for task in self.tasks)


def standings(
    uow: UnitOfWork, org: Organization, person: Person, units: tuple[str, ...], since: datetime
) -> list[Standing]:
    """The classes of some units that a person may see, newest first; not those turned down, or over before ``since``."""
    found: list[Standing] = []
    for sweep in (sweep for unit in units for sweep in uow.sweeps.of_unit(unit)):
        ticket = uow.tickets.get(sweep.ticket_id)
        if ticket is None or ticket.state == WITHDRAWN or not may_see(org, person, ticket):
            continue
        if ticket.closed_at is not None and ticket.closed_at < since:
            continue
        tasks = tuple(task for task in tasks_of(uow, ticket.id) if may_see(org, person, task))
        members = tuple(_visible(uow, org, person, sweep.members)) if ticket.state == CANDIDATE else ()
        announced = uow.people.flag(ticket.id, ANNOUNCED) is not None
        found.append(Standing(ticket, sweep, tasks, announced, members))
    return sorted(found, key=lambda one: one.ticket.id, reverse=True)


def _visible(uow: UnitOfWork, org: Organization, person: Person, ids: Iterable[str]) -> Iterator[Ticket]:
    """Tickets that may have become confidential, or have been taken back, since they were counted."""
    for ticket in map(uow.tickets.get, ids):
        if ticket is not None and ticket.title and may_see(org, person, ticket):
            yield ticket
