"""Who is told what on which event: read down the page. Words are in ``bot/render/locales``, made at send time.

Group messages say the number, the category and the rough place, never the words of the reporter. Staff are told
privately or in the staff chat of their unit; only a ping that residents may see goes to the group.
"""

from collections.abc import Iterable, Sequence

from bot.domain.states import EMERGENCY_URGENCIES, SWEEP
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, channel_of, is_private, private_chat
from bot.usecases import albums
from bot.usecases.context import Context
from bot.usecases.standing import hearers, reached
from bot.usecases.telling import moment, staff_account, tell, tell_desk, tell_staff, voices_by_chat

DEFAULT_HOTLINES = ("110",)
STAFF_BUTTONS = ("sign", "done", "return")


# ---------------------------------------------------------------- opening


def opened(ctx: Context, ticket: Ticket) -> None:
    """Receipt and ping in one message in the group; for a private writer a receipt to him and a ping to the steward."""
    if not ctx.is_group_ticket(ticket):
        _opened_privately(ctx, ticket)
        return
    account = staff_account(ctx, ticket.assignee, ticket) if ticket.assignee else None
    key = "receipt.urgent" if ticket.urgency in EMERGENCY_URGENCIES else "receipt"
    tell(
        ctx,
        ticket.chat,
        "receipt",
        key if account else "receipt.nobody",
        ticket,
        mentions=[account] if account else [],
        buttons=STAFF_BUTTONS,
        free=ticket.urgency == "emergency",
    )
    if account and not _is_in_chat(ctx, ticket.assignee or "", account, ticket.chat):
        assigned(ctx, ticket)


def _opened_privately(ctx: Context, ticket: Ticket) -> None:
    reporter = ticket.reporter
    if ticket.source != SWEEP:  # who ordered a sweep hears of all its tasks at once
        tell(ctx, private_chat(reporter), "receipt", "receipt.private", ticket, mentions=[reporter], urgent=True)
    person = ctx.org.person_of(reporter)
    if person is None or person.id != ticket.assignee:
        assigned(ctx, ticket)


def _is_in_chat(ctx: Context, person: str, account: str, chat: str) -> bool:
    """Whether somebody reads a group: he has spoken in it, or it is the group of a unit that he answers for."""
    if channel_of(account) != channel_of(chat):
        return False  # he works from another platform
    group = ctx.group(chat)
    own = group is not None and any(duty.person == person for duty in ctx.org.duties_at(group.unit))
    return own or ctx.uow.people.is_member(account, chat)


def danger(ctx: Context, ticket: Ticket, hotlines: Sequence[str]) -> None:
    """Life or property: the number to call comes first, at once."""
    chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(ticket.reporter)
    call_first(ctx, chat, ticket.reporter, hotlines, ticket)


def call_first(ctx: Context, chat: str, account: str, hotlines: Sequence[str], ticket: Ticket | None = None) -> None:
    """The numbers to call; there may be no ticket yet, as nobody knows where it is."""
    words = {"hotlines": "、".join(hotlines or DEFAULT_HOTLINES)}
    tell(ctx, chat, "emergency", "emergency", ticket, mentions=[account], urgent=True, free=True, words=words)


def assigned(ctx: Context, ticket: Ticket) -> None:
    """The assignee is told privately what it is."""
    if ticket.assignee:
        words = {"title": ticket.title, "due": moment(ctx, ticket, ticket.due_at), albums.OF: albums.VOICES}
        tell_staff(ctx, ticket.assignee, "ping", "ping.assigned", ticket, buttons=STAFF_BUTTONS, words=words)


def candidate(ctx: Context, ticket: Ticket, person: str, near: Ticket | None = None) -> None:
    """A doubtful message is shown to the steward, privately, with one tap; whether it is ``near`` is his to say."""
    words = {"title": ticket.title, "why": ticket.reason}
    key = "candidate"
    if near is not None:
        key, words = "candidate.near", {**words, "parent": f"{near.number}", "near": near.title}
    tell_staff(ctx, person, "question", key, ticket, buttons=("register", "reject"), words=words)


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
        free=True,
        buttons=("clear", "human"),
        words=words,
    )


def go_private(ctx: Context, chat: str, account: str) -> None:
    """Whoever wants to report wrongdoing is asked to write privately."""
    tell(ctx, chat, "notice", "report.go_private", mentions=[account], urgent=True, free=True)


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
            words={**words, albums.OF: albums.VOICES},
        )


def progressed(
    ctx: Context, ticket: Ticket, note: str, from_chat: str, message: str | None, key: str = "progress"
) -> None:
    """Those who wait hear and see how it goes, in the chats that have not just heard it themselves."""
    words = {"note": note, albums.OF: message or ""}
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        if chat != from_chat:
            tell(ctx, chat, "progress", key, ticket, mentions=accounts, words=words)


def done(ctx: Context, ticket: Ticket, note: str, from_chat: str, message: str | None) -> None:
    """The result, its photos and the poll in one message a chat."""
    words = {"note": note, albums.OF: message or ""}
    for chat, accounts in voices_by_chat(ctx, ticket).items():
        key = "poll" if chat == from_chat or not note else "poll.result"
        tell(ctx, chat, "poll", key, ticket, mentions=accounts, buttons=("rate",), words=words)


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
        chat = next((one for one, who in voices_by_chat(ctx, ticket).items() if by in who), private_chat(by))
        tell(ctx, chat, "question", "rework.why", ticket, mentions=[by], urgent=True)


def urged(ctx: Context, ticket: Ticket, by: str, chat: str) -> None:
    """An urge reaches the assignee; who urged sees that it did."""
    words = {"person": ctx.name(ticket.assignee or "")}
    if ctx.is_group_ticket(ticket) and not is_private(chat):
        found = reached(ctx, ticket, ticket.assignee)
        key = "urged" if found else "urged.nobody"
        tell(ctx, chat, "ping", key, ticket, mentions=found, urgent=True, words=words)
        return
    tell(ctx, private_chat(by), "status", "urged.private", ticket, mentions=[by], urgent=True, words=words)
    for one in hearers(ctx, ticket, ticket.assignee):
        tell_staff(ctx, one, "ping", "ping.urged", ticket, urgent=True, words={"title": ticket.title})


def followed_elsewhere(ctx: Context, ticket: Ticket, account: str, chat: str) -> None:
    """A neighbour in another group of the unit learns that his trouble is known; nobody hears an echo in the same group."""
    if chat != ticket.chat:
        tell(ctx, chat, "status", "followed", ticket, mentions=[account])


def supplemented(ctx: Context, ticket: Ticket, message: InboundMessage) -> None:
    """New facts reach who works on it."""
    if ticket.assignee:
        words = {"title": ticket.title, "note": message.text, albums.OF: message.key}
        tell_staff(ctx, ticket.assignee, "notice", "supplement", ticket, words=words)


def pictured(ctx: Context, ticket: Ticket, message: InboundMessage) -> None:
    """A photo without words reaches who works on it, if he does not read the chat in which it was shown."""
    account = staff_account(ctx, ticket.assignee, ticket) if ticket.assignee else None
    if account and not _is_in_chat(ctx, ticket.assignee or "", account, message.chat_key):
        words = {"title": ticket.title, albums.OF: message.key}
        tell_staff(ctx, ticket.assignee or "", "notice", "pictured", ticket, words=words)


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
        "until": moment(ctx, ticket, ticket.asked_until),
        "person": ctx.name(ticket.asked_by or ""),
    }
    tell_desk(ctx, judge, "question", f"asked.{ticket.asked}", ticket, urgent=True, words=words)


def granted(ctx: Context, ticket: Ticket, what: str, reason: str) -> None:
    """The reporter learns of the new date and why; the assignee too."""
    words = {"note": reason, "until": moment(ctx, ticket, ticket.due_at)}
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
    words = {"title": ticket.title, "due": moment(ctx, ticket, ticket.due_at)}
    for person in hearers(ctx, ticket, ticket.assignee):
        tell_staff(ctx, person, "reminder", key, ticket, buttons=STAFF_BUTTONS, words=words)


def escalated(ctx: Context, ticket: Ticket, target: tuple[str, str], key: str) -> None:
    """Somebody above learns of it, in the staff chat of his unit or privately."""
    words = {
        "title": ticket.title,
        "due": moment(ctx, ticket, ticket.due_at),
        "person": ctx.name(ticket.assignee or ""),
    }
    for person in hearers(ctx, ticket, target[0]):
        tell_desk(ctx, (person, target[1]), "escalation", key, ticket, buttons=("sign",), words=words)


def asks_how_it_stands(ctx: Context, ticket: Ticket) -> None:
    """The limit has passed and nobody said done: the reporter is asked (Beijing rules, article 23)."""
    chat = ticket.chat if ctx.is_group_ticket(ticket) else private_chat(ticket.reporter)
    tell(ctx, chat, "question", "how_it_stands", ticket, mentions=[ticket.reporter])
