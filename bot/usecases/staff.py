"""What duty-holders type or press. Who may do it is decided here, from the duties; what it does: ``actions``."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import DomainError
from bot.domain.org import Person
from bot.domain.states import CANDIDATE, REVIEW
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.triage.commands import Command
from bot.usecases import acknowledge, addressing, albums, hearing, learning, notices, opening, telling
from bot.usecases.actions import ACTIONS, Act, Action
from bot.usecases.context import Context, may_act, may_see

PENDING = {"rule": {"return"}, "grant": {"held", "extended"}, "refuse": {"return", "held", "extended"}}
SIGNING = frozenset({"sign", "coming"})
TELLING = frozenset({"done", "progress"})  # words that a photo may come before
HELPERS_TOO = SIGNING | {"progress"}


def obey(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket | None, command: Command) -> bool:
    """Do what a duty-holder says; False where it is no business of his, so that it is read like anybody's words.

    What can't be done is answered privately, in words.
    """
    action = ACTIONS.get(command.action)
    if action is None:
        return False
    if ticket is None:
        if command.number is not None and command.action != "merge":
            return False
        ticket = _the_one(ctx, message, person, command, action)
        if ticket is None:
            return False
    elif not may_do(ctx, person, ticket, command.action):
        return False
    return perform(Act(ctx, ticket, person, command, message))


def perform(act: Act) -> bool:
    """Run an action and store what it changed; a refusal of the domain is told to who asked."""
    if act.command.action in TELLING:
        act = replace(act, message=_with_photos(act.ctx, act.message))
    if (refusal := attempt(act)) is not None:
        telling.answer_privately(act.ctx, act.message.account, refusal.key, act.ticket, refusal.params)
    return True


def attempt(act: Act) -> DomainError | None:
    """Run an action and store what it changed; gives back what the domain has against it."""
    ctx, before = act.ctx, len(act.ticket.events)
    try:
        ACTIONS[act.command.action].run(act)
    except DomainError as error:
        del act.ticket.events[before:]
        return error
    ctx.uow.tickets.save(act.ticket)
    if act.command.action not in {"register", "reject"}:
        opening.keep(ctx, act.ticket, act.message, "staff")
    return None


def show(ctx: Context, message: InboundMessage, person: Person) -> bool:
    """A photo without words belongs to the ticket of which its sender spoke a moment ago, and is shown to those who wait."""
    since = message.at - timedelta(seconds=ctx.settings.hearing.window_seconds)
    ticket = ctx.ticket(ctx.uow.words.last_of(message.account, message.chat_key, since))
    if ticket is None or not ticket.is_open or not may_see(ctx.org, person, ticket):
        return False
    ticket.media += len(message.media)
    ticket.record("noted", ctx.now, person.id, "photo", message.key)
    ctx.uow.tickets.save(ticket)
    opening.keep(ctx, ticket, message, "staff")
    notices.progressed(ctx, ticket, "", message.chat_key, message.key, "pictured")
    return True


def _with_photos(ctx: Context, message: InboundMessage) -> InboundMessage:
    """The message with the photos that its sender has shown just before it."""
    case = ctx.memory.case(message.chat_key, message.account, message.at)
    if case is None or case.tickets:
        return message
    before = [part.message for part in case.parts if not part.message.text and albums.has_photo(part.message)]
    if not before:
        return message
    ctx.memory.drop(case)
    return replace(message, media=(*(one for part in before for one in part.media), *message.media))


def refuse(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket, command: Command) -> bool:
    """A command on a ticket by somebody who may read it but not do this is answered, privately; nothing else follows."""
    if command.action not in ACTIONS or not may_see(ctx.org, person, ticket):
        return False
    telling.answer_privately(ctx, message.account, "error.not_yours", ticket)
    return True


def may_do(ctx: Context, person: Person, ticket: Ticket, action: str) -> bool:
    """Whether somebody may do this with a ticket: who answers for it, and a helper what helpers do."""
    if may_act(ctx.org, person, ticket):
        return True
    return action in HELPERS_TOO and may_see(ctx.org, person, ticket)


def _the_one(ctx: Context, message: InboundMessage, person: Person, command: Command, action: Action) -> Ticket | None:
    """The ticket that an unquoted word means: the only one that fits; with several the bot asks privately."""
    if command.action == "merge" and command.number is not None:
        return addressing.numbered(ctx, message.chat_key, message.account, command.number)

    def fits(ticket: Ticket) -> bool:
        return _fits(ctx, person, ticket, command.action, action)

    found = addressing.fitting(ctx, message.chat_key, person, fits)
    if len(found) > 1 and command.action in SIGNING and (mine := [t for t in found if t.assignee == person.id]):
        found = mine
    if len(found) > 1:
        numbers = "、".join(f"{t.number}" for t in found if t.number is not None)
        telling.answer_privately(ctx, message.account, "which_ticket", words={"numbers": numbers})
    return found[0] if len(found) == 1 else None


def _fits(ctx: Context, person: Person, ticket: Ticket, name: str, action: Action) -> bool:
    """Whether an unquoted word of this person can mean a ticket."""
    if name in SIGNING:
        return acknowledge.may_sign(ctx, person, ticket)
    if not may_do(ctx, person, ticket, name):
        return False
    if name in PENDING:
        return ticket.asked in PENDING[name] and ticket.asked_by != person.id
    states = {CANDIDATE} if name == "merge" else action.states  # to merge it, a ticket with a number is named by it
    return ticket.state in states and (not action.mine or ticket.assignee in {person.id, None})


def reply(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket) -> bool:
    """A plain reply of staff to a ticket is progress; what is said about a finished one stays a note."""
    if not may_see(ctx.org, person, ticket) or message.account in ticket.voices:
        return False
    if ticket.is_working and ticket.state != REVIEW and (message.text or message.media):
        acknowledge.speak(ctx, ticket, person, message.text, message.chat_key, message.key)
        ticket.media += len(message.media)
    else:
        ticket.record("noted", ctx.now, person.id, "", message.key)
    ctx.uow.tickets.save(ticket)
    opening.keep(ctx, ticket, message, "staff")
    return True


def urge(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket) -> bool:
    """催办 by a duty-holder pings who has it. Unlike a resident he does not follow it for that, nor is it progress."""
    if not may_see(ctx.org, person, ticket) or message.account in ticket.voices or not ticket.is_working:
        return False
    ticket.record("noted", ctx.now, person.id, "urged", message.key)
    ctx.uow.tickets.save(ticket)
    opening.keep(ctx, ticket, message, "staff")
    notices.urged(ctx, ticket, message.account, message.chat_key)
    return True


def report(ctx: Context, message: InboundMessage, person: Person, command: Command) -> bool:
    """报事 and its like: a duty-holder opens a ticket of his own, also a hazard, a wish or a need from field work."""
    nature = command.action if command.action in {"hazard", "wish", "need"} else None
    if not command.argument:
        telling.answer_privately(ctx, message.account, "report.how")
        return True
    opened = hearing.open_from_staff(ctx, replace(message, text=command.argument), person, nature)
    for ticket in filter(None, map(ctx.ticket, ctx.uow.words.ticket_ids(message.key) if opened else ())):
        learning.learn(ctx, ticket, command.argument, act="new")
    return opened


def is_at_work(ctx: Context, message: InboundMessage) -> bool:
    """Whether a message comes from a private or a staff chat, where words are meant for the bot."""
    group = ctx.group(message.chat_key)
    return is_private(message.chat_key) or (group is not None and group.kind == "work")
