"""The rota (值班表) of a unit: lines are added and taken away by who commands it, and every change is noted."""

from bot.domain.attendance import STEWARD
from bot.domain.org import Organization
from bot.domain.rota import Shift
from bot.ports import Change
from bot.usecases.absence import colleagues
from bot.usecases.context import Context

SUBJECT = "rota"  # what changes are noted under
MOST = 60  # people of one line


def unfit(org: Organization, shift: Shift) -> list[str]:
    """The names of what cannot be so in a line. Turns are for colleagues; an owner's, for who commands the unit."""
    near = colleagues(org, shift.unit)
    fits = all(p in near and (shift.role == STEWARD or org.commands(p, shift.unit)) for p in shift.people)
    wrong = [] if fits and 0 < len(shift.people) <= MOST else ["people"]
    if shift.last is not None and shift.last < shift.first:
        wrong.append("last")
    return wrong


def add(ctx: Context, by: str, shift: Shift) -> None:
    """A line more; one that is there already stays as it is."""
    if any(one.key == shift.key for one in ctx.org.rota):
        return
    ctx.uow.rota.put_shift(shift)
    _note(ctx, by, shift, "", written(shift))


def remove(ctx: Context, by: str, shift: Shift) -> None:
    """A line less."""
    ctx.uow.rota.remove_shift(shift.key)
    _note(ctx, by, shift, written(shift), "")


def _note(ctx: Context, by: str, shift: Shift, before: str, after: str) -> None:
    ctx.uow.choices.note(Change(ctx.now, by, shift.unit, SUBJECT, "rota", before, after))
    ctx.org_changed = True


def written(shift: Shift) -> str:
    """For the record: hours, turn, role, days, people."""
    last = shift.last.isoformat() if shift.last else ""
    return "|".join([str(shift.hours), shift.turn, shift.role, shift.first.isoformat(), last, ",".join(shift.people)])
