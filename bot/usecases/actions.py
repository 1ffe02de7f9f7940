"""What each word of a duty-holder does to a ticket: one table from word to action."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.errors import DomainError, NotAllowed
from bot.domain.org import Person
from bot.domain.states import CANDIDATE, DISPATCHED, IN_PROGRESS, ON_HOLD, OWN_TASKS, REVIEW
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.triage.commands import Command
from bot.usecases import acknowledge, addressing, corrections, delay, handover, learning, opening, survey, sweeps
from bot.usecases.context import Context

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
    sweeps.check_over(ctx, ticket)
    if ticket.state == DISPATCHED:
        acknowledge.sign(ctx, ticket, act.person, act.message.key)
        ctx.uow.tickets.save(ticket)  # signed it is, even if it cannot be finished
    acknowledge.contact(ctx, ticket, act.person, act.message.key)
    review = ctx.settings.limits.review and not ctx.org.commands(act.person.id, ticket.unit)
    ticket.finish(act.person.id, ctx.now, act.said, act.message.key, review=review)
    ticket.media += len(act.message.media)
    if not review:
        survey.ask(ctx, ticket, act.said, act.message.chat_key, act.message.key)


def _approve(act: Act) -> None:
    if not act.ctx.org.commands(act.person.id, act.ticket.unit):
        raise NotAllowed("error.not_owner")
    act.ticket.approve(act.person.id, act.ctx.now, act.message.key)
    survey.ask(act.ctx, act.ticket, "", act.message.chat_key)


def _register(act: Act) -> None:
    if act.ticket.source in OWN_TASKS:
        sweeps.start(act.ctx, act.ticket, act.person, act.message.account, act.message.key)
        return
    opening.register(act.ctx, act.ticket, act.message.account, act.message.key)
    learning.learn(act.ctx, act.ticket, act.ticket.text, act="new")


def _reject(act: Act) -> None:
    text = act.ticket.text
    opening.discard(act.ctx, act.ticket, act.person.id, "not a request", act.message.key)
    learning.learn(act.ctx, act.ticket, text, act="chat")


def _announce(act: Act) -> None:
    sweeps.announce(act.ctx, act.ticket, act.person)


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
class Action:
    run: Callable[[Act], None]
    states: frozenset[str]  # of tickets that an unquoted word may mean
    mine: bool = True  # unquoted, it means a ticket that is assigned to the speaker


ACTIONS: dict[str, Action] = {
    "sign": Action(_sign, frozenset({DISPATCHED}), mine=False),
    "coming": Action(_coming, frozenset({DISPATCHED}), mine=False),
    "progress": Action(_progress, UNSIGNED_OR_WORKING),
    "done": Action(_done, UNSIGNED_OR_WORKING),
    "transfer": Action(_transfer, UNSIGNED_OR_WORKING),
    "whistle": Action(_whistle, UNSIGNED_OR_WORKING),
    "return": Action(_return, UNSIGNED_OR_WORKING),
    "rule": Action(_rule, UNSIGNED_OR_WORKING, mine=False),
    "raise": Action(_raise, UNSIGNED_OR_WORKING),
    "hold": Action(_hold, UNSIGNED_OR_WORKING),
    "extend": Action(_extend, UNSIGNED_OR_WORKING),
    "resume": Action(_resume, frozenset({ON_HOLD})),
    "grant": Action(_grant, UNSIGNED_OR_WORKING, mine=False),
    "refuse": Action(_refuse, UNSIGNED_OR_WORKING, mine=False),
    "approve": Action(_approve, frozenset({REVIEW}), mine=False),
    "register": Action(_register, frozenset({CANDIDATE}), mine=False),
    "reject": Action(_reject, frozenset({CANDIDATE}), mine=False),
    "announce": Action(_announce, frozenset({CANDIDATE, IN_PROGRESS}), mine=False),
    "refile": Action(_refile, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "relocate": Action(_relocate, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "split": Action(_split, UNSIGNED_OR_WORKING, mine=False),
    "merge": Action(_merge, UNSIGNED_OR_WORKING | {CANDIDATE}, mine=False),
    "not_accept": Action(_not_accept, UNSIGNED_OR_WORKING, mine=False),
}
