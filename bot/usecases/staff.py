"""What duty-holders type or press: one table from word to action. Who may do it is decided here, from the duties."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.errors import DomainError, NotAllowed
from bot.domain.org import Person
from bot.domain.states import CANDIDATE, DISPATCHED, IN_PROGRESS, ON_HOLD, REVIEW
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.triage.commands import Command
from bot.usecases import (
    acknowledge,
    addressing,
    corrections,
    delay,
    handover,
    hearing,
    learning,
    opening,
    survey,
    telling,
)
from bot.usecases.context import Context, may_act, may_see

UNSIGNED_OR_WORKING = frozenset({DISPATCHED, IN_PROGRESS, ON_HOLD})


@dataclass(frozen=True, slots=True)
class Act:
    """A staff command on one ticket: who, with which words, from which message."""

    ctx: Context
    ticket: Ticket
    person: Person
    command: Command
    message: InboundMessage

    @property
    def said(self) -> str:
        """The words behind the command."""
        return self.command.argument


def _sign(act: Act) -> None:
    acknowledge.sign(act.ctx, act.ticket, act.person, act.message.key)
    if act.said:
        acknowledge.contact(act.ctx, act.ticket, act.person, act.message.key)


def _coming(act: Act) -> None:
    acknowledge.sign(act.ctx, act.ticket, act.person, act.message.key)
    acknowledge.contact(act.ctx, act.ticket, act.person, act.message.key)


def _progress(act: Act) -> None:
    acknowledge.speak(act.ctx, act.ticket, act.person, act.said, act.message.chat_key, act.message.key)


def _done(act: Act) -> None:
    ctx, ticket = act.ctx, act.ticket
    if ticket.state == DISPATCHED:
        acknowledge.sign(ctx, ticket, act.person, act.message.key)
        ctx.uow.tickets.save(ticket)  # signed it is, even if it cannot be finished
    acknowledge.contact(ctx, ticket, act.person, act.message.key)
    review = ctx.settings.limits.review and not ctx.org.commands(act.person.id, ticket.unit)
    ticket.finish(act.person.id, ctx.now, act.said, act.message.key, review=review)
    ticket.media += len(act.message.media)
    if not review:
        survey.ask(ctx, ticket, act.said, act.message.chat_key)


def _approve(act: Act) -> None:
    if not act.ctx.org.commands(act.person.id, act.ticket.unit):
        raise NotAllowed("error.not_owner")
    act.ticket.approve(act.person.id, act.ctx.now, act.message.key)
    survey.ask(act.ctx, act.ticket, "", act.message.chat_key)


def _register(act: Act) -> None:
    opening.register(act.ctx, act.ticket, act.message.account, act.message.key)
    learning.learn(act.ctx, act.ticket, act.ticket.text, act="new")


def _reject(act: Act) -> None:
    text = act.ticket.text
    opening.discard(act.ctx, act.ticket, act.person.id, "not a request", act.message.key)
    learning.learn(act.ctx, act.ticket, text, act="chat")


def _refile(act: Act) -> None:
    corrections.refile(act.ctx, act.ticket, act.person, act.said, act.message)


def _relocate(act: Act) -> None:
    corrections.relocate(act.ctx, act.ticket, act.person, act.said, act.message)


def _split(act: Act) -> None:
    corrections.split(act.ctx, act.ticket, act.person, act.message)


def _merge(act: Act) -> None:
    other = act.command.other
    parent = addressing.numbered(act.ctx, act.message.chat_key, act.message.account, other) if other else None
    if parent is None:
        raise DomainError("error.which")
    if act.ticket.state == CANDIDATE:
        learning.learn(act.ctx, act.ticket, act.ticket.text, act="metoo")
    handover.merge(act.ctx, act.ticket, parent, act.person, act.message.key)


def _return(act: Act) -> None:
    handover.ask_return(act.ctx, act.ticket, act.person, act.said, act.message.key)


def _transfer(act: Act) -> None:
    handover.transfer(act.ctx, act.ticket, act.person, act.message, act.said)


def _whistle(act: Act) -> None:
    handover.whistle(act.ctx, act.ticket, act.person, act.message, act.said)


def _rule(act: Act) -> None:
    handover.rule(act.ctx, act.ticket, act.person, act.message)


def _raise(act: Act) -> None:
    handover.move_up(act.ctx, act.ticket, act.person, act.message.key)


def _not_accept(act: Act) -> None:
    handover.not_accept(act.ctx, act.ticket, act.person, act.said, act.message.key)


def _hold(act: Act) -> None:
    delay.ask(act.ctx, act.ticket, act.person, "held", act.said)


def _extend(act: Act) -> None:
    delay.ask(act.ctx, act.ticket, act.person, "extended", act.said)


def _resume(act: Act) -> None:
    delay.resume(act.ctx, act.ticket, act.person.id)


def _grant(act: Act) -> None:
    if act.ticket.asked == "return":
        raise DomainError("error.rule_it")
    delay.decide(act.ctx, act.ticket, act.person, True, act.message.key)


def _refuse(act: Act) -> None:
    if act.ticket.asked == "return":
        handover.rule(act.ctx, act.ticket, act.person, replace(act.message, mentions=(), text=""))
    else:
        delay.decide(act.ctx, act.ticket, act.person, False, act.message.key)


@dataclass(frozen=True, slots=True)
class _Action:
    run: Callable[[Act], None]
    states: frozenset[str]  # of tickets that an unquoted word may mean
    mine: bool = True  # unquoted, it means a ticket that is assigned to the speaker


ACTIONS: dict[str, _Action] = {
    "sign": _Action(_sign, frozenset({DISPATCHED}), mine=False),
    "coming": _Action(_coming, frozenset({DISPATCHED}), mine=False),
    "progress": _Action(_progress, UNSIGNED_OR_WORKING),
    "done": _Action(_done, UNSIGNED_OR_WORKING),
    "transfer": _Action(_transfer, UNSIGNED_OR_WORKING),
    "whistle": _Action(_whistle, UNSIGNED_OR_WORKING),
    "return": _Action(_return, UNSIGNED_OR_WORKING),
    "rule": _Action(_rule, UNSIGNED_OR_WORKING, mine=False),
    "raise": _Action(_raise, UNSIGNED_OR_WORKING),
    "hold": _Action(_hold, UNSIGNED_OR_WORKING),
    "extend": _Action(_extend, UNSIGNED_OR_WORKING),
    "resume": _Action(_resume, frozenset({ON_HOLD})),
    "grant": _Action(_grant, UNSIGNED_OR_WORKING, mine=False),
    "refuse": _Action(_refuse, UNSIGNED_OR_WORKING, mine=False),
    "approve": _Action(_approve, frozenset({REVIEW}), mine=False),
    "register": _Action(_register, frozenset({CANDIDATE}), mine=False),
    "reject": _Action(_reject, frozenset({CANDIDATE}), mine=False),
    "refile": _Action(_refile, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "relocate": _Action(_relocate, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "split": _Action(_split, UNSIGNED_OR_WORKING, mine=False),
    "merge": _Action(_merge, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "not_accept": _Action(_not_accept, UNSIGNED_OR_WORKING, mine=False),
}
PENDING = {"rule": {"return"}, "grant": {"held", "extended"}, "refuse": {"return", "held", "extended"}}
SIGNING = frozenset({"sign", "coming"})
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
    elif not _may(ctx, person, ticket, command.action):
        return False
    return perform(Act(ctx, ticket, person, command, message))


def perform(act: Act) -> bool:
    """Run an action and store what it changed; a refusal of the domain is told to who asked."""
    ctx, before = act.ctx, len(act.ticket.events)
    try:
        ACTIONS[act.command.action].run(act)
    except DomainError as error:
        del act.ticket.events[before:]
        account = act.message.account
        telling.answer_privately(ctx, account, error.key, act.ticket, error.params)
        return True
    ctx.uow.tickets.save(act.ticket)
    if act.command.action not in {"register", "reject"}:
        opening.keep(ctx, act.ticket, act.message, "staff")
    return True


def refuse(ctx: Context, message: InboundMessage, person: Person, ticket: Ticket, command: Command) -> bool:
    """A command on a ticket by somebody who may read it but not do this is answered, privately; nothing else follows."""
    if command.action not in ACTIONS or not may_see(ctx.org, person, ticket):
        return False
    telling.answer_privately(ctx, message.account, "error.not_yours", ticket)
    return True


def _may(ctx: Context, person: Person, ticket: Ticket, action: str) -> bool:
    if may_act(ctx.org, person, ticket):
        return True
    return action in HELPERS_TOO and may_see(ctx.org, person, ticket)


def _the_one(ctx: Context, message: InboundMessage, person: Person, command: Command, action: _Action) -> Ticket | None:
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


def _fits(ctx: Context, person: Person, ticket: Ticket, name: str, action: _Action) -> bool:
    """Whether an unquoted word of this person can mean a ticket."""
    if name in SIGNING:
        return acknowledge.may_sign(ctx, person, ticket)
    if not _may(ctx, person, ticket, name):
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
