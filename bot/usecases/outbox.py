"""What waits to be said: quiet hours, the speech budget, merging; words are made here, at send time.

A notice is claimed in one transaction, sent outside of it under its key, and settled in another: it ends as sent,
uncertain (shown to an operator, never resent blindly) or dead (shown).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.messages import Capabilities, OutboundMessage, channel_of, is_private
from bot.ports import Notice, SendResult
from bot.render.render import Renderer
from bot.usecases import albums
from bot.usecases.context import Context

BATCH = 100
HOUR = timedelta(hours=1)
ATTEMPTS = 9  # the pauses between them double: about eight minutes in all
SOON = 1.0  # seconds that what is held waits at least: nobody asks in circles
AWAY = timedelta(minutes=1)  # how long a notice waits before its channel is asked for again


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to send and the notices that it carries."""

    notices: tuple[Notice, ...]
    message: OutboundMessage


def claim(ctx: Context, renderer: Renderer, can: Callable[[str], Capabilities | None]) -> list[Parcel]:
    """Take what may go out now, in order for each chat, as messages in words; the rest is given its time.

    ``can`` tells what a channel can do; None where it is not connected: what is meant for it waits.
    """
    bundles: dict[str, list[Notice]] = {}  # begun before: said again as they were, if at all
    waiting: dict[str, list[Notice]] = {}
    for notice in _deliverable(ctx, can):
        if notice.bundle is not None:
            bundles.setdefault(notice.bundle, []).append(notice)
        elif not _is_quiet(ctx, notice):
            waiting.setdefault(notice.chat, []).append(notice)
    fresh = [bundle for chat, notices in waiting.items() for bundle in _within_budget(ctx, chat, notices)]
    parcels: list[Parcel] = []
    for bundle in sorted([*bundles.values(), *fresh], key=lambda bundle: bundle[0].id):
        able = can(channel_of(bundle[0].chat)) or Capabilities()
        parcels += _parcel(ctx, renderer, able, bundle)
    return parcels


def _deliverable(ctx: Context, can: Callable[[str], Capabilities | None]) -> list[Notice]:
    """What waits for channels that are connected; the rest is asked for again later and holds nobody up."""
    while batch := ctx.uow.outbox.pending(ctx.now, BATCH):
        away = [notice for notice in batch if can(channel_of(notice.chat)) is None]
        _postpone(ctx, away, ctx.now + AWAY)
        if len(away) < len(batch):
            return [notice for notice in batch if notice not in away]
    return []


def _is_quiet(ctx: Context, notice: Notice) -> bool:
    """Quiet hours delay what nobody asked for and what is not pressing."""
    if notice.urgent:
        return False
    opening = _end_of_quiet(ctx, notice.chat)
    if opening is None:
        return False
    notice.not_before = opening
    ctx.uow.outbox.update(notice)
    return True


def _end_of_quiet(ctx: Context, chat: str) -> datetime | None:
    quiet_from, until = ctx.quiet_hours(chat)
    local = ctx.now.astimezone(ctx.zone_of(chat))
    clock = local.time()
    over_midnight = quiet_from > until
    is_quiet = (clock >= quiet_from or clock < until) if over_midnight else quiet_from <= clock < until
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= quiet_from else local.date()
    return datetime.combine(day, until, local.tzinfo)


def _within_budget(ctx: Context, chat: str, notices: Sequence[Notice]) -> Iterable[list[Notice]]:
    """Each by itself while the hour's budget lasts; past it all that waits is merged into one."""
    counted = [notice for notice in notices if not notice.free]
    if is_private(chat) or not counted:
        return [[notice] for notice in notices]
    budget = ctx.budget(chat)
    sent = [at for at in ctx.uow.outbox.sent_since(chat, ctx.now - HOUR) if at > ctx.now - HOUR]
    room = budget - len(sent)
    free = [[notice] for notice in notices if notice.free]
    if room <= 0:
        _postpone(ctx, counted, sent[-budget] + HOUR)
        return free
    if len(counted) <= room:
        return [[notice] for notice in notices]
    return [*free, *([notice] for notice in counted[: room - 1]), counted[room - 1 :]]


def _postpone(ctx: Context, notices: Sequence[Notice], until: datetime) -> None:
    for notice in notices:
        notice.not_before = until
        ctx.uow.outbox.update(notice)


def _parcel(ctx: Context, renderer: Renderer, capabilities: Capabilities, bundle: Sequence[Notice]) -> Iterable[Parcel]:
    """The bundle as one message; what cannot be put into words is set aside and holds nobody up."""
    chat = bundle[0].chat
    try:
        message = renderer.render(bundle, ctx.name_of, capabilities, ctx.zone_of(chat), ctx.manners(chat).sentence)
        shown = [ref for notice in bundle for ref in albums.photos(ctx, notice)]
        message = replace(message, attachments=tuple(shown)) if shown else message
    except Exception as error:
        for notice in bundle:
            notice.state = "dead"
            ctx.uow.outbox.update(notice)
        ctx.uow.reserve.put(f"notice:{bundle[0].id}", ctx.now, f"{type(error).__name__}: {error}"[:300])
        return
    for place, notice in enumerate(bundle):
        notice.state, notice.sent_at = "sending", ctx.now
        notice.bundle = notice.bundle or bundle[0].id
        notice.attempts += 1
        notice.free = notice.free or place > 0  # a merged message counts once
        ctx.uow.outbox.update(notice)
    yield Parcel(tuple(bundle), message)


def settle(ctx: Context, parcel: Parcel, result: SendResult) -> float:
    """Note what became of a sending; gives back after how many seconds it is tried again, 0 where it is not.

    A refusal that may be tried again waits, longer each time; too many tries are dead.
    """
    waits = 0.0
    for notice in parcel.notices:
        notice.state = result.state
        if result.state == "held":  # one before it in the chat has to go first, or nobody was reached
            notice.state, notice.attempts = "pending", notice.attempts - 1
            waits = max(result.retry_after, SOON)
        elif result.state == "retry" and notice.attempts >= ATTEMPTS:
            notice.state = "dead"
        elif result.state == "retry":
            notice.state = "pending"
            waits = max(result.retry_after, 2.0**notice.attempts)
        if notice.state == "pending":
            notice.not_before = ctx.now + timedelta(seconds=waits)
        notice.platform_id = result.platform_id
        notice.sent_at = ctx.now if notice.state in {"sent", "uncertain"} else None
        ctx.uow.outbox.update(notice)
    return waits


def recover(ctx: Context, can: Callable[[str], Capabilities | None]) -> int:
    """After a crash: what was being sent goes out again where the channel knows keys, else it is uncertain."""
    count = 0
    while left := ctx.uow.outbox.in_state("sending", BATCH):
        for notice in left:
            able = can(channel_of(notice.chat))
            again = notice.replaces or (able is not None and able.keyed)  # to change a message twice does no harm
            notice.state = "pending" if again else "uncertain"
            ctx.uow.outbox.update(notice)
        count += len(left)
    return count
