"""The door: every inbound event enters here, inside one transaction; from here the folder's other files take over.

Order for a message: its key is claimed (a second delivery ends here) → the ticket it names → staff's words → residents'
words → replies to a ticket → chat that is read.
"""

from bot.domain.org import Group, Person
from bot.domain.ticket import Ticket
from bot.messages import BOT, Edit, InboundEvent, InboundMessage, Presence, Press, Rate, Recall, Renamed
from bot.triage.commands import Command, Utterance
from bot.usecases import (
    addressing,
    albums,
    changes,
    confiding,
    hearing,
    leave,
    owners,
    residents,
    returning,
    staff,
    survey,
    telling,
)
from bot.usecases.context import Context


def handle(ctx: Context, event: InboundEvent) -> None:
    """Do everything that one event causes."""
    match event:
        case InboundMessage():
            on_message(ctx, event)
        case Press():
            on_press(ctx, event)
        case Rate():
            on_rate(ctx, event)
        case Edit():
            changes.on_edit(ctx, event, on_message)
        case Recall():
            changes.on_recall(ctx, event)
        case Presence():
            on_presence(ctx, event)
        case Renamed():
            on_renamed(ctx, event)


def on_message(ctx: Context, message: InboundMessage) -> None:
    """A message in a group or a private chat."""
    if not ctx.uow.inbox.claim(message.key, ctx.now) or message.sender == BOT:
        return
    group = ctx.group(message.chat_key)
    if group is None and not message.private:
        return  # a chat that nobody has put into the org: nothing is read
    if group is not None:
        ctx.uow.people.seen(message.account, message.chat_key, ctx.now)
    person = ctx.org.person_of(message.account)
    said = ctx.services.commands.parse(message.text)
    ticket = addressing.referenced(ctx, message, said.number)
    if person is not None and _from_staff(ctx, message, person, ticket, said):
        return
    if _from_resident(ctx, message, ticket, said):
        return
    addressed = _is_addressed(ctx, message)
    if addressed and ticket is None and said.number is not None:
        telling.answer(ctx, message.account, message.chat_key, "error.which")
    elif addressed or ticket is not None or _is_heard(ctx, message, group):
        quoted = ticket if said.leads or message.reply_to is not None or message.reply_number is not None else None
        hearing.hear(ctx, message, person, addressed, quoted)


def _from_staff(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket | None, said: Utterance) -> bool:
    command = said.staff
    if ticket is None and leave.obey(ctx, message, person, command, _is_meant(ctx, message)):
        return True
    if command is not None:
        if command.action in {"report", "hazard", "wish", "need"}:
            return staff.report(ctx, message, person, command)
        if owners.obey(ctx, message, person, command) or staff.obey(ctx, message, person, ticket, command):
            return True
        if ticket is not None and staff.refuse(ctx, message, person, ticket, command):
            return True
    if ticket is None or command is not None:
        shows = ticket is None and not message.text and albums.has_photo(message)
        return shows and staff.show(ctx, message, person)
    urges = said.resident is not None and said.resident.action == "urge"
    return (staff.urge if urges else staff.reply)(ctx, message, person, ticket)


def _is_meant(ctx: Context, message: InboundMessage) -> bool:
    """Whether words of staff are said to the bot: to it alone, to it by name, or in the staff chat."""
    return staff.is_at_work(ctx, message) or _is_addressed(ctx, message)


def _from_resident(ctx: Context, message: InboundMessage, ticket: Ticket | None, said: Utterance) -> bool:
    command = said.resident
    if command is not None and _is_for_bot(ctx, message, command) and residents.obey(ctx, message, command, ticket):
        return True
    if ticket is not None:
        if (
            (said.may_vote and residents.vote_in_words(ctx, message, ticket))
            or said.staff is not None
            or command is not None
        ):
            return True  # a command of somebody who may not give it means nothing, and is no remark on the ticket
        return residents.reply(ctx, message, ticket, _is_addressed(ctx, message))
    if said.may_vote and residents.vote_in_words(ctx, message, None):
        return True
    if residents.how(ctx, message) or returning.hear(ctx, message):
        return True
    return message.private and confiding.answer_unit(ctx, message)


def _is_for_bot(ctx: Context, message: InboundMessage, command: Command) -> bool:
    """A bare command is one in any chat; with more words behind it ("我的件还没到") only where the bot is spoken to."""
    if command.action == "report":
        return False
    return not command.argument or command.action != "mine" or _is_addressed(ctx, message)


def _is_addressed(ctx: Context, message: InboundMessage) -> bool:
    """Whether the bot itself is spoken to: @bot, a reply to it, a keyword, or a private chat."""
    if message.private or BOT in message.mentions or message.reply_number is not None:
        return True
    if _is_called(ctx, message.text):
        return True
    return message.reply_to is not None and ctx.uow.outbox.is_ours(message.chat_key, message.reply_to)


def _is_called(ctx: Context, text: str) -> bool:
    """Whether a text holds a keyword, or the bot's name behind an @."""
    for word in (
        ctx.settings.hearing.keywords
    ):  # no ``any``: every message comes here, and a generator costs more than the search
        if word in text:
            return True
    return "@" in text and f"@{ctx.settings.bot.name}" in text


def _is_heard(ctx: Context, message: InboundMessage, group: Group | None) -> bool:
    """Of what is not meant for the bot: all in an open group, further parts of a case elsewhere; 别记我 silences it."""
    if ctx.uow.people.flag(message.account, residents.UNHEARD) is not None:
        return False
    if group is None or group.listen != "addressed":
        return True
    case = ctx.memory.case(message.chat_key, message.account, message.at)
    return case is not None and bool(case.parts)


def on_press(ctx: Context, press: Press) -> None:
    """A button: sign, done, return, register, reject, merge, clear, human. Rights are those of the same word."""
    message = InboundMessage(
        press.channel, press.chat, press.sender, press.id, press.at, press.text, press.name, is_dm(press.chat)
    )
    if not ctx.uow.inbox.claim(f"press:{message.key}", ctx.now):
        return
    ticket = ctx.ticket(press.ticket_id)
    if ticket is None and press.number is not None:
        ticket = addressing.numbered(ctx, message.chat_key, message.account, press.number)
    is_gone = ticket is None and (press.ticket_id is not None or press.number is not None)
    if is_gone and press.action not in {"register", "reject"}:  # candidates have no number to press
        return
    person = ctx.org.person_of(message.account)
    command = Command(press.action, press.text, other=_other(press))
    if person is not None and staff.obey(ctx, message, person, ticket, command):
        return
    if ticket is not None and press.action == "clear":
        survey.cast(ctx, ticket, message.account, 4, True, message)
    else:
        residents.obey(ctx, message, command, ticket)


def _other(press: Press) -> int | None:
    """The number of the ticket that another is merged into, where a form asked for it."""
    said = press.text.strip()
    return int(said) if press.action == "merge" and said.isascii() and said.isdigit() and len(said) < 8 else None


def is_dm(chat: str) -> bool:
    """Whether a platform chat id names a private chat with the bot."""
    return chat.startswith("dm:")


def on_rate(ctx: Context, rate: Rate) -> None:
    """A tap on a rating; only who reported or follows has a vote."""
    account, chat = f"{rate.channel}:{rate.sender}", f"{rate.channel}:{rate.chat}"
    if not 1 <= rate.rating <= 5 or not ctx.uow.inbox.claim(f"rate:{chat}:{rate.id}", ctx.now):
        return
    ticket = ctx.ticket(rate.ticket_id)
    if ticket is None and rate.number is not None:
        ticket = addressing.numbered(ctx, chat, account, rate.number)
    if ticket is not None:
        survey.cast(ctx, ticket, account, rate.rating, rate.solved)


def on_presence(ctx: Context, presence: Presence) -> None:
    """Who is in a group; when the bot itself joins it says once what it does with what it hears (PIPL article 17)."""
    chat, account = f"{presence.channel}:{presence.chat}", f"{presence.channel}:{presence.sender}"
    if not ctx.uow.inbox.claim(f"presence:{chat}:{account}:{presence.at.isoformat()}:{presence.joined}", ctx.now):
        return
    if presence.sender == BOT:
        group = ctx.group(chat)
        if presence.joined and group is not None:
            telling.tell(ctx, chat, "notice", telling.privacy(ctx))
            if group.listen == "addressed":
                telling.tell(ctx, chat, "notice", "addressed.how")
    elif presence.joined:
        ctx.uow.people.seen(account, chat, ctx.now)
    else:
        ctx.uow.people.left(account, chat)


def on_renamed(ctx: Context, renamed: Renamed) -> None:
    """A group of the organization is called by the title that its members see."""
    group = ctx.group(f"{renamed.channel}:{renamed.chat}")
    if group is not None and renamed.title.strip() not in {"", group.title}:
        ctx.uow.org.set_title(group.key, renamed.title.strip())
        ctx.org_changed = True
