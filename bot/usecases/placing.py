"""Which unit a message is about: the place that it names, else its group's unit, else the writer's last group."""

from collections.abc import Sequence

from bot.domain.org import Around, Organization
from bot.messages import InboundMessage
from bot.ports import Matter
from bot.usecases.context import Context

NOWHERE = Around()


def around(ctx: Context, message: InboundMessage) -> Around:
    """What is around the unit of the group, or of the private writer's last group."""
    home = _home(ctx, message)
    return ctx.org.around(home) if home else NOWHERE


def _home(ctx: Context, message: InboundMessage) -> str | None:
    group = ctx.group(message.chat_key)
    if group is None and message.private:
        last = ctx.uow.people.last_chat(message.account)
        group = ctx.group(last) if last else None
    return group.unit if group else None


def unit_for(ctx: Context, message: InboundMessage, matter: Matter) -> str | None:
    """The unit that answers for a matter; None where a private writer must be asked."""
    home = _home(ctx, message)
    text = f"{matter.place} {matter.text} {message.text}"
    if message.private and home is not None:
        root = ctx.org.root(home)
        return deepest_named(ctx.org, text, ctx.org.below(root)) or home
    if home is not None:
        named = deepest_named(ctx.org, text, ctx.org.below(home))
        return named or home
    return deepest_named(ctx.org, text, tuple(ctx.org.units))


def deepest_named(org: Organization, text: str, units: Sequence[str]) -> str | None:
    """The lowest unit whose name or alias stands in a text; None where none or two on one level do."""
    named = [org.units[unit] for unit in units if any(name in text for name in org.units[unit].names)]
    named = [u for u in named if not any(o.id != u.id and org.within(o.id, u.id) for o in named)]
    return named[0].id if len(named) == 1 else None
