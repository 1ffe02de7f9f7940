"""Rules for messages that open something new: troubles, wrongdoing, suggestions, praise, questions."""

from dataclasses import replace

from bot.domain.org import Article
from bot.ports import Matter, Reading
from bot.triage.evidence import DAMPERS, Evidence, score
from bot.triage.lexicons import Hit
from bot.triage.matters import matter_of, matters
from bot.triage.turn import Turn

OPEN = 0.8


def report(turn: Turn) -> Reading | None:
    """举报: somebody is accused of wrongdoing."""
    evidence = turn.evidence
    if not evidence.has("report", "wrong") or evidence.has("joke", "hypothetical", "leisure"):
        return None
    accused = evidence.has("wrong") and (evidence.has("report", "staffword") or "property" in _categories(turn))
    named = evidence.has("report") and (bool(evidence.points) or turn.direct or evidence.has("staffword"))
    if not (accused or named) or (evidence.has("question") and not evidence.has("wrong")):
        return None
    matter = replace(matter_of(turn, evidence), nature="report", urgency="routine")
    matter = replace(matter, category="affairs" if matter.category == "other" else matter.category)
    return Reading("new", 0.9, (matter,), reason=evidence.words("report", "wrong", "staffword"))


def _categories(turn: Turn) -> set[str]:
    return {hit.entry.category for hit in turn.evidence.things}


def danger(turn: Turn) -> Reading | None:
    """Danger to life or property raises in any case."""
    evidence = turn.evidence
    if not evidence.dangers or evidence.has("resolved", "trade") or evidence.has("calm"):
        return None
    if evidence.has("hearsay", "elsewhere") and not evidence.has("home"):
        return None
    if evidence.has("suggest"):
        return None
    return _opened(turn, max(0.85, score(evidence, bool(turn.places), turn.direct)))


def trouble(turn: Turn) -> Reading | None:
    """Something is wrong: new, or the same as a ticket that is open."""
    if not turn.evidence.points:
        return None
    total = score(turn.evidence, any(not place.weak for place in turn.places), turn.direct)
    if total < turn.lexicons.weights["doubtful"] and not turn.direct:
        return None
    return _opened(turn, total)


def asked_for(turn: Turn) -> Reading | None:
    """A thing and a request, but no word on what is wrong with it: 麻烦修一下3号楼的路灯."""
    evidence = turn.evidence
    placed = any(not place.weak for place in turn.places)
    things = [hit for hit in evidence.things if (placed or len(hit.word) > 1) and _repaired(hit)]
    if not things or not evidence.has("fix", "urge") or evidence.has("suggest", "asks", *_IDLE):
        return None
    total = 0.6 + 0.16 * placed + 0.2 * turn.direct + 0.15 * evidence.has("urge")
    return Reading("new", round(min(total, 0.95), 3), (matter_of(turn, evidence),), reason=_reason(turn))


REPAIRED = frozenset({"facilities", "drainage", "utilities", "sanitation", "safety", "greenery", "property"})
SHARED = REPAIRED | {"parking", "encroachment", "noise", "agriculture"}  # things that somebody may have done wrong to
_IDLE = ("joke", "leisure", "trade", "favour", "elsewhere", "hypothetical")


def hinted(turn: Turn) -> Reading | None:
    """A thing of the neighbourhood and something bad, however far apart: a person had better look."""
    evidence = turn.evidence
    placed = any(not place.weak for place in turn.places)
    things = [
        hit for hit in evidence.things if len(hit.word) > 1 and hit.entry.category in SHARED and not hit.entry.vague
    ]
    bad = [hit for hit in evidence.states if hit.entry.name not in CIRCUMSTANCES]
    if not bad or not (things or (placed and any(hit.entry.alone for hit in bad))):
        return None
    if evidence.has("asks", "thanks", "you", "own", *_IDLE, *DAMPERS):
        return None
    total = HINT + 0.2 * (placed and bool(things)) + 0.15 * evidence.has("ask", "urge", "lasting")
    words = [hit.word for hit in (*things[:1], *bad[:1])]
    return Reading("new", round(total, 3), (matter_of(turn, evidence),), reason=tuple(words))


def framed(turn: Turn) -> Reading | None:
    """What begins as people write to an office (投诉…, 反映…, 请求…): a person had better look."""
    evidence = turn.evidence
    opening = evidence.cues.get("frame", [])
    if not opening or opening[0].start > 3 or len(turn.said.plain) < 8 or evidence.has(*_IDLE, *DAMPERS):
        return None
    if not (evidence.things or evidence.points or any(hit.entry.kind == "topic" for hit in evidence.hits)):
        return None
    return Reading("new", 0.6, (matter_of(turn, evidence),), reason=(opening[0].word,))


def _repaired(hit: Hit) -> bool:
    return hit.entry.category in REPAIRED and not hit.entry.vague


HINT = 0.4
CIRCUMSTANCES = frozenset({"restless", "want"})  # states that tell when or what for, not what is wrong


def suggestion(turn: Turn) -> Reading | None:
    """A wish to change or add something in the neighbourhood."""
    evidence = turn.evidence
    topics = [hit for hit in evidence.hits if hit.entry.kind == "topic" and hit.entry.name == "civic"]
    if (
        not evidence.has("suggest")
        or not (evidence.things or topics or turn.direct)
        or evidence.has("joke", "trade", "leisure")
    ):
        return None
    matter = replace(matter_of(turn, evidence, "suggestion"), urgency="routine")
    known = topics[0].entry.category if topics and matter.category == "other" else matter.category
    matter = replace(matter, category=_wished(turn) or known)
    return Reading("new", OPEN, (matter,), reason=evidence.words("suggest") + _reason(turn))


BUILT = frozenset("装设建安放搞弄加")  # verbs of a wish for something to be built


def _wished(turn: Turn) -> str:
    """The category of what is wished for: the first thing named after the words of the wish, no matter who is to do it."""
    start = turn.evidence.cues["suggest"][0].start
    if any("该" in hit.word for hit in turn.evidence.cues["suggest"]):  # 树该修剪了: no new thing is wished for
        return ""
    things = [hit for hit in turn.evidence.things if not hit.entry.vague]
    named = [hit for hit in things if hit.end > start] or things
    wished = [hit for hit in named if hit.entry.name != "物业"] or named
    if wished:
        return wished[0].entry.category
    built = any(char in BUILT for char in turn.evidence.cues["suggest"][0].word)
    return "facilities" if built and turn.evidence.things and not turn.evidence.points else ""


def mocks(evidence: Evidence) -> bool:
    """Whether praise is meant as blame: something is left undone, and nobody says that it was done in the end."""
    left = any(hit.entry.name == "neglect" for hit in evidence.states) or evidence.has("urge")
    return left and not evidence.has("resolved", "bygone", "deed")


def praise(turn: Turn) -> Reading | None:
    """Staff or a service is praised for something; neighbours' thanks are chat."""
    evidence = turn.evidence
    if not evidence.has("staffword") or (evidence.has("question", "joke", "urge") and not evidence.has("laud")):
        return None
    if (evidence.has("unresolved") and not evidence.has("laud")) or mocks(evidence):
        return None
    praised = evidence.has("laud") or (evidence.has("thanks") and evidence.has("deed"))
    if not praised or len(turn.said.plain) < 9 or evidence.has("ask"):
        return None
    matter = replace(matter_of(turn, evidence, "praise"), urgency="routine")
    matter = replace(matter, category=matter.category if matter.category != "other" else "property")
    return Reading("new", OPEN, (matter,), reason=evidence.words("laud", "thanks", "staffword", "deed"))


def idle(evidence: Evidence) -> bool:
    """Whether a matter is named that nobody here can do anything about: the weather, a joke, the bot itself."""
    return any(hit.entry.kind == "topic" and hit.entry.name == "idle" for hit in evidence.hits)


def inquiry(turn: Turn) -> Reading | None:
    """A question about government, property or community services."""
    evidence = turn.evidence
    if not evidence.has("question", "asks") or evidence.has("joke", "trade", "leisure", "elsewhere", "calm"):
        return None
    article = _article(turn)
    plain = evidence.has("asks") or turn.direct
    if article is None and not plain and (evidence.has("you") or not evidence.has("community")):
        return None
    topics = [hit for hit in evidence.hits if hit.entry.kind == "topic"]
    said = {hit.word for hit in evidence.cues.get("community", ())}
    civic = [hit for hit in topics if hit.entry.name == "civic" and (plain or hit.word not in said)]
    strange = [hit for hit in topics if hit.entry.name != "civic"]
    if article is None and not civic and idle(evidence):
        return None
    if article is None and not turn.direct and (not civic or strange or evidence.has("favour")):
        return None
    return _asked(turn, article, civic[0].entry.category if civic else evidence.category, OPEN if plain else 0.6)


def filed(turn: Turn) -> Reading | None:
    """What is said to the bot itself needs less: 报事 …, or a plain statement that something is wrong."""
    evidence, text = turn.evidence, turn.said.plain.strip()
    if not turn.direct or len(text) < 5 or (idle(evidence) and not evidence.has("file")):
        return None
    stated = any(hit.entry.kind == "state" for hit in evidence.hits) or evidence.has("ask", "suffer")
    if not evidence.has("file") and (not stated or evidence.has("joke", "leisure", "trade", "thanks")):
        return None
    return Reading("new", 0.78, (matter_of(turn, evidence),), reason=evidence.words("file", "ask") or ("对机器人说",))


def _asked(turn: Turn, article: Article | None, category: str, total: float) -> Reading:
    matter = replace(matter_of(turn, turn.evidence, "inquiry"), category=category, urgency="routine")
    if article:
        known = category if category != "other" else "affairs"
        matter = replace(matter, article=article.id, category=known)
    reason = turn.evidence.words("question") + ((article.title,) if article else ())
    return Reading("new", 0.9 if article else total, (matter,), reason=reason)


def _article(turn: Turn) -> Article | None:
    plain = turn.said.plain
    for article in turn.context.articles:
        if any(word.translate(turn.lexicons.hearing) in plain for word in (*article.keywords, article.title)):
            return article
    return None


def _opened(turn: Turn, total: float) -> Reading:
    """A trouble as new, or with the open ticket that it belongs to."""
    found = tuple(_linked(turn, matter) for matter in matters(turn))
    ticket = found[0].ticket_id if len(found) == 1 else None
    lines = tuple(dict.fromkeys(line for point in turn.evidence.dangers for line in point.hotlines))
    return Reading(_act(turn, ticket), 0.9 if ticket else total, found, ticket, _reason(turn), lines)


def _act(turn: Turn, ticket: str | None) -> str:
    if ticket is None:
        return "new"
    if turn.evidence.has("urge"):
        return "urge"
    open_ticket = turn.with_id(ticket)
    account = turn.context.account
    mine = open_ticket is not None and (open_ticket.reporter == account or account in open_ticket.followers)
    return "followup" if mine else "metoo"


def _linked(turn: Turn, matter: Matter) -> Matter:
    near = turn.nearest(matter, turn.evidence.has("metoo", "also", "urge"), turn.context.tickets(matter.category))
    return replace(matter, ticket_id=near.id) if near else matter


def _reason(turn: Turn) -> tuple[str, ...]:
    points = sorted(turn.evidence.points, key=lambda point: -point.weight)
    words = [word for point in points[:3] for word in point.words] or [hit.word for hit in turn.evidence.things[:2]]
    return tuple(dict.fromkeys([*words, *turn.evidence.words("ask", "urge", "joke", "hypothetical", "leisure")]))
