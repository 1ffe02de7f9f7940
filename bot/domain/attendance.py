"""Who answers for a place at an instant, from duties, rota and times away; and where nobody will. Pure: the instant comes in.

The order: whose turn it is at the unit or the nearest one above, then special duties, then general ones, each role in its
turn. Who is away is replaced by his stand-in, or passed over. With nobody at work hours are set aside, and where everybody
is away that is, too: nothing is left without a name as long as there is one.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.org import Duty, Organization
from bot.domain.rota import HALF_DAY, Shift

AHEAD = timedelta(days=14)  # how far gaps are looked for
STEWARD = "steward"
ROLES = (STEWARD, "owner")  # of which there is a rota


def standing_for(org: Organization, person: str, now: datetime) -> str | None:
    """Who answers in a person's place: he himself, else his stand-in, or that one's; None where the chain leads nowhere."""
    seen: set[str] = set()
    step: str | None = person
    while step is not None and step not in seen:
        seen.add(step)
        away = org.away(step, now)
        if away is None:
            return step
        step = away.standin if away.standin in org.people else None
    return None


def on_rota(org: Organization, unit: str, role: str, now: datetime) -> tuple[str, ...]:
    """Whose turn it is at exactly this unit. The rota gives no right: an owner's turn has only who commands the unit."""
    shifts = org.rota_at(unit)
    if not shifts:
        return ()
    local = now.astimezone(org.units[unit].zone)
    turns = [(shift.last is not None, shift.on(local)) for shift in shifts if shift.role == role]
    known = [(ends, person) for ends, person in turns if person in org.people]
    may = [(ends, person) for ends, person in known if person and (role == STEWARD or org.commands(person, unit))]
    return tuple(dict.fromkeys([person for ends, person in may if ends] or [person for _, person in may]))


@dataclass(frozen=True, slots=True)
class Asked:
    """For what somebody is looked for. ``excluded`` never answers, nor whoever stands in for him.

    A ``report`` goes to who commands the unit only, whoever stands in for whom.
    """

    unit: str
    category: str
    roles: Sequence[str]
    excluded: Collection[str] = ()
    report: bool = False


def answering(org: Organization, asked: Asked, now: datetime) -> list[str]:
    """The people who answer, all of them equally near; empty only where nobody has a duty that fits."""
    for hours, leave in ((True, True), (False, True), (False, False)):
        for tier in tiers(org, asked, now, hours=hours):
            people = [_taking(org, asked, person, now if leave else None) for person in tier]
            if found := list(dict.fromkeys(person for person in people if person is not None)):
                return found
    return []


def tiers(org: Organization, asked: Asked, now: datetime, *, hours: bool) -> Iterator[Sequence[str]]:
    """Duty-holders from the nearest to the farthest, away or not; ``hours``: only those whose hours these are."""
    for role in asked.roles:
        if org.rota:
            yield from (on_rota(org, step, role, now) for step in org.chain(asked.unit))
        for step in org.chain(asked.unit):
            duties = [d for d in org.duties_at(step) if d.role == role and d.covers(asked.category)]
            at_work = [d for d in duties if not hours or org.on_duty(d, now)]
            yield _people(d for d in at_work if d.categories)
            yield _people(d for d in at_work if not d.categories)


def _people(duties: Iterator[Duty]) -> list[str]:
    return [duty.person for duty in duties]


def _taking(org: Organization, asked: Asked, person: str, now: datetime | None) -> str | None:
    """Who takes what falls to a person; ``now`` is None where absences do not count."""
    if person in asked.excluded:
        return None
    taking = person if now is None else standing_for(org, person, now)
    if taking is None or taking in asked.excluded:
        return None
    stays = taking == person or not asked.report or org.commands(taking, asked.unit)
    return taking if stays else None


# ---------------------------------------------------------------- what is coming


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A unit whose stewards are all away, with nobody standing in, from ``start`` until ``end``."""

    unit: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """One turn: who has the duty from ``start`` on; ``taker`` is he or who stands in, None where nobody does,
    or where he has left.
    """

    shift: Shift
    day: date
    start: datetime
    person: str
    taker: str | None


def uncovered(org: Organization, units: Sequence[str], now: datetime, ahead: timedelta = AHEAD) -> list[Uncovered]:
    """When in the time to come no steward of these units will be there. Units that have none at all are another matter."""
    end = now + ahead
    edges = {at for away in org.aways for at in (away.start, away.end) if now < at < end}
    starts = sorted({now, *edges})
    found: list[Uncovered] = []
    for unit in units if org.aways else ():
        for start, until in zip(starts, [*starts[1:], end], strict=True):
            if _nobody(org, unit, start):
                joins = bool(found) and found[-1].unit == unit and found[-1].end == start
                first = found.pop().start if joins else start
                found.append(Uncovered(unit, first, until))
    return found


def _nobody(org: Organization, unit: str, now: datetime) -> bool:
    people = [duty.person for duty in org.duties_over(unit) if duty.role == STEWARD]
    people += [person for step in org.chain(unit) for person in on_rota(org, step, STEWARD, now)]
    return bool(people) and all(standing_for(org, person, now) is None for person in people)


def watches(org: Organization, shift: Shift, first: date, days: int) -> Iterator[Watch]:
    """The turns of a line that begin on some days, in order."""
    unit = org.units.get(shift.unit)
    for day in (first + timedelta(days=step) for step in range(days if unit else 0)):
        said: str | None = None
        for minute in _changes(shift, day.weekday()):
            at = datetime.combine(day, time(*divmod(minute, 60)), unit.zone if unit else UTC)
            person = shift.on(at) if shift.day_of(at) == day else None
            if person is not None and person != said:
                taker = standing_for(org, person, at) if person in org.people else None
                yield Watch(shift, day, at, person, taker)
            said = person


def _changes(shift: Shift, weekday: int) -> list[int]:
    """The minutes of a weekday at which somebody may take over."""
    spans = shift.hours.spans(weekday)
    noon = HALF_DAY * 60
    at_noon = {noon} if shift.turn == "half" and any(start < noon < end for start, end in spans) else set()
    return sorted({start for start, _end in spans} | at_noon)
