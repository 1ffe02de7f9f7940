"""Leave (请假): noted with its author, told to who stands in and to the owner where nobody does; and what is in hand, handed over.

The same for a word in the chat and for a form on a page. Nothing moves by itself: open tickets stay with whoever has them
until somebody says otherwise.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.attendance import STEWARD, Asked, answering, standing_for
from bot.domain.org import Organization
from bot.domain.rota import Away
from bot.domain.states import DISPATCHED, IN_PROGRESS
from bot.domain.ticket import Ticket
from bot.ports import Change
from bot.usecases import telling
from bot.usecases.context import Context
from bot.usecases.routing import owner_of

LONGEST = timedelta(days=366)
IN_HAND = frozenset({DISPATCHED, IN_PROGRESS})  # what is on hold waits for a date, not for a person
MOST = 200  # tickets that are handed over at once
SAID = "away"  # what of a person was changed


def subject(person: str) -> str:
    """What changes of a person's leave are noted under."""
    return f"away:{person}"


def home(org: Organization, person: str) -> str:
    """The unit of a person's first duty, "" without any."""
    return next((duty.unit for duty in org.duties_of(person) if duty.unit in org.units), "")


def colleagues(org: Organization, unit: str) -> tuple[str, ...]:
    """Who works near a unit: all with a duty in its community, or in the unit itself where that is more. Others' people
    are not named to anybody.
    """
    chain = org.chain(unit)
    top = next(
        (step for step in chain if org.units[step].level not in {"building", "grid"}), chain[-1] if chain else ""
    )
    people = (duty.person for below in org.below(top) for duty in org.duties_at(below))
    return tuple(dict.fromkeys(person for person in people if person in org.people))


def may_enter(org: Organization, by: str, person: str) -> bool:
    """Whether somebody may enter a person's leave: he himself, and who commands every unit that he has a duty in."""
    duties = org.duties_of(person)
    return by == person or (bool(duties) and all(org.commands(by, duty.unit) for duty in duties))


def may_stand_in(org: Organization, person: str, standin: str) -> bool:
    """Whether somebody can stand in for a person: a colleague."""
    return person != standin and standin in colleagues(org, home(org, person))


def unfit(ctx: Context, away: Away) -> str | None:
    """What is wrong with an absence: period or standin; None where it can be."""
    if not ctx.now < away.end <= ctx.now + LONGEST or away.start >= away.end:
        return "period"
    fits = away.standin is None or may_stand_in(ctx.org, away.person, away.standin)
    return None if fits else "standin"


# ---------------------------------------------------------------- going and coming


def go(ctx: Context, by: str, away: Away) -> None:
    """Somebody is away; who stands in is told, and the owner where nobody does."""
    ctx.uow.rota.put_away(away)
    _note(ctx, by, away.person, "", _written(away))
    ctx.org_changed = True
    org = replace(ctx.org, aways=(*ctx.org.aways, away))
    if away.standin is not None:
        telling.tell_staff(ctx, away.standin, "notice", "away.standin", None, urgent=True, words=words(ctx, away))
    if standing_for(org, away.person, away.start) is None:
        _warn(replace(ctx, org=org), away, by)


def _warn(ctx: Context, away: Away, by: str) -> None:
    """The owner of each unit hears who gets its matters meanwhile."""
    units = dict.fromkeys(duty.unit for duty in ctx.org.duties_of(away.person) if duty.role == STEWARD)
    for unit in units:
        owner = owner_of(ctx, unit)
        if owner is not None and owner not in {away.person, by}:
            facts = {**words(ctx, away), "unit": ctx.unit(unit).name, "taker": taker(ctx, unit, away.start)}
            telling.tell_staff(ctx, owner, "notice", "away.nobody", None, words=facts)


def taker(ctx: Context, unit: str, at: datetime) -> str:
    """The name of who answers for a unit then."""
    people = answering(ctx.org, Asked(unit, "other", (STEWARD, "owner", "supervisor")), at)
    return ctx.name(people[0]) if people else ""


def come(ctx: Context, by: str, person: str) -> Away | None:
    """He is back; None where he was not away. What others got meanwhile stays with them."""
    away = ctx.org.away(person, ctx.now)
    if away is None:
        return None
    for one in ctx.org.aways:
        if one.person == person and one.covers(ctx.now):
            _end(ctx, one)
    _note(ctx, by, person, _written(away), "")
    ctx.org_changed = True
    return away


def _end(ctx: Context, away: Away) -> None:
    if away.start < ctx.now:
        ctx.uow.rota.put_away(replace(away, end=ctx.now))
    else:
        ctx.uow.rota.remove_away(away.person, away.start)


def cancel(ctx: Context, by: str, person: str, start: datetime) -> Away | None:
    """An absence is taken back as if it had not been said; None where there is none that is not over."""
    away = next((a for a in ctx.org.aways if a.person == person and a.start == start and a.end > ctx.now), None)
    if away is None:
        return None
    ctx.uow.rota.remove_away(person, start)
    _note(ctx, by, person, _written(away), "")
    ctx.org_changed = True
    return away


def last_said(ctx: Context, person: str) -> datetime | None:
    """The beginning of the absence that was noted last, if it was not taken back since."""
    noted = ctx.uow.choices.changes(home(ctx.org, person), subject(person), 1)
    after = noted[0].after if noted else ""
    return datetime.fromisoformat(after.partition("/")[0]) if after else None


def _note(ctx: Context, by: str, person: str, before: str, after: str) -> None:
    ctx.uow.choices.note(Change(ctx.now, by, home(ctx.org, person), subject(person), SAID, before, after))


def _written(away: Away) -> str:
    """For the record, without the reason: from/until/who stands in."""
    start, end = (at.astimezone(UTC).isoformat() for at in (away.start, away.end))
    return f"{start}/{end}/{away.standin or ''}"


def words(ctx: Context, away: Away) -> dict[str, object]:
    """An absence for a sentence, on the clock of the person's unit. Its last minute is easier to read than the next midnight."""
    zone = ctx.unit(home(ctx.org, away.person)).zone
    until = away.end - timedelta(minutes=1)
    return {
        "person": ctx.name(away.person),
        "standin": ctx.name(away.standin) if away.standin else "",
        "since": away.start.astimezone(zone).isoformat(),
        "until": until.astimezone(zone).isoformat(),
    }


# ---------------------------------------------------------------- what is in hand


def in_hand(ctx: Context, person: str, by: str | None = None) -> list[Ticket]:
    """The tickets that a person works on and that can be handed over: none that is confidential. Somebody else, ``by``, sees
    and moves those of units that he commands.
    """
    found = ctx.uow.tickets.of_person(person, MOST)
    own = [t for t in found if t.assignee == person and t.state in IN_HAND and not t.confidential]
    return [t for t in own if by in {None, person} or (by not in t.named and ctx.org.commands(by or "", t.unit))]


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over, and to whom."""

    to: str
    tickets: tuple[Ticket, ...]


def hand_over(ctx: Context, by: str, person: str) -> Handed | None:
    """All that he has in hand goes to who stands in for him now or will; None where nobody does. Limits stay as they are.

    It is somebody's choice, made once for all of them, so that it is no third transfer that climbs. Who is named in one
    never gets it.
    """
    coming = [away for away in ctx.org.aways if away.person == person and away.end > ctx.now and away.standin]
    to = next((away.standin for away in sorted(coming, key=lambda away: away.start)), None)
    if to is None or to not in ctx.org.people:
        return None
    tickets = tuple(ticket for ticket in in_hand(ctx, person, by) if to not in ticket.named)
    for ticket in tickets:
        if to in ticket.helpers:
            ticket.helpers.remove(to)
        ticket.transfer(by, to, ctx.now)
        ctx.uow.tickets.save(ticket)
    if tickets:
        facts = {"person": ctx.name(person), "numbers": "、".join(str(ticket.number) for ticket in tickets)}
        telling.tell_staff(ctx, to, "ping", "away.handed", None, urgent=True, words=facts)
    return Handed(to, tickets)
