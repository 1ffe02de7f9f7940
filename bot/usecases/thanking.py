"""A weekly word of thanks to a group of residents that wants it: how many were solved, one of them before and after, no names."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard
from zoneinfo import ZoneInfo

from bot.domain.manners import OFF, ON
from bot.domain.org import Group
from bot.domain.periods import WEEK, Period
from bot.domain.slots import newest_due
from bot.domain.states import CLOSED
from bot.domain.ticket import Ticket
from bot.messages import Capabilities
from bot.ports import Notice, UnitOfWork, Wanted
from bot.render.render import Renderer
from bot.settings import DigestSettings
from bot.usecases import albums, telling
from bot.usecases.context import Context

RESIDENTS, KEY = "residents", "digest.residents"  # the kind of digest, and its sentence
READ = 20_000  # tickets of one digest, the newest: enough for a street; a digest of more says so
LONG = timedelta(days=60)  # before the period compared with: what was opened then may be closed now


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a group is told of a week: how many were solved, and two stored photos of the ticket with this public id, or none."""

    solved: int
    pictures: tuple[str, ...] = ()
    public_id: str = ""

    @property
    def words(self) -> dict[str, object]:
        """The slots of the sentence, and the photos that go along."""
        return {"solved": self.solved, albums.PICTURES: json.dumps(self.pictures)}


def is_for(group: Group | None) -> TypeGuard[Group]:
    """Whether a group is one of residents: nobody else is thanked."""
    return group is not None and group.kind == "residents"


def is_wanted(chosen: DigestSettings, group: Group) -> bool:
    """Whether a group is thanked: as chosen on the dashboard, else as the settings of the house name it."""
    return (
        is_for(group) and group.manners.thanks != OFF and (group.manners.thanks == ON or group.key in chosen.residents)
    )


def week_of(ctx: Context, group: Group) -> Period:
    """The newest week whose hour to be spoken of has come."""
    wanted = ctx.settings.digests
    return newest_due(WEEK, ctx.now, ctx.unit(group.unit).zone, wanted.hour, wanted.weekday - 1)


def begin(ctx: Context, group: Group) -> None:
    """Switched on now, it speaks from the next week on: what is over already is not made up for."""
    ctx.uow.digests.claim(group.key, RESIDENTS, week_of(ctx, group).day.isoformat(), ctx.now)


def thank(ctx: Context, group: Group, week: Period) -> bool:
    """Say it in the group itself; False where there is nothing to say."""
    thanks = thanks_of(ctx.uow, group, week)
    return thanks is not None and telling.tell(ctx, group.key, "digest", KEY, words=thanks.words) is not None


def preview(ctx: Context, renderer: Renderer, group: Group, thanks: Thanks) -> str:
    """The words as the group would read them."""
    words = {name: str(value) for name, value in thanks.words.items()}
    notice = Notice("sample", group.key, "digest", KEY, ctx.now, words)
    zone: ZoneInfo = ctx.unit(group.unit).zone
    return renderer.render([notice], ctx.name_of, Capabilities(), zone, group.manners.sentence).text


def thanks_of(uow: UnitOfWork, group: Group, week: Period) -> Thanks | None:
    """What there is to say of a week; None where nothing was solved."""
    wanted = Wanted((group.unit,), (CLOSED,), since=week.start - LONG)
    found = [ticket for ticket in uow.lists.page(wanted, None, READ) if _is_solved_here(ticket, group, week)]
    if not found:
        return None
    pictured = ((ticket, _before_and_after(uow, ticket, group)) for ticket in found)
    shown = next(((ticket.public_id, pictures) for ticket, pictures in pictured if pictures), None)
    return Thanks(len(found), shown[1], shown[0]) if shown else Thanks(len(found))


def _is_solved_here(ticket: Ticket, group: Group, week: Period) -> bool:
    return bool(ticket.chat == group.key and ticket.closed_at in week and ticket.solved) and ticket.nature != "praise"


def _before_and_after(uow: UnitOfWork, ticket: Ticket, group: Group) -> tuple[str, ...]:
    """The first photo that was shown in this very group, and the last one of who worked on it; neither without the other."""
    said = uow.words.of(ticket.id)
    shown = [ref for word in said if word.role == "voice" and word.chat == group.key for ref in albums.stored(word)]
    done = [ref for word in said if word.role == "staff" for ref in albums.stored(word)]
    return (shown[0], done[-1]) if shown and done else ()
