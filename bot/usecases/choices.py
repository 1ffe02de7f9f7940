"""What who commands a unit chooses for a group: how it is listened to and spoken to. Every change is noted with its author."""

import re
from collections.abc import Collection, Mapping

from bot.domain.manners import BUDGET, OFF, ON, PRESET, QUIET_FROM, QUIET_UNTIL, THANKS
from bot.domain.org import LISTEN, Group
from bot.ports import Change
from bot.usecases import telling
from bot.usecases.context import Context

HEARD = "listen"
MOST = 60  # unasked messages an hour
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def chosen(group: Group) -> dict[str, str]:
    """What holds in a group by choice, by name; what is not there is as everywhere."""
    return {HEARD: group.listen, **group.manners.chosen}


def unfit(values: Mapping[str, str], presets: Collection[str]) -> list[str]:
    """The names of what cannot be chosen so; "" is as everywhere, quiet hours come in pairs, a preset is one of those."""
    wrong = []
    if values.get(HEARD, LISTEN[0]) not in LISTEN:
        wrong.append(HEARD)
    budget = values.get(BUDGET, "")
    if budget and not (re.fullmatch(r"[1-9]\d?", budget, re.ASCII) and int(budget) <= MOST):
        wrong.append(BUDGET)
    hours = [values.get(QUIET_FROM, ""), values.get(QUIET_UNTIL, "")]
    if any(hours) and not all(_CLOCK.fullmatch(hour) for hour in hours):
        wrong.append(QUIET_FROM)
    if values.get(PRESET) and values[PRESET] not in presets:
        wrong.append(PRESET)
    if values.get(THANKS, "") not in {"", ON, OFF}:
        wrong.append(THANKS)
    return wrong


def choose(ctx: Context, by: str, group: Group, values: Mapping[str, str]) -> list[str]:
    """Take what was chosen for a group and is fit, and note what is otherwise than before; gives back the names of that."""
    before = chosen(group)
    changed = [name for name, value in values.items() if value != before.get(name, "")]
    for name in changed:
        if name == HEARD:
            ctx.uow.org.set_listen(group.key, values[name])
        else:
            ctx.uow.choices.set_manner(group.key, name, values[name])
        ctx.uow.choices.note(Change(ctx.now, by, group.unit, group.key, name, before.get(name, ""), values[name]))
    ctx.org_changed = ctx.org_changed or bool(changed)
    return changed


def announce(ctx: Context, group: Group, listen: str) -> None:
    """Who is listened to otherwise than before is told so."""
    telling.tell(ctx, group.key, "answer", "settings.set", free=True, words={"listen": listen})
