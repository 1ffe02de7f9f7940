"""How somebody is told something: a notice is queued, for a group, a person, a staff chat; words are made at send time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.states import EMERGENCY_URGENCIES
from bot.domain.ticket import Ticket
from bot.messages import is_private, private_chat
from bot.ports import Notice
from bot.usecases.context import Context

Words = Mapping[str, object]  # values for the slots of a sentence
NOTHING: Words = MappingProxyType({})
SAID_IN_SHADOW = frozenset({"settings.set", "privacy", "privacy.second"})
ANSWERED = "answered"  # flag of an account: what it was answered last, and when
AGAIN = timedelta(minutes=1)


def tell(  # noqa: PLR0913 - a notice simply has these parts
    ctx: Context,
    chat: str,
    kind: str,
    key: str,
    ticket: Ticket | None = None,
    *,
    mentions: Sequence[str] = (),
    buttons: Sequence[str] = (),
    urgent: bool = False,
    free: bool = False,
    words: Words = NOTHING,
) -> Notice | None:
    """Queue one notice and give it back. What is urgent breaks quiet hours: a pressing ticket, an answer to somebody.

    In a group that is listened to as a shadow nothing is said: who alone is meant hears it privately.
    """
    group = ctx.group(chat)
    if group is not None and group.listen == "shadow" and key not in SAID_IN_SHADOW:
        if len(mentions) != 1:
            return None
        chat = private_chat(mentions[0])
    pressing = ticket is not None and ticket.urgency in EMERGENCY_URGENCIES
    notice = Notice(
        id=ctx.services.ids.time_ordered(ctx.now),
        chat=chat,
        kind=kind,
        key=key,
        created_at=ctx.now,
        params={name: str(value) for name, value in {**facts(ctx, ticket), **words}.items()},
        mentions=tuple(dict.fromkeys(mentions)),
        ticket_id=ticket.id if ticket else None,
        number=ticket.number if ticket else None,
        buttons=tuple(buttons),
        urgent=urgent or pressing,
        free=free or is_private(chat),
    )
    ctx.uow.outbox.add(notice)
    return notice


def facts(ctx: Context, ticket: Ticket | None) -> dict[str, object]:
    """What a sentence may say of a ticket, by slot."""
    if ticket is None:
        return {}
    return {
        "number": ticket.number or "",
        "category": ticket.category,
        "nature": ticket.nature,
        "state": ticket.state,
        "place": ticket.place,
        "unit": ctx.unit(ticket.unit).name,
        "public_id": ticket.public_id,
        "late": "1" if ctx.late else "",
    }


def staff_account(ctx: Context, person: str, ticket: Ticket | None = None) -> str | None:
    """The account under which a person is reached, on the ticket's channel if there is one."""
    found = ctx.org.people.get(person)
    if found is None or (ticket is not None and person in ticket.named):
        return None
    channel = ticket.chat.partition(":")[0] if ticket else ""
    return found.account_on(channel)


def tell_staff(  # noqa: PLR0913 - as above
    ctx: Context,
    person: str,
    kind: str,
    key: str,
    ticket: Ticket | None,
    *,
    buttons: Sequence[str] = (),
    urgent: bool = False,
    words: Words = NOTHING,
) -> None:
    """Tell a duty-holder privately."""
    account = staff_account(ctx, person, ticket)
    if account is not None:
        chat = private_chat(account)
        tell(ctx, chat, kind, key, ticket, mentions=[account], buttons=buttons, urgent=urgent, words=words)


def tell_desk(  # noqa: PLR0913 - as above
    ctx: Context,
    desk: tuple[str, str],
    kind: str,
    key: str,
    ticket: Ticket,
    *,
    buttons: Sequence[str] = (),
    urgent: bool = False,
    words: Words = NOTHING,
) -> None:
    """Tell a duty-holder (person, unit) in the staff chat of his unit; privately without one or if it is confidential."""
    person, unit = desk
    work = ctx.org.work_chat(unit)
    account = staff_account(ctx, person, ticket)
    if work is None or account is None or not ctx.is_group_ticket(ticket):
        tell_staff(ctx, person, kind, key, ticket, buttons=buttons, urgent=urgent, words=words)
    else:
        tell(ctx, work.key, kind, key, ticket, mentions=[account], buttons=buttons, urgent=urgent, words=words)


def voices_by_chat(ctx: Context, ticket: Ticket) -> dict[str, list[str]]:
    """The accounts of those who reported or follow, by the chat in which each of them spoke last."""
    spoke = _spoke(ctx, ticket.id)
    if not spoke.keys() >= {*ticket.followers}:  # who was merged into it spoke elsewhere, maybe in another group
        spoke = _spoke_before(ctx, ticket.id) | spoke
    chats: dict[str, list[str]] = {}
    for account in ticket.voices:
        chat = ticket.chat if account == ticket.reporter else spoke.get(account, ticket.chat)
        if ticket.confidential or is_private(chat):
            chat = private_chat(account)
        chats.setdefault(chat, []).append(account)
    return chats


def _spoke(ctx: Context, ticket_id: str) -> dict[str, str]:
    return {word.account: word.chat for word in ctx.uow.words.of(ticket_id)}


def _spoke_before(ctx: Context, ticket_id: str) -> dict[str, str]:
    """The same of all that was merged into a ticket."""
    found: dict[str, str] = {}
    for child in ctx.uow.lists.merged(ticket_id):
        found |= _spoke_before(ctx, child.id) | _spoke(ctx, child.id)
    return found


def moment(ctx: Context, ticket: Ticket, at: datetime | None) -> str:
    return at.astimezone(ctx.unit(ticket.unit).zone).isoformat() if at else ""


def answer(  # noqa: PLR0913 - as above
    ctx: Context,
    account: str,
    chat: str,
    key: str,
    ticket: Ticket | None = None,
    *,
    kind: str = "answer",
    words: Words = NOTHING,
) -> None:
    """An answer to who spoke to the bot, in the chat where it was asked: at once, and outside of the group's budget.

    What he has told privately is answered privately. Who asks the same again and again is answered once a minute.
    """
    if ticket is not None and not ctx.is_group_ticket(ticket):
        chat = private_chat(account)
    asked = f"{key}|{ticket.id if ticket else ''}"
    last, _, at = (ctx.uow.people.flag(account, ANSWERED) or "").rpartition("@")
    if last == asked and ctx.now - datetime.fromisoformat(at) < AGAIN:
        return
    ctx.uow.people.set_flag(account, ANSWERED, f"{asked}@{ctx.now.isoformat()}")
    tell(ctx, chat, kind, key, ticket, mentions=[account], urgent=True, free=True, words=words)


def answer_privately(
    ctx: Context, account: str, key: str, ticket: Ticket | None = None, words: Words = NOTHING
) -> None:
    """An answer or a question that only the asker sees."""
    tell(ctx, private_chat(account), "question", key, ticket, mentions=[account], urgent=True, words=words)


def privacy(ctx: Context) -> str:
    """The key of the privacy notice that is true here: where a second reader is asked, it says so."""
    return "privacy.second" if ctx.settings.llm.url else "privacy"
