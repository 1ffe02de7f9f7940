"""Who is told what on which event: read down the page. Words are in ``bot/render/locales``, made at send time.

Group messages say the number, the category and the rough place, never the words of the reporter. Staff are told
privately or in the staff chat of their unit; only a ping that residents may see goes to the group.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.ticket import EMERGENCY_URGENCIES, Ticket
from bot.messages import is_private, private_chat
from bot.ports import Notice
from bot.usecases.context import Context

Words = Mapping[str, object]  # values for the slots of a sentence
NOTHING: Words = MappingProxyType({})
STAFF_BUTTONS = ("sign", "done", "return")


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
) -> Notice:
    """Queue one notice. An emergency or urgent ticket breaks quiet hours; ``urgent`` does so for an answer to somebody."""
    pressing = ticket is not None and ticket.urgency in EMERGENCY_URGENCIES
    notice = Notice(
        id=ctx.services.ids.time_ordered(ctx.now),
        chat=chat,
        kind=kind,
        key=key,
        created_at=ctx.now,
        params={name: str(value) for name, value in {**_facts(ctx, ticket), **words}.items()},
        mentions=tuple(dict.fromkeys(mentions)),
        ticket_id=ticket.id if ticket else None,
        number=ticket.number if ticket else None,
        buttons=tuple(buttons),
        urgent=urgent or pressing,
        free=free or is_private(chat),
    )
    ctx.uow.outbox.add(notice)
    return notice


def _facts(ctx: Context, ticket: Ticket | None) -> dict[str, object]:
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
    spoke = {word.account: word.chat for word in ctx.uow.words.of(ticket.id)}
    chats: dict[str, list[str]] = {}
    for account in ticket.voices:
        chat = ticket.chat if account == ticket.reporter else spoke.get(account, ticket.chat)
        if ticket.confidential or is_private(chat):
            chat = private_chat(account)
        chats.setdefault(chat, []).append(account)
    return chats


# ---------------------------------------------------------------- opening


def opened(ctx: Context, ticket: Ticket) -> None:
    """Receipt and ping in one message in the group; for a private writer a receipt to him and a ping to the steward."""
    urgent = ticket.urgency in EMERGENCY_URGENCIES
    free = ticket.urgency == "emergency"
    account = staff_account(ctx, ticket.assignee, ticket) if ticket.assignee else None
    if not ctx.is_group_ticket(ticket):
        tell(
            ctx,
            private_chat(ticket.reporter),
            "receipt",
            "receipt.private",
            ticket,
            mentions=[ticket.reporter],
            urgent=True,
        )
        if ticket.assignee:
            assigned(ctx, ticket)
        return
    key = "receipt.urgent" if urgent else "receipt"
    mentions = [account] if account else []
    tell(
        ctx,
        ticket.chat,
        "receipt",
        key if account else "receipt.nobody",
        ticket,
        mentions=mentions,
        buttons=STAFF_BUTTONS,
        free=free,
    )
    if account and not _is_in_chat(ctx, ticket.assignee or "", account, ticket.chat):
        assigned(ctx, ticket)


def _is_in_chat(ctx: Context, person: str, account: str, chat: str) -> bool:
    """Whether somebody reads a group: he has spoken in it, or it is the group of a unit that he answers for."""
    group = ctx.group(chat)
    own = group is not None and any(duty.person == person for duty in ctx.org.duties_at(group.unit))
    return own or ctx.uow.people.is_member(account, chat)


def danger(ctx: Context, ticket: Ticket, hotlines: Sequence[str]) -> None:
    """Life or property: the number to call comes first, at once."""
    chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(ticket.reporter)
    numbers = "、".join(hotlines)
    tell(
        ctx,
        chat,
        "emergency",
        "emergency",
        ticket,
        mentions=[ticket.reporter],
        urgent=True,
        free=True,
        words={"hotlines": numbers},
    )


def assigned(ctx: Context, ticket: Ticket) -> None:
    """The assignee is told privately what it is."""
    if ticket.assignee:
        words = {"title": ticket.title, "due": _moment(ctx, ticket, ticket.due_at)}
        tell_staff(ctx, ticket.assignee, "ping", "ping.assigned", ticket, buttons=STAFF_BUTTONS, words=words)


def candidate(ctx: Context, ticket: Ticket, person: str) -> None:
    """A doubtful message is shown to the steward, privately, with one tap."""
    words = {"title": ticket.title, "why": ticket.reason}
    tell_staff(ctx, person, "question", "candidate", ticket, buttons=("register", "reject"), words=words)


def answered(ctx: Context, ticket: Ticket, title: str, body: str, source: str) -> None:
    """A question is answered from the knowledge base, with its source."""
    chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(ticket.reporter)
    words = {"title": title, "body": body, "source": source}
    tell(
        ctx,
        chat,
        "answer",
        "answer.article",
        ticket,
        mentions=[ticket.reporter],
        urgent=True,
        buttons=("clear", "human"),
        words=words,
    )


def go_private(ctx: Context, chat: str, account: str) -> None:
    """Whoever wants to report wrongdoing is asked to write privately."""
    tell(ctx, chat, "notice", "report.go_private", mentions=[account], urgent=True)


# ---------------------------------------------------------------- work


def transferred(ctx: Context, ticket: Ticket, person: str) -> None:
    """The new assignee is pinged where the residents can see it, and privately if he is not in that group."""
    called(ctx, ticket, person, "ping.transferred")


def called(ctx: Context, ticket: Ticket, person: str, key: str = "ping.whistled") -> None:
    """A person is called to a ticket: in the group, and privately where he was never seen in it."""
    account = staff_account(ctx, person, ticket)
    if account is None:
        return
    words = {"person": ctx.name(person), "title": ticket.title}
    in_group = ctx.is_group_ticket(ticket)
    if in_group:
        tell(ctx, ticket.chat, "ping", key, ticket, mentions=[account], buttons=("sign",), urgent=True, words=words)
    if not in_group or not _is_in_chat(ctx, person, account, ticket.chat):
        tell(
            ctx,
            private_chat(account),
            "ping",
            f"{key}.private",
            ticket,
            mentions=[account],
            buttons=("sign",),
            urgent=True,
            words=words,
        )


def progressed(ctx: Context, ticket: Ticket, note: str, from_chat: str) -> None:
    """Those who wait hear how it goes, in the chats that have not just heard it themselves."""
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        if chat != from_chat:
            tell(ctx, chat, "progress", "progress", ticket, mentions=accounts, words={"note": note})


def done(ctx: Context, ticket: Ticket, note: str, from_chat: str) -> None:
    """The result and the poll in one message a chat."""
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        key = "poll" if chat == from_chat or not note else "poll.result"
        tell(ctx, chat, "poll", key, ticket, mentions=accounts, buttons=("rate",), words={"note": note})


def reminded_to_vote(ctx: Context, ticket: Ticket, voted: Iterable[str]) -> None:
    """One reminder to who has not voted."""
    silent = set(ticket.voices) - set(voted)
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        waiting = [account for account in accounts if account in silent]
        if waiting:
            tell(ctx, chat, "reminder", "poll.reminder", ticket, mentions=waiting, buttons=("rate",))


def reworked(ctx: Context, ticket: Ticket, commander: tuple[str, str] | None, by: str, ask: bool) -> None:
    """Not solved: the assignee and the owner are told, the speaker is asked once for the reason."""
    words = {"title": ticket.title, "times": ticket.rework_count}
    if ticket.assignee:
        tell_staff(ctx, ticket.assignee, "ping", "ping.rework", ticket, urgent=True, words=words)
    if commander is not None and commander[0] != ticket.assignee:
        tell_desk(ctx, commander, "notice", "rework.owner", ticket, urgent=True, words=words)
    if ask:
        chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(by)
        tell(ctx, chat, "question", "rework.why", ticket, mentions=[by], urgent=True)


def urged(ctx: Context, ticket: Ticket, by: str, chat: str) -> None:
    """An urge reaches the assignee; who urged sees that it did."""
    account = staff_account(ctx, ticket.assignee, ticket) if ticket.assignee else None
    words = {"person": ctx.name(ticket.assignee or "")}
    if ctx.is_group_ticket(ticket) and not is_private(chat):
        tell(
            ctx,
            chat,
            "ping",
            "urged" if account else "urged.nobody",
            ticket,
            mentions=[account] if account else [],
            urgent=True,
            words=words,
        )
        return
    tell(ctx, private_chat(by), "status", "urged.private", ticket, mentions=[by], urgent=True, words=words)
    if ticket.assignee:
        tell_staff(ctx, ticket.assignee, "ping", "ping.urged", ticket, urgent=True, words={"title": ticket.title})


def followed_elsewhere(ctx: Context, ticket: Ticket, account: str, chat: str) -> None:
    """A neighbour in another group of the unit learns that his trouble is known; nobody hears an echo in the same group."""
    if chat != ticket.chat:
        tell(ctx, chat, "status", "followed", ticket, mentions=[account])


def supplemented(ctx: Context, ticket: Ticket, text: str) -> None:
    """New facts reach who works on it."""
    if ticket.assignee:
        tell_staff(ctx, ticket.assignee, "notice", "supplement", ticket, words={"title": ticket.title, "note": text})


def withdrawn(ctx: Context, ticket: Ticket) -> None:
    """Who was pinged learns that it is off."""
    if ticket.assignee and ticket.number is not None:
        tell_staff(ctx, ticket.assignee, "notice", "withdrawn", ticket)


def not_accepted(ctx: Context, ticket: Ticket, reason: str) -> None:
    """The reporter learns why it is not accepted."""
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        tell(ctx, chat, "result", "not_accepted", ticket, mentions=accounts, words={"note": reason})


def merged(ctx: Context, child: Ticket, parent: Ticket) -> None:
    """Those who spoke of the child learn where it goes on."""
    for chat, accounts in voices_by_chat(ctx, child).items():
        tell(ctx, chat, "status", "merged", parent, mentions=accounts, words={"child": child.number})


# ---------------------------------------------------------------- requests and rulings


def asked(ctx: Context, ticket: Ticket, judge: tuple[str, str]) -> None:
    """A return, hold or extension waits for the owner."""
    words = {
        "title": ticket.title,
        "note": ticket.asked_note,
        "until": _moment(ctx, ticket, ticket.asked_until),
        "person": ctx.name(ticket.asked_by or ""),
    }
    tell_desk(ctx, judge, "question", f"asked.{ticket.asked}", ticket, urgent=True, words=words)


def granted(ctx: Context, ticket: Ticket, what: str, reason: str) -> None:
    """The reporter learns of the new date and why; the assignee too."""
    words = {"note": reason, "until": _moment(ctx, ticket, ticket.due_at)}
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        tell(ctx, chat, "notice", f"granted.{what}", ticket, mentions=accounts, words=words)
    if ticket.assignee:
        tell_staff(ctx, ticket.assignee, "notice", f"granted.{what}", ticket, words=words)


def refused(ctx: Context, ticket: Ticket, person: str | None) -> None:
    """The asker learns that it was refused."""
    if person:
        tell_staff(ctx, person, "notice", "refused", ticket, urgent=True, words={"title": ticket.title})


# ---------------------------------------------------------------- clocks


def limit_near(ctx: Context, ticket: Ticket, key: str) -> None:
    """A limit comes near or was missed: the assignee is reminded, not in the residents' group."""
    if ticket.assignee:
        words = {"title": ticket.title, "due": _moment(ctx, ticket, ticket.due_at)}
        tell_staff(ctx, ticket.assignee, "reminder", key, ticket, buttons=STAFF_BUTTONS, words=words)


def escalated(ctx: Context, ticket: Ticket, target: tuple[str, str], key: str) -> None:
    """Somebody above learns of it, in the staff chat of his unit or privately."""
    words = {
        "title": ticket.title,
        "due": _moment(ctx, ticket, ticket.due_at),
        "person": ctx.name(ticket.assignee or ""),
    }
    tell_desk(ctx, target, "escalation", key, ticket, buttons=("sign",), words=words)


def asks_how_it_stands(ctx: Context, ticket: Ticket) -> None:
    """The limit has passed and nobody said done: the reporter is asked (Beijing rules, article 23)."""
    chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(ticket.reporter)
    tell(ctx, chat, "question", "how_it_stands", ticket, mentions=[ticket.reporter])


def _moment(ctx: Context, ticket: Ticket, at: datetime | None) -> str:
    return at.astimezone(ctx.unit(ticket.unit).zone).isoformat() if at else ""


def answer(
    ctx: Context, account: str, chat: str, key: str, ticket: Ticket | None = None, words: Words = NOTHING
) -> None:
    """An answer to who spoke to the bot, in the chat where it was asked."""
    tell(ctx, chat, "answer", key, ticket, mentions=[account], urgent=True, words=words)


def answer_privately(
    ctx: Context, account: str, key: str, ticket: Ticket | None = None, words: Words = NOTHING
) -> None:
    """An answer or a question that only the asker sees."""
    tell(ctx, private_chat(account), "question", key, ticket, mentions=[account], urgent=True, words=words)
