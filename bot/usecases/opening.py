"""A matter becomes a ticket: candidate or registered, routed, its limits written on it, receipt and ping queued."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import deadline
from bot.domain.org import Article
from bot.domain.states import CANDIDATE, DISPATCHED, IN_PROGRESS, ON_HOLD, SWEEP
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import KeptMessage, Matter, OpenTicket, Reading, ReadingContext, Timer
from bot.triage.place import conflict
from bot.usecases import knowledge, notices
from bot.usecases.context import Context
from bot.usecases.routing import people_named, responsible

TITLE_LENGTH = 30
CUT_NUMBER = re.compile(r"[0-9０-９][0-9０-９A-Za-z -]*$")
GIVEN = frozenset({DISPATCHED, IN_PROGRESS, ON_HOLD})  # to somebody who may have to give it up
LIMIT_TIMERS = ("sign", "contact", "remind", "due", "red", "unsigned_owner", "unsigned_street")


def new_ticket(
    ctx: Context, matter: Matter, parts: Sequence[InboundMessage], unit: str, reason: Sequence[str]
) -> Ticket:
    """A candidate from a matter and the messages that spoke of it; not stored yet."""
    first = parts[0]
    private = first.private
    promised = ctx.memory.expected_report(first.account, ctx.now) if private and matter.nature == "report" else None
    if promised is not None:
        ctx.memory.reported(first.account)
    return Ticket(
        id=ctx.services.ids.time_ordered(ctx.now),
        public_id=ctx.services.ids.secret(),
        root=ctx.org.root(unit),
        unit=unit,
        chat=first.chat_key,
        reporter=first.account,
        reporter_name=first.name,
        created_at=first.at,
        nature=matter.nature,
        category=matter.category,
        urgency=matter.urgency,
        title=title_of(matter.text),
        text=matter.text,
        place=matter.place,
        building=matter.building,
        reason="、".join(reason),
        source="private" if private else "group",
        confidential=matter.nature == "report",
        named=list(promised.named) if promised else [],
        media=sum(len(part.media) for part in parts),
    )


def title_of(text: str) -> str:
    """The first words of a matter, on one line. A number at the cut goes whole: half a phone number is not seen as one."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else f"{CUT_NUMBER.sub('', line[: TITLE_LENGTH - 1])}…"


def keep(ctx: Context, ticket: Ticket, message: InboundMessage, role: str = "voice") -> None:
    """Keep a message's words with its ticket."""
    kept = KeptMessage(
        message.key,
        ticket.id,
        message.chat_key,
        message.account,
        message.name,
        role,
        message.text,
        message.at,
        message.media,
    )
    ctx.uow.words.keep(kept)


def open_ticket(ctx: Context, ticket: Ticket, parts: Sequence[InboundMessage], reading: Reading) -> Ticket:
    """Register and store a clear matter, and do at once what follows from it: answer, receipt, ping, silence.

    Its row is written when all is known: once.
    """
    if reading.hotlines and ticket.urgency == "emergency":
        notices.danger(ctx, ticket, reading.hotlines)
    timers = _send_on_its_way(ctx, ticket, parts[0].account, parts[0].key)
    ctx.uow.tickets.add(ticket)
    ctx.uow.timers.set(*timers)
    for part in parts:
        keep(ctx, ticket, part)
    return ticket


def open_candidate(ctx: Context, ticket: Ticket, parts: Sequence[InboundMessage], near: Ticket | None = None) -> None:
    """Store a doubtful matter and show it to the steward; unanswered it lapses. ``near`` is a ticket that it may belong to."""
    shield(ctx, ticket, ticket.text)
    person = responsible(ctx, ticket.unit, ticket.category, ticket.named, report=ticket.confidential)
    ticket.assignee = person
    ctx.uow.tickets.add(ticket)
    for part in parts:
        keep(ctx, ticket, part)
    if person:
        notices.candidate(ctx, ticket, person, near if near is not None and near.is_open else None)
    lapse = ctx.working_time(ticket.unit).add_days(ctx.now, ctx.settings.limits.candidate_days)
    ctx.uow.timers.set(Timer(ticket.id, "lapse", lapse))


def register(ctx: Context, ticket: Ticket, by: str, message: str | None) -> None:
    """A person has said that a candidate is a ticket."""
    ctx.uow.timers.cancel(ticket.id, ["lapse"])
    ctx.uow.timers.set(*_send_on_its_way(ctx, ticket, by, message))
    ctx.uow.tickets.save(ticket)


def _send_on_its_way(ctx: Context, ticket: Ticket, by: str, message: str | None) -> list[Timer]:
    """Give it its number, and an answer or somebody who answers for it; gives back what is due then."""
    year = ctx.now.astimezone(ctx.unit(ticket.unit).zone).year
    number = ctx.uow.tickets.next_number(ticket.root, year)
    ticket.repeat_of = ticket.repeat_of or _repeat_of(ctx, ticket)
    ticket.register(number, year, ctx.now, ctx.actor(by), message)
    article = _article(ctx, ticket)
    if ticket.nature == "praise":
        ticket.close("resolved", ctx.now)
        return []
    if article is not None:
        return _answer(ctx, ticket, article)
    timers = _dispatch(ctx, ticket)
    notices.opened(ctx, ticket)
    return timers


def _dispatch(ctx: Context, ticket: Ticket) -> list[Timer]:
    """Route it and write its limits on it."""
    shield(ctx, ticket, ticket.text)
    person = responsible(ctx, ticket.unit, ticket.category, ticket.named, report=ticket.confidential)
    ticket.dispatch(person, ctx.now)
    timers = _clocks(ctx, ticket, ticket.created_at)
    if third_repeat(ctx, ticket):
        timers.append(Timer(ticket.id, "third_repeat", ctx.now))
    return timers


def shield(ctx: Context, ticket: Ticket, text: str) -> None:
    """Whoever a report names never sees it, also where he is named only later: then it goes on to somebody else."""
    if not ticket.confidential:
        return
    found = {person.id for person in people_named(ctx, ticket.unit, text)} - {*ticket.named}
    ticket.named = sorted({*ticket.named, *found})
    ticket.helpers = [helper for helper in ticket.helpers if helper not in found]
    if ticket.state in GIVEN and ticket.assignee in found:
        ticket.dispatch(responsible(ctx, ticket.unit, ticket.category, ticket.named, report=True), ctx.now)
        notices.assigned(ctx, ticket)


def start_clocks(ctx: Context, ticket: Ticket, start: datetime) -> None:
    """Compute the limits from an instant and set the timers that watch them."""
    ctx.uow.timers.set(*_clocks(ctx, ticket, start))


def _clocks(ctx: Context, ticket: Ticket, start: datetime) -> list[Timer]:
    limits = deadline.limits_for(ctx.limits(ticket), ticket.nature, ticket.urgency)
    found = deadline.deadlines(limits, start, ctx.working_time(ticket.unit))
    ticket.set_limits(found.sign_due, found.contact_due, found.due)
    ticket.provisional = found.provisional
    due = {
        "sign": found.sign_due,
        "contact": found.contact_due,
        "remind": found.remind_at,
        "due": found.due,
        "red": found.red_at,
    }
    due |= _unsigned(ctx, ticket, start)
    return [Timer(ticket.id, kind, at) for kind, at in due.items() if at is not None]


def _unsigned(ctx: Context, ticket: Ticket, start: datetime) -> dict[str, datetime]:
    limits = ctx.settings.limits
    if ticket.urgency == "emergency":
        return {
            "unsigned_owner": start + timedelta(minutes=limits.unsigned_owner_minutes),
            "unsigned_street": start + timedelta(minutes=limits.unsigned_street_minutes),
        }
    if ticket.urgency == "urgent":
        return {"unsigned_owner": start + timedelta(minutes=limits.urgent_owner_minutes)}
    return {}


def _article(ctx: Context, ticket: Ticket) -> Article | None:
    """The article that answers an inquiry; read again here, because a steward may register a candidate hours later."""
    if ticket.nature != "inquiry":
        return None
    return knowledge.answering(ctx, ticket.unit, ticket.reporter, ticket.text)


def _answer(ctx: Context, ticket: Ticket, article: Article) -> list[Timer]:
    """Answer at once; silence closes it after the poll's time, a thanks as explained."""
    notices.answered(ctx, ticket, article.title, article.body, ctx.unit(article.unit).name)
    ticket.finish("bot", ctx.now, article.id)
    ticket.poll(ctx.now)
    return [Timer(ticket.id, "poll_close", ctx.later(hours=ctx.settings.polling.close_hours))]


def _repeat_of(ctx: Context, ticket: Ticket) -> str | None:
    """The ticket of the same trouble that was closed within the last 30 days (治标/治本: relapse watch)."""
    if ticket.nature in {"inquiry", "praise", "report"} or ticket.source == SWEEP:
        return None
    since = ctx.later(days=-ctx.settings.polling.repeat_days)
    found = ctx.uow.tickets.closed_near([ticket.unit], ticket.category, since, 20)
    closed = [one for one in found if not is_elsewhere(ticket, one)]
    if not closed:
        return None
    said = ticket.text
    if word_for_word := next((one.id for one in closed if f"\n{one.text}".endswith(f"\n{said}")), None):
        return word_for_word  # whatever a reader makes of it: a wish that is told again reads like a new one
    context = ReadingContext(ticket.reporter, ctx.now, lambda _category: closed)
    matters = ctx.services.reader.read(ticket.text, context).matters
    return next((matter.ticket_id for matter in matters if matter.ticket_id), None)


def is_elsewhere(ticket: Ticket, closed: OpenTicket) -> bool:
    """Whether a ticket tells of another building. A home that only a nickname tells is no place of the trouble.

    Asked before anything is read: what was closed in a month is much, and a reading takes as long as all else of a ticket.
    """
    return ticket.place in ticket.text and conflict(ticket.building, closed.building)


def third_repeat(ctx: Context, ticket: Ticket) -> bool:
    """Whether this is the third time that a closed trouble has come back."""
    repeats, step = 0, ticket
    while step.repeat_of and (earlier := ctx.ticket(step.repeat_of)) is not None:
        repeats, step = repeats + 1, earlier
    return repeats >= 3


def lapse(ctx: Context, ticket: Ticket) -> None:
    """Nobody wanted the candidate: its text is erased."""
    if ticket.state == CANDIDATE:
        discard(ctx, ticket, "bot", "lapsed")


def discard(ctx: Context, ticket: Ticket, by: str, note: str, message: str | None = None) -> None:
    """Withdraw a ticket and erase what was said in it."""
    ticket.withdraw(ctx.now, by, note, message)
    ticket.title = ticket.text = ticket.place = ticket.building = ticket.reason = ticket.reporter_name = ""
    ctx.uow.timers.cancel(ticket.id)
    ctx.uow.outbox.drop(ticket.id, ("receipt", "ping", "question", "poll"))
    notices.withdrawn(ctx, ticket)
    ctx.uow.tickets.save(ticket)
    ctx.uow.words.erase(ticket.id)
