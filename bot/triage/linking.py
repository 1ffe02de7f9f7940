"""Rules for messages about tickets that exist: what is solved, urged, shared by others, added."""

import re

from bot.ports import Matter, Reading
from bot.triage.matters import matter_of
from bot.triage.place import may_be_place
from bot.triage.turn import Turn, attached

SURE = 0.9
_NUMBER = re.compile(r"(?<![\d.\-])#?(\d{1,7})\s?号\s?(?:件|工单|单(?!元|号|间))|#(\d{1,7})(?![\d号楼栋])")


def quoted(turn: Turn) -> Reading | None:
    """An answer to a ticket's message belongs to that ticket."""
    ticket = turn.context.quoted
    if ticket is None:
        return None
    evidence, reason = turn.evidence, ("引用",)
    if turn.context.staff:
        return Reading("answer", ticket_id=ticket.id, reason=reason)
    if evidence.has("resolved") and not evidence.has("unresolved"):
        return Reading("resolved", ticket_id=ticket.id, reason=reason + evidence.words("resolved"))
    act = next(
        (act for act, cues in _QUOTED if evidence.has(*cues)), "followup" if len(turn.said.plain) > 2 else "chat"
    )
    if act in {"thanks", "chat"}:
        return Reading(act, ticket_id=ticket.id, reason=reason)
    return attached(act, SURE, matter_of(turn, evidence), ticket.id, reason)


_QUOTED = (
    ("urge", ("urge", "nudge")),
    ("metoo", ("metoo", "support")),
    ("followup", ("unresolved",)),
    ("thanks", ("thanks",)),
)


def resolved(turn: Turn) -> Reading | None:
    """People say that it is solved."""
    evidence = turn.evidence
    if not evidence.has("resolved") or evidence.has("unresolved", "metoo", "question") or _tells_more(turn):
        return None
    ticket = _meant(turn)
    reason = evidence.words("resolved")
    return Reading("resolved", ticket_id=ticket, reason=reason) if ticket else None


def numbered(turn: Turn) -> Reading | None:
    """A ticket's number in a text (12号件): about that ticket if it is open here, never anything new."""
    named = _NUMBER.search(turn.said.plain) if "号" in turn.said.plain or "#" in turn.said.plain else None
    if named is None:
        return None
    number = int(named[1] or named[2])
    ticket = next((one.id for one in turn.open if one.number == number), None)
    if ticket is None:
        return Reading("chat")
    act = "urge" if turn.evidence.has("urge", "nudge", "question", "asks") else "followup"
    return attached(act, SURE, matter_of(turn, turn.evidence), ticket, (named.group(),))


def urge(turn: Turn) -> Reading | None:
    """催办: goes to a ticket that is open, never opens one where a ticket matches."""
    evidence = turn.evidence
    strong = evidence.has("urge")
    if not strong and not evidence.has("nudge"):
        return None
    matter = matter_of(turn, evidence)
    ticket = _matching(turn, matter) if evidence.names else _unnamed(turn, strong)
    return attached("urge", SURE, matter, ticket, evidence.words("urge", "nudge")) if ticket else None


def metoo(turn: Turn) -> Reading | None:
    """The same trouble in other households."""
    evidence = turn.evidence
    if evidence.has("metoo", "also") and evidence.names:
        matter = matter_of(turn, evidence)
        if ticket := _matching(turn, matter):
            return attached("metoo", SURE, matter, ticket, evidence.words("metoo", "also"))
    ticket = turn.last if evidence.has("suffer", "home") and not evidence.has("asks") else turn.at_hand
    if ticket is None or not _shares(turn) or evidence.has("joke", "calm"):
        return None
    return _same_as(turn, ticket)


def followup(turn: Turn) -> Reading | None:
    """More about a ticket: a bare place, or that it got worse."""
    ticket = _placed(turn) or _added(turn)
    if ticket is None:
        return None
    matter = matter_of(turn, turn.evidence)
    return attached("followup", SURE, matter, ticket, turn.evidence.words("followup") or (matter.place,))


def answer(turn: Turn) -> Reading | None:
    """Neighbours answer."""
    if not turn.evidence.has("answer") or turn.direct or turn.evidence.has("asks"):
        return None
    return Reading("answer", ticket_id=turn.last, reason=turn.evidence.words("answer")) if turn.last else None


def _shares(turn: Turn) -> bool:
    evidence = turn.evidence
    if evidence.has("metoo") or (evidence.has("support") and len(turn.said.plain.strip()) <= 10):
        return True
    return evidence.has("agree") and evidence.has("home", "suffer") and evidence.has("suffer")


def _same_as(turn: Turn, ticket_id: str) -> Reading:
    ticket, own = turn.with_id(ticket_id), matter_of(turn, turn.evidence)
    nature, category = (ticket.nature, ticket.category) if ticket else (own.nature, own.category)
    matter = Matter(own.text, nature, category, "routine", own.place, own.building, own.guessed_place)
    reason = turn.evidence.words("metoo", "support", "agree", "suffer")
    return attached("metoo", SURE, matter, ticket_id, reason)


def _matching(turn: Turn, matter: Matter) -> str | None:
    found = turn.nearest(matter, cue=True)
    return found.id if found else None


def _unnamed(turn: Turn, strong: bool) -> str | None:
    """Which ticket an urge without any thing means: the speaker's own, the one talked about, the newest."""
    if turn.own and (strong or turn.own.id in turn.recent):
        return turn.own.id
    if turn.last or not strong:
        return turn.last
    return turn.open[0].id if turn.open else None


def _meant(turn: Turn) -> str | None:
    """Which ticket a remark means: by its words, else the speaker's own, else the one talked about."""
    if turn.evidence.names:
        found = turn.nearest(matter_of(turn, turn.evidence), cue=True)
        return found.id if found else None
    kinds = {hit.entry.category for hit in turn.evidence.cues["resolved"]} - {""}
    if turn.own and (not kinds or turn.own.category in kinds):
        return turn.own.id
    fitting = [one.id for one in turn.open if one.category in kinds]
    return turn.last if turn.last and (not kinds or turn.last in fitting) else next(iter(fitting), None)


def _tells_more(turn: Turn) -> bool:
    """Whether a trouble is told after the words that something is solved."""
    end = max(hit.end for hit in turn.evidence.cues["resolved"])
    return any(point.whole and point.start >= end for point in turn.evidence.points)


def _placed(turn: Turn) -> str | None:
    """A message that is little more than a place goes to what was said a moment ago."""
    if not turn.context.recent or len(turn.said.plain) > 24 or turn.evidence.points:
        return None
    if not may_be_place(turn.said):
        return None
    if turn.evidence.has("question", "asks", "ask"):
        return None
    named = sum(place.end - place.start for place in turn.places if not place.weak)
    rest = len([char for char in turn.said.plain if char.isalnum()]) - named
    if not named or rest > 5:
        return None
    return turn.spoke() or (turn.last if any(place.building for place in turn.places) else None)


def _added(turn: Turn) -> str | None:
    evidence = turn.evidence
    if not evidence.has("followup"):
        return None
    if evidence.names and (found := turn.nearest(matter_of(turn, evidence), cue=True)):
        return found.id
    if any(point.whole for point in evidence.points):
        return None
    return turn.spoke() or (turn.own.id if turn.own else turn.last)
