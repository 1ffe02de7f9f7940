"""A weekly word of thanks to a group of residents that wants it: how many were solved, one of them before and after, no names."""

import json
from dataclasses import dataclass
from typing import TypeGuard
from zoneinfo import ZoneInfo

from bot.domain.manners import OFF, ON
from bot.domain.org import Group, Organization
from bot.domain.periods import WEEK, Period
from bot.domain.slots import newest_due
from bot.messages import Capabilities
from bot.ports import Notice, UnitOfWork
from bot.render.render import Renderer
from bot.settings import DigestSettings
from bot.usecases import albums, telling
from bot.usecases.context import Context

RESIDENTS, KEY = "residents", "digest.residents"  # the kind of digest, and its sentence
LOOKED_AT = 100  # solved ones, the newest, for a pair of photos


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
    thanks = thanks_of(ctx.uow, ctx.org, group, week)
    return thanks is not None and telling.tell(ctx, group.key, "digest", KEY, words=thanks.words) is not None


def preview(ctx: Context, renderer: Renderer, group: Group, thanks: Thanks) -> str:
    """The words as the group would read them."""
    words = {name: str(value) for name, value in thanks.words.items()}
    notice = Notice("sample", group.key, "digest", KEY, ctx.now, words)
    zone: ZoneInfo = ctx.unit(group.unit).zone
    return renderer.render([notice], ctx.name_of, Capabilities(), zone, group.manners.sentence).text


def thanks_of(uow: UnitOfWork, org: Organization, group: Group, week: Period) -> Thanks | None:
    """What there is to say of a week: what was heard in the group, also where a unit below has solved it; None for nothing."""
    found = uow.loads.solved(org.below(group.unit), group.key, week.start, week.end)
    if not found:
        return None
    pictured = ((ticket_id, _before_and_after(uow, ticket_id, group)) for ticket_id in found[:LOOKED_AT])
    for ticket_id, pictures in pictured:
        if pictures and (ticket := uow.tickets.get(ticket_id)):
            return Thanks(len(found), pictures, ticket.public_id)
    return Thanks(len(found))


def _before_and_after(uow: UnitOfWork, ticket_id: str, group: Group) -> tuple[str, ...]:
    """The first photo of residents and the last one of who worked on it; neither without the other.

    Only what was sent in this very group: a photo for a colleague or for one person may show what is nobody else's business.
    """
    said = [word for word in uow.words.of(ticket_id) if word.chat == group.key]
    shown = [ref for word in said if word.role == "voice" for ref in albums.stored(word)]
    done = [ref for word in said if word.role == "staff" for ref in albums.stored(word)]
    return (shown[0], done[-1]) if shown and done else ()
