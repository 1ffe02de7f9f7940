"""A second opinion on doubtful words and on pressing tickets: what is asked, and what an answer may do.

It may open what waits in doubt, drop it, and raise an urgency. It never lowers one, ends a ticket, names a place, a number to call
or a person; danger stays with the rules. Without an answer all goes on as if nobody had been asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.states import EMERGENCY_URGENCIES
from bot.domain.ticket import Ticket
from bot.messages import InboundEvent, InboundMessage
from bot.ports import Matter, Opinion, Reading
from bot.render.outward import outward
from bot.usecases import following, hearing, notices
from bot.usecases.context import Context
from bot.usecases.memory import Case

SECOND = "第二意见"  # among the reasons of a ticket that an opinion has opened
RANK = {"complex": 1, "routine": 1, "urgent": 2, "emergency": 3}
UNHURRIED = frozenset({"inquiry", "suggestion", "praise"})  # natures that are routine in any case


@dataclass(frozen=True, slots=True)
class Question:
    """Words as they may leave the house, and what they are about: a case with the messages it had, or a ticket."""

    words: str
    case: Case | None = None
    parts: tuple[str, ...] = ()
    ticket: str | None = None


def count(ctx: Context, event: InboundEvent) -> None:
    """Every message of a group allows a part of a question about it."""
    if isinstance(event, InboundMessage) and ctx.group(event.chat_key) is not None:
        ctx.memory.doubts.heard(event.chat_key, ctx.settings.llm.share)


def questions(ctx: Context) -> list[Question]:
    """What is to be asked now; each once for the same words."""
    return [*_pressing(ctx), *_doubtful(ctx)]


def _pressing(ctx: Context) -> Iterator[Question]:
    for ticket_id in ctx.memory.doubts.tickets():
        ticket = ctx.ticket(ticket_id)
        if ticket is not None and _is_worth_a_look(ctx, ticket) and ctx.memory.doubts.may_ask(ticket.chat):
            yield Question(_masked(ctx, ticket.text, {ticket.reporter_name}), ticket=ticket.id)


def _is_worth_a_look(ctx: Context, ticket: Ticket) -> bool:
    """Pressing by the rules' guess, and fit to be spoken of."""
    return ticket.urgency in EMERGENCY_URGENCIES and ctx.is_group_ticket(ticket) and SECOND not in ticket.reason


def _doubtful(ctx: Context) -> Iterator[Question]:
    for case in ctx.memory.waiting():
        keys = _keys(case)
        if keys == case.asked or _accuses(case) or not ctx.memory.doubts.may_ask(case.chat):
            continue
        case.asked = keys
        names = {part.message.name for part in case.parts}
        yield Question(_masked(ctx, case.text, names), case=case, parts=keys)


def _keys(case: Case) -> tuple[str, ...]:
    return tuple(part.message.key for part in case.parts)


def _accuses(case: Case) -> bool:
    """What sounds like a report of wrongdoing is for the rules and for people only."""
    return any(matter.nature == "report" for part in case.parts for matter in part.reading.matters)


def _masked(ctx: Context, text: str, names: set[str]) -> str:
    return outward(text, names | {person.name for person in ctx.org.people.values()})


def heed(ctx: Context, question: Question, opinion: Opinion) -> None:
    """Act on an answer, unless the case or the ticket has gone on meanwhile."""
    case, ticket = question.case, ctx.ticket(question.ticket)
    if ticket is not None:
        _compare(ctx, ticket, opinion)
    if case is None or not ctx.memory.waits(case) or _keys(case) != question.parts:
        return
    before = list(case.tickets)
    try:
        _decide(ctx, case, opinion)
    except Exception:  # the transaction is taken back, and with it what this has opened
        case.tickets[:] = before
        ctx.memory.wait(case)
        raise


def _decide(ctx: Context, case: Case, opinion: Opinion) -> None:
    group = ctx.group(case.chat)
    if group is None or group.listen == "shadow":
        return  # its owner has just asked for silence
    reading = hearing.reread(ctx, case)
    if opinion.request:
        hearing.act(ctx, case, _surer(reading, opinion), None, False)
    elif not reading.hotlines:
        ctx.memory.drop(case)


def _surer(reading: Reading, opinion: Opinion) -> Reading:
    """The reading as a clear one. Of several matters each stays as it was read: the opinion is on all of them together."""
    matters = reading.matters
    if len(matters) == 1:
        matters = (_amended(matters[0], opinion),)
    return replace(reading, score=1.0, matters=matters, reason=(*reading.reason, SECOND))


def _amended(matter: Matter, opinion: Opinion) -> Matter:
    nature = opinion.nature or matter.nature
    category = matter.category if opinion.category in {"", "other"} else opinion.category
    urgency = opinion.urgency if _is_higher(opinion.urgency, matter.urgency, nature) else matter.urgency
    return replace(matter, nature=nature, category=category, urgency=urgency)


def _is_higher(urgency: str, present: str, nature: str) -> bool:
    return nature not in UNHURRIED and RANK.get(urgency, 0) > RANK.get(present, 0)


def _compare(ctx: Context, ticket: Ticket, opinion: Opinion) -> None:
    """A pressing ticket becomes more so at once; that it might be less so is only noted for who looks into its log."""
    if not ticket.is_working or ticket.urgency not in EMERGENCY_URGENCIES:
        return
    if opinion.request and _is_higher(opinion.urgency, ticket.urgency, ticket.nature):
        following.raise_to(ctx, ticket, opinion.urgency)
        notices.assigned(ctx, ticket)
    elif not opinion.request or RANK.get(opinion.urgency, RANK["emergency"]) < RANK[ticket.urgency]:
        ticket.record("noted", ctx.now, "bot", f"second opinion: {opinion.urgency or 'chat'}")
    ctx.uow.tickets.save(ticket)
