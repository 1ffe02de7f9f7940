"""Chat that is read: the linking window, the reading, and what follows from it. What concerns no ticket leaves nothing."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.org import Group, Person
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.ports import Heard, Matter, Reader, Reading, ReadingContext
from bot.usecases import confiding, following, notices, opening, status, telling
from bot.usecases.context import Context
from bot.usecases.memory import Case, Part, Unplaced
from bot.usecases.placing import unit_for
from bot.usecases.routing import owner_of
from bot.usecases.surroundings import reading_context

FRAGMENT = 16  # characters of a part that is little more than a place
APART = frozenset({"inquiry", "praise", "report"})  # natures that never belong to a trouble told before


def hear(
    ctx: Context, message: InboundMessage, person: Person | None, addressed: bool, quoted: Ticket | None = None
) -> None:
    """Read a message as part of its speaker's case and act on what it means; ``quoted`` is the ticket it answers."""
    group = ctx.group(message.chat_key)
    case = ctx.memory.case(message.chat_key, message.account, message.at)
    context = reading_context(ctx, message, person, addressed, quoted)
    reading = _read(ctx, message, context) if message.text else Reading("chat")
    reading = confiding.as_promised(ctx, message, reading)
    if case is not None and case.tickets and _joins(ctx, case, message, reading):
        return
    part = Part(message, reading)
    case = ctx.memory.add(part)
    reading = _with_earlier_parts(ctx, case, part, context)
    if group is not None and group.listen == "shadow":
        _tell_shadow(ctx, group, message, reading)
    elif quoted is not None and not _is_about(reading):
        if addressed:
            status.answer(ctx, message, quoted)
    else:
        act(ctx, case, reading, person, addressed)


def _read(ctx: Context, message: InboundMessage, context: ReadingContext) -> Reading:
    """The reading; danger counts in an answer to a ticket as it does anywhere."""
    reading = ctx.services.reader.read(message.text, context)
    if context.quoted is None or reading.hotlines:
        return reading
    alone = ctx.services.reader.read(message.text, replace(context, quoted=None))
    return replace(reading, hotlines=alone.hotlines, matters=alone.matters) if alone.hotlines else reading


def _is_about(reading: Reading) -> bool:
    """Whether words that answer or name a ticket say something of it, rather than ask how it stands."""
    if reading.act != "new":
        return reading.act != "chat"
    return reading.matters[0].nature != "inquiry"


def _with_earlier_parts(ctx: Context, case: Case, part: Part, context: ReadingContext) -> Reading:
    """A part that is not clear alone is read once more with the speaker's earlier words; a clear one takes its place there."""
    if len(case.parts) == 1:
        return part.reading
    before = [p for p in case.parts[:-1] if p.message.text]
    if not before or case.tickets:
        return part.reading
    if part.reading.score >= ctx.settings.triage.clear:
        return _placed_by(before, part.reading, context, ctx.services.reader)
    if max(p.reading.score for p in case.parts) <= 0 and not any(p.reading.matters for p in case.parts):
        return part.reading
    joined = ctx.services.reader.read(case.text, context)
    best = max((p.reading for p in case.parts), key=lambda reading: reading.score)
    return joined if joined.score >= best.score else best


def _placed_by(before: Sequence[Part], reading: Reading, context: ReadingContext, reader: Reader) -> Reading:
    """A clear trouble without a place has the one that its speaker has just named by itself ("13号楼一楼")."""
    short = [part.message.text for part in before if len(part.message.text) <= FRAGMENT]
    if not short or len(reading.matters) != 1 or reading.matters[0].place:
        return reading
    [matter] = reading.matters
    joined = reader.read("\n".join([*short, matter.text]), context)
    place = next((found for found in joined.matters if found.place and not found.guessed_place), None)
    if place is None:
        return reading
    return replace(reading, matters=(replace(matter, place=place.place, building=place.building),))


def _joins(ctx: Context, case: Case, message: InboundMessage, reading: Reading) -> bool:
    """Whether a later part belongs to what the case has opened; if so it joins silently."""
    ticket = ctx.ticket(case.tickets[-1])
    if ticket is None or not ticket.is_open:
        return False
    if message.text and not _same_matter(ticket, reading):
        return False
    ctx.memory.touch(case, message.at)
    following.join(ctx, ticket, message, reading if message.text else None)
    _remember(ctx, message, reading.act, ticket)
    return True


def _same_matter(ticket: Ticket, reading: Reading) -> bool:
    if not reading.actionable:
        return ticket.confidential  # what is told of a report reads like talk
    if reading.act != "new":
        return True
    matter = reading.matters[0]
    if len(reading.matters) > 1 or (matter.nature in APART and matter.nature != ticket.nature):
        return False
    if matter.building and ticket.building and not _compatible(matter.building, ticket.building):
        return False
    return matter.category in {ticket.category, "other"}


def _compatible(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _remember(ctx: Context, message: InboundMessage, act: str, ticket: Ticket | None) -> None:
    ctx.memory.heard(message.chat_key, Heard(message.account, message.at, act, ticket.id if ticket else None))


# ---------------------------------------------------------------- acting on a reading


def act(ctx: Context, case: Case, reading: Reading, person: Person | None, addressed: bool) -> None:
    """Do what a reading of a case asks for: open, add to what is open, wait for more words, or nothing."""
    message = case.parts[-1].message
    ticket = ctx.ticket(reading.ticket_id)
    if reading.act == "chat" and not reading.hotlines and not message.private:
        if addressed and ticket is None:
            _answer_chat(ctx, message)
        _remember(ctx, message, reading.act, ticket)
        return
    doubtful, clear = ctx.settings.triage.doubtful, ctx.settings.triage.clear
    enough = doubtful if addressed or message.private else clear
    cries = bool(reading.hotlines and reading.matters) and (ticket is None or not ticket.is_working)
    if cries or (reading.act == "new" and reading.score >= enough):
        ticket = _open_all(ctx, case, reading)
    elif reading.act == "new" and reading.score >= doubtful:
        ctx.memory.wait(case)
    elif ticket is not None:
        _speak_of(ctx, case, ticket, reading, person, addressed)
    elif message.private:
        _answer_chat(ctx, message)
    _remember(ctx, message, reading.act, ticket)


def _speak_of(
    ctx: Context, case: Case, ticket: Ticket, reading: Reading, person: Person | None, addressed: bool
) -> None:
    """What is said of a ticket that exists."""
    message = case.parts[-1].message
    if addressed and _asks(ctx, message, ticket):
        status.answer(ctx, message, ticket)
    elif reading.act in {"metoo", "followup", "urge", "resolved"}:
        _add(ctx, ticket, message, reading, person)
        case.tickets.append(ticket.id)
        ctx.memory.decided(case)
    elif reading.act == "answer" and person is not None:
        following.answered(ctx, ticket, message, person)


def _asks(ctx: Context, message: InboundMessage, ticket: Ticket) -> bool:
    """Whether the bot is asked by one of its voices how a ticket stands."""
    return ticket.is_open and message.account in ticket.voices and ctx.services.commands.asks(message.text)


def _answer_chat(ctx: Context, message: InboundMessage) -> None:
    """Who writes privately, or calls the bot in the group, is answered, once a window."""
    case = ctx.memory.case(message.chat_key, message.account, message.at)
    if case is None or len(case.parts) > 1 or message.reply_to is not None:
        return
    if not message.private:
        telling.answer(ctx, message.account, message.chat_key, "how_can_i_help")
    elif message.text:
        telling.answer_privately(ctx, message.account, "how_can_i_help")


def _add(ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading, person: Person | None) -> None:
    if not ticket.is_open and reading.act != "resolved":
        return
    if following.judged(ctx, ticket, message, reading):
        return
    if reading.act == "resolved":
        following.resolved(ctx, ticket, message, person)
    elif reading.act == "urge":
        following.urge(ctx, ticket, message, reading)
    elif message.account in ticket.voices:
        following.supplement(ctx, ticket, message, reading)
    else:
        following.follow(ctx, ticket, message, reading)


def _open_all(ctx: Context, case: Case, reading: Reading) -> Ticket | None:
    """One ticket for each matter. A report in a group opens nothing: it is asked to go private."""
    message = case.parts[-1].message
    ticket = None
    for matter in reading.matters:
        if matter.nature == "report" and not message.private:
            notices.go_private(ctx, message.chat_key, message.account)
            confiding.expect_report(ctx, message, matter)
            ctx.memory.drop(case)
            continue
        known = ctx.ticket(matter.ticket_id)
        if known is not None and (known.is_working if matter.urgency == "emergency" else known.is_open):
            _add(ctx, known, message, replace(reading, act="metoo"), None)
            ticket = known
        else:
            ticket = _open(ctx, case, matter, reading) or ticket
        if ticket is not None:
            case.tickets.append(ticket.id)
    ctx.memory.decided(case)
    return ticket


def _open(ctx: Context, case: Case, matter: Matter, reading: Reading) -> Ticket | None:
    parts = [part.message for part in _parts_of(case, matter)]
    unit = unit_for(ctx, parts[-1], matter)
    if unit is None:
        if reading.hotlines:  # before anything is asked, and once
            notices.call_first(ctx, parts[-1].chat_key, parts[-1].account, reading.hotlines)
            reading = replace(reading, hotlines=())
        confiding.wait_for_place(ctx, Unplaced(matter, tuple(parts), reading))
        telling.answer_privately(ctx, parts[-1].account, "which_unit")
        return None
    ticket = opening.new_ticket(ctx, matter, parts, unit, reading.reason)
    if not reading.hotlines:
        ctx.memory.doubts.look_again(ticket.id)
    return opening.open_ticket(ctx, ticket, parts, reading)


def _parts_of(case: Case, matter: Matter) -> list[Part]:
    """The parts that speak of a matter: the last one, photos, its place, and earlier words that the reading has used."""
    return [*(part for part in case.parts[:-1] if _is_of(part, matter)), case.parts[-1]]


def _is_of(part: Part, matter: Matter) -> bool:
    text = part.message.text
    return not text or text in matter.text or part.reading.score > 0 or bool(matter.place and matter.place in text)


def open_from_staff(ctx: Context, message: InboundMessage, person: Person, nature: str | None) -> bool:
    """A duty-holder's own words behind 报事, 报隐患, 微心愿, 服务需求: a ticket in any case."""
    context = replace(reading_context(ctx, message, None, True), staff=False)
    reading = ctx.services.reader.read(message.text, context)
    matter = reading.matters[0] if reading.matters else Matter(message.text, "help", "other", "routine")
    matter = replace(matter, nature=nature or matter.nature)
    unit = unit_for(ctx, message, matter) or next((d.unit for d in ctx.org.duties_of(person.id)), None)
    if unit is None:
        return False
    ticket = opening.new_ticket(ctx, matter, [message], unit, reading.reason)
    ticket.source = "staff"
    opening.open_ticket(ctx, ticket, [message], reading)
    _remember(ctx, message, "new", ticket)
    return True


def reread(ctx: Context, case: Case) -> Reading:
    """A doubtful case as it reads now: all its words together, else its clearest part."""
    part = max(case.parts, key=lambda p: p.reading.score)
    reading = ctx.services.reader.read(case.text, reading_context(ctx, part.message, None, False))
    return reading if reading.matters else part.reading


def settle(ctx: Context, case: Case) -> None:
    """A doubtful case whose window has passed becomes a candidate, shown to the steward privately."""
    reading = reread(ctx, case)
    matter = next(iter(reading.matters), None)
    messages = [p.message for p in case.parts]
    unit = unit_for(ctx, messages[-1], matter) if matter else None
    if matter is None or unit is None or is_private(case.chat):
        return
    ticket = opening.new_ticket(ctx, matter, messages, unit, reading.reason)
    if matter.nature == "praise":
        opening.open_ticket(ctx, ticket, messages, reading)  # recorded silently: nobody has to decide on a kind word
        return
    opening.open_candidate(ctx, ticket, messages, ctx.ticket(matter.near))


def _tell_shadow(ctx: Context, group: Group, message: InboundMessage, reading: Reading) -> None:
    """Shadow: nothing is said or opened; the owner sees what would have happened, without the words."""
    if reading.act != "new" or reading.score < ctx.settings.triage.doubtful:
        return
    owner = owner_of(ctx, group.unit)
    if owner:
        matter = reading.matters[0]
        words = {"category": matter.category, "place": matter.place, "group": group.title or group.chat}
        telling.tell_staff(ctx, owner, "notice", "shadow", None, words={**words, "why": "、".join(reading.reason)})
