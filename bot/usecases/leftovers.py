"""What was left for an operator: messages that may not have arrived, and events that were set aside.

Nothing of it moves by itself: a person looks, and decides. A message is decided on as a whole, with all notices that were
merged in it, because that is how it went out.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.hook import CHANNEL
from bot.domain.org import Organization, Person
from bot.messages import account_of, channel_of, id_of, is_private
from bot.ports import Notice, UnitOfWork
from bot.render.masking import mask
from bot.usecases.context import may_see

UNSENT = ("uncertain", "dead")
LISTED = 10_000
OPERATOR = "operator"  # who did it, for the audit log
REASON = 80  # characters


class NotLeft(Exception):
    """There is nothing to decide; the text is one sentence for an operator."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that may not have arrived. Of its words nothing is told, of a confidential one not whom it was for."""

    id: str
    at: datetime
    chat: str
    name: str  # the group, the duty-holder, or the machine behind a webhook; "" for residents and in confidence
    kind: str
    number: int | None
    state: str
    attempts: int
    reason: str  # why it could not be put into words, if that was it


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that could not be handled."""

    key: str
    strikes: int
    reason: str


# ---------------------------------------------------------------- looking


def look(uow: UnitOfWork, org: Organization) -> tuple[list[Unsent], list[SetAside]]:
    """The messages that may not have arrived and the events that could not be handled, oldest first."""
    aside = {key: SetAside(key, strikes, _harmless(reason)) for key, strikes, reason in uow.reserve.all()}
    messages, unsent = _messages(uow), list[Unsent]()
    for id_ in sorted(messages):
        why = aside.pop(f"notice:{id_}", None)
        unsent.append(_unsent(uow, org, id_, messages[id_], why.reason if why else ""))
    return unsent, list(aside.values())


def of_desk(uow: UnitOfWork, org: Organization, person: Person, units: Collection[str]) -> list[Unsent]:
    """The messages that may not have arrived and are the business of who commands some units, oldest first.

    A message is of the unit of its ticket; else of its group, or of its webhook; else of the units in which its reader
    serves or last spoke. Of a ticket in confidence it is shown to who may see that.
    """
    messages = _messages(uow)
    own = {id_ for id_, notices in messages.items() if all(_is_of(uow, org, person, units, one) for one in notices)}
    return [one for one in look(uow, org)[0] if one.id in own]


def _is_of(uow: UnitOfWork, org: Organization, person: Person, units: Collection[str], notice: Notice) -> bool:
    ticket = uow.tickets.get(notice.ticket_id) if notice.ticket_id else None
    if ticket is not None:
        return ticket.unit in units and may_see(org, person, ticket)
    if channel_of(notice.chat) == CHANNEL:
        hook = uow.hooks.get(id_of(notice.chat))
        return hook is not None and hook.unit in units
    group = org.group(notice.chat)
    if group is not None or not is_private(notice.chat):
        return group is not None and group.unit in units
    account = account_of(notice.chat)
    reader, last = org.person_of(account), uow.people.last_chat(account)
    around = org.group(last) if last else None
    served = {duty.unit for duty in org.duties_of(reader.id)} if reader else {around.unit} if around else set()
    return not served.isdisjoint(units)


def _messages(uow: UnitOfWork) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for state in UNSENT:
        for notice in reversed(uow.outbox.in_state(state, LISTED)):
            found.setdefault(notice.bundle or notice.id, []).append(notice)
    return found


def _unsent(uow: UnitOfWork, org: Organization, id_: str, notices: Sequence[Notice], reason: str) -> Unsent:
    first = notices[0]
    ticket = uow.tickets.get(first.ticket_id) if first.ticket_id else None
    in_confidence = ticket is not None and ticket.confidential
    chat = "" if in_confidence and is_private(first.chat) else first.chat
    kind = first.kind if len(notices) == 1 else "digest"
    hook = uow.hooks.get(id_of(chat)) if channel_of(chat) == CHANNEL else None
    name = hook.host if hook else _name(org, chat)
    return Unsent(id_, first.created_at, chat, name, kind, first.number, first.state, first.attempts, reason)


def _name(org: Organization, chat: str) -> str:
    if is_private(chat):
        person = org.person_of(account_of(chat))
        return person.name if person else ""
    group = org.group(chat)
    return (group.title or id_of(chat)) if group else ""


def _harmless(reason: str) -> str:
    """An error may quote what somebody wrote."""
    return mask(" ".join(reason.split()))[:REASON]


# ---------------------------------------------------------------- deciding


def resend(uow: UnitOfWork, now: datetime, id_: str, by: str = OPERATOR) -> None:
    """Queue a message again, under its old key: a platform that knows keys shows it once whatever became of the first."""
    notices = _left(uow, id_)
    if any(notice.ticket_id and not notice.params for notice in notices):
        raise NotLeft(f"{id_}: its words were erased, there is nothing left to send")
    for notice in notices:
        notice.state, notice.attempts, notice.not_before, notice.sent_at = "pending", 0, None, None
        if len(notices) == 1:
            notice.bundle = None  # quiet hours and the budget hold for it anew; the key stays
        uow.outbox.update(notice)
    _decided(uow, now, id_, notices, "resent", by)


def drop(uow: UnitOfWork, now: datetime, id_: str, by: str = OPERATOR) -> None:
    """Let a message be; it is listed no more."""
    notices = _left(uow, id_)
    for notice in notices:
        notice.state = "dropped"
        uow.outbox.update(notice)
    _decided(uow, now, id_, notices, "dropped", by)


def clear(uow: UnitOfWork, now: datetime, key: str) -> None:
    """Let an event that was set aside be; it is listed no more."""
    if not uow.reserve.remove(key):
        raise NotLeft(f"{key}: nothing was set aside under this key")
    kind, _, rest = key.partition(":")
    if kind == "timer":
        _note(uow, now, [rest.partition(":")[0]], "cleared")


def _left(uow: UnitOfWork, id_: str) -> list[Notice]:
    notices = _messages(uow).get(id_)
    if notices is None:
        raise NotLeft(f"{id_}: no message with this id waits for a decision")
    return notices


def _decided(uow: UnitOfWork, now: datetime, id_: str, notices: Sequence[Notice], what: str, by: str) -> None:
    uow.reserve.remove(f"notice:{id_}")
    _note(uow, now, (notice.ticket_id for notice in notices), what, by)


def _note(uow: UnitOfWork, now: datetime, tickets: Iterable[str | None], what: str, by: str = OPERATOR) -> None:
    """The audit log keeps what an operator decided about a ticket's messages and limits."""
    for id_ in dict.fromkeys(tickets):
        ticket = uow.tickets.get(id_) if id_ else None
        if ticket is not None:
            ticket.record("noted", now, by, what)
            uow.tickets.save(ticket)
