"""What is told privately in more than one message: a report that was asked for, and a request whose place is not known yet."""

from dataclasses import replace

from bot.messages import InboundMessage
from bot.ports import Matter, Reading
from bot.usecases import opening, telling
from bot.usecases.context import Context
from bot.usecases.memory import Part, Promised, Unplaced
from bot.usecases.placing import unit_for
from bot.usecases.routing import people_named

SENTENCE = 8  # characters: shorter is a greeting


def expect_report(ctx: Context, message: InboundMessage, matter: Matter) -> None:
    """Nothing of the words is kept; only who is named in them, as he must not see what comes."""
    unit = unit_for(ctx, message, matter)
    named = people_named(ctx, unit, message.text) if unit else []
    ctx.memory.expect_report(message.account, Promised(ctx.now, tuple(person.id for person in named)))


def as_promised(ctx: Context, message: InboundMessage, reading: Reading) -> Reading:
    """Who was asked to report privately does so with his next words there, whatever they read like alone."""
    if not message.private or len(message.text) < SENTENCE or reading.hotlines:
        return reading
    if ctx.memory.expected_report(message.account, ctx.now) is None:
        return reading
    matter = next(iter(reading.matters), Matter(message.text, "report", "other", "routine"))
    matter = replace(matter, text=message.text, nature="report", ticket_id=None, near=None)
    return Reading("new", 1.0, (matter,), reason=("私聊举报",))


def answer_unit(ctx: Context, message: InboundMessage) -> bool:
    """A private writer says which place he meant: the words that waited in memory open now."""
    waiting = ctx.memory.unplaced(message.account, ctx.now)
    unit = unit_for(ctx, message, waiting.matter) if waiting is not None else None
    if waiting is None:
        return False
    if unit is None:
        return _is_more(ctx, message, waiting)
    ctx.memory.placed(message.account)
    parts = [*waiting.parts, message]
    ticket = opening.new_ticket(ctx, waiting.matter, parts, unit, waiting.reading.reason)
    opening.open_ticket(ctx, ticket, parts, waiting.reading)
    case = ctx.memory.add(Part(message, Reading("followup")))
    case.tickets.append(ticket.id)
    return True


def _is_more(ctx: Context, message: InboundMessage, waiting: Unplaced) -> bool:
    """A report is told in several sentences, of which few read like one: all are its own until the place is known."""
    if waiting.matter.nature != "report" or not message.text:
        return False
    wait_for_place(ctx, Unplaced(waiting.matter, (message,), waiting.reading))
    telling.answer_privately(ctx, message.account, "which_unit")
    return True


def wait_for_place(ctx: Context, unplaced: Unplaced) -> None:
    """The place is asked for; what is said until it is known belongs to what was said before."""
    account = unplaced.parts[0].account
    waiting = ctx.memory.unplaced(account, ctx.now)
    if waiting is not None:
        known = {part.key for part in waiting.parts}
        more = [part for part in unplaced.parts if part.key not in known]
        words = "\n".join([waiting.matter.text, *(part.text for part in more if part.text)])
        nature = "report" if unplaced.matter.nature == "report" else waiting.matter.nature
        matter = replace(waiting.matter, text=words, nature=nature)
        unplaced = replace(waiting, matter=matter, parts=(*waiting.parts, *more))
    ctx.memory.wait_for_place(account, unplaced)
