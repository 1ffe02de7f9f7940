"""Webhooks: which events of a ticket are told to which subscription, and what people do with subscriptions.

A notice is written in the transaction of its event and goes out through the outbox like every other. It holds no words and
no person: whoever wants those opens the ticket under his own rights. Confidential tickets and candidates are never told of.
"""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.audit import Event
from bot.domain.hook import FAILING, GONE, IN_A_ROW, KINDS, MOST, ON, TURNING, Hook, is_fit, is_told, told_kind
from bot.domain.org import Person
from bot.domain.ticket import Ticket
from bot.ports import Change, Notice, UnitOfWork
from bot.render.hooks import AT, DATA, NOTICE, TYPE
from bot.usecases import telling
from bot.usecases.context import Context
from bot.usecases.leftovers import OPERATOR

SECRET = "whsec_"  # noqa: S105 - the mark before a secret, as Standard Webhooks writes it
TEST = "webhook.test"
SUBJECT = "webhook"  # of the changes that people make


class Unfit(Exception):
    """It cannot be subscribed so; ``reason`` is right, url, kinds or many."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# ---------------------------------------------------------------- telling


def tell(ctx: Context, saved: Mapping[str, Sequence[Event]]) -> None:
    """Queue what has just happened to these tickets for everybody who wants to be told."""
    hooks = [hook for hook in ctx.uow.hooks.all() if is_told(hook, ctx.org)]
    if not hooks:
        return
    for ticket_id, events in saved.items():
        ticket = ctx.ticket(ticket_id)
        if ticket is not None and ticket.number is not None and not ticket.confidential:
            near = [hook for hook in hooks if ctx.org.within(ticket.unit, hook.unit)]
            _tell_of(ctx, near, ticket, events)


def _tell_of(ctx: Context, hooks: Sequence[Hook], ticket: Ticket, events: Sequence[Event]) -> None:
    for event in events:
        kind = told_kind(event)
        for hook in hooks:
            if kind is not None and hook.wants(kind):
                _queue(ctx, hook, f"ticket.{kind}", event.at, _facts(ctx, ticket))


def _queue(ctx: Context, hook: Hook, type_: str, at: datetime, data: Mapping[str, object]) -> None:
    telling.tell(ctx, hook.chat, NOTICE, NOTICE, urgent=True, free=True, words=_words(type_, at, data))


def _words(type_: str, at: datetime, data: Mapping[str, object]) -> dict[str, str]:
    return {TYPE: type_, AT: _instant(at) or "", DATA: json.dumps(data, ensure_ascii=False)}


def _facts(ctx: Context, ticket: Ticket) -> dict[str, object]:
    """How a ticket stands, in codes and counts."""
    return {
        "ticket": ticket.public_id,  # as in the API and the page's address; it opens nothing by itself
        "number": ticket.number,
        "year": ticket.year,
        "root": ticket.root,
        "unit": ticket.unit,
        "unit_name": ctx.unit(ticket.unit).name,
        "state": ticket.state,
        "nature": ticket.nature,
        "category": ticket.category,
        "urgency": ticket.urgency,
        "supervision": ticket.supervision,
        "voices": len(ticket.voices),
        "rework_count": ticket.rework_count,
        "registered_at": _instant(ticket.registered_at),
        "due_at": _instant(ticket.due_at),
        "done_at": _instant(ticket.done_at),
        "closed_at": _instant(ticket.closed_at),
        "close_reason": ticket.close_reason,
        "solved": ticket.solved,
        "rating": ticket.rating,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ---------------------------------------------------------------- subscriptions


def of_units(uow: UnitOfWork, units: Collection[str]) -> list[Hook]:
    """The subscriptions of units, oldest first."""
    return [hook for hook in uow.hooks.all() if hook.unit in units]


def subscribe(ctx: Context, person: Person, unit: str, url: str, kinds: Collection[str]) -> Hook:
    """A new subscription; its secret is shown to whoever made it, once.

    Raises ``Unfit``: he does not command the unit, the address may not be called, no such kind, too many of the unit.
    """
    if not ctx.org.commands(person.id, unit):
        raise Unfit("right")
    if not is_fit(url, ctx.settings.webhooks.networks):
        raise Unfit("url")
    if not set(kinds) <= set(KINDS):
        raise Unfit("kinds")
    if len(of_units(ctx.uow, [unit])) >= MOST:
        raise Unfit("many")
    ids, chosen = ctx.services.ids, tuple(kind for kind in KINDS if kind in kinds)
    hook = Hook(ids.time_ordered(ctx.now), unit, url, _new_secret(ctx), person.id, ctx.now, chosen)
    ctx.uow.hooks.put(hook)
    _changed(ctx.uow, ctx.now, hook, person.id, "add")
    return hook


def _new_secret(ctx: Context) -> str:
    """Two tokens of 128 bits: Standard Webhooks wants 192 at least."""
    random = ctx.services.ids.secret() + ctx.services.ids.secret()
    return SECRET + b64encode(random.encode()).decode()


def turn_secret(ctx: Context, hook: Hook, person: Person) -> Hook:
    """A new secret; the old one signs beside it for a day, so that the receiver can change over at leisure."""
    turned = replace(hook, secret=_new_secret(ctx), old_secret=hook.secret, old_until=ctx.now + TURNING)
    ctx.uow.hooks.put(turned)
    _changed(ctx.uow, ctx.now, hook, person.id, "turn")
    return turned


def switch_on(ctx: Context, hook: Hook, person: Person) -> None:
    """Tell it again from now on, in the right of who says so."""
    ctx.uow.hooks.put(replace(hook, state=ON, failures=0, by=person.id))
    _changed(ctx.uow, ctx.now, hook, person.id, "on")


def remove(uow: UnitOfWork, now: datetime, hook: Hook, by: str = OPERATOR) -> None:
    """Forget it and its secrets; what waits for it goes nowhere."""
    uow.hooks.remove(hook.id)
    _changed(uow, now, hook, by, "remove")


def _changed(uow: UnitOfWork, now: datetime, hook: Hook, by: str, what: str) -> None:
    """Who has data sent out of the house, or ends it, stands by his name."""
    uow.choices.note(Change(now, by, hook.unit, SUBJECT, what, "", hook.host))


def try_out(ctx: Context, hook: Hook) -> None:
    """Queue a message of no ticket."""
    _queue(ctx, hook, TEST, ctx.now, {"unit": hook.unit})


def trial(hook: Hook, id_: str, now: datetime) -> Notice:
    """The same message, for who sends it past the outbox."""
    return Notice(id_, hook.chat, NOTICE, NOTICE, now, _words(TEST, now, {"unit": hook.unit}))


def note(uow: UnitOfWork, now: datetime, id_: str, state: str, last: str) -> None:
    """What became of an attempt: ``state`` as in ``SendResult``, ``last`` in a word.

    It is switched off where it says that it is gone, or where too many messages in a row were given up.
    """
    hook = uow.hooks.get(id_)
    if hook is None:
        return
    failures = {"sent": 0, "dead": hook.failures + 1}.get(state, hook.failures)
    stands = FAILING if failures >= IN_A_ROW and hook.state == ON else hook.state
    if state == "dropped":
        stands = GONE
    uow.hooks.put(replace(hook, state=stands, failures=failures, last=last, last_at=now))
