"""The matters of a message: one trouble each, with nature, category, urgency and place."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.ports import Matter
from bot.triage.evidence import Evidence, Point, examine, score
from bot.triage.merge import KINDRED
from bot.triage.normalise import Said
from bot.triage.place import Place, conflict
from bot.triage.turn import Turn

_COUNTED = re.compile(
    r"[一二三四五]是|第[一二三四五](?:[,，、:：是]|个|件)?|其[一二三]|"
    r"(?:(?<=[\s,，。;；:：!！?？])|^)(?:[1-9]|[一二三四五])[、.．)）](?!\d)|[①-⑨]|[(（][1-5一二三四五][)）]"
)
_JOINED = re.compile(
    r"(?:另外|还有(?:就是|一个|一件|个)?|顺便(?:说一?下|问一?下|反映一?下|提一下)?|对了|再就是|再一个|再有|此外|同时|以及|再说|"
    r"还想(?:说|问|反映)|除此之外|第二个|仲有|另|还有件事)[,，:：]?"
)
OFFICES = frozenset({"affairs", "business", "parking"})  # categories in which people ask more than they complain
SPLITS = 8  # places where two matters may part that are tried: each costs a look at the whole message
_ALSO = re.compile(r"[。;；!！\n]|[,，](?=[^,，。]{0,8}也)|[,，、\s](?=[^,，。]{1,12}(?:栋|幢|号楼))")


def matters(turn: Turn) -> tuple[Matter, ...]:
    """The troubles that a message tells; one where nothing splits it."""
    parts = [part for part in _parts(turn) if score(part, placed=False, private=turn.direct) >= 0.5]
    if len(parts) < 2:
        return (matter_of(turn, turn.evidence),)
    return tuple(matter_of(turn, part) for part in parts)


def matter_of(turn: Turn, part: Evidence, nature: str = "") -> Matter:
    """One matter from a part of a message; a place said before, or the speaker's home, fills in."""
    place, guessed = place_of(turn, part)
    category = part.category
    return Matter(
        text=part.said.shown.strip(" \t\r\n,，。;；、:："),
        nature=nature or nature_of(part, category),
        category=category,
        urgency=urgency_of(part, category),
        place=place.words if place else "",
        building=place.building if place else "",
        guessed_place=guessed,
    )


def nature_of(part: Evidence, category: str) -> str:
    """Help, complaint, suggestion or inquiry."""
    if part.dangers:
        return "help"
    if part.has("suggest") and not any(point.urgency for point in part.points):
        return "suggestion"
    if not any(point.whole for point in part.points) and part.has("question"):
        return "inquiry"
    if part.has("where") or (part.has("inquire") and category in OFFICES):
        return "inquiry"
    if part.has("until") and not part.has("ask", "lasting", "home"):
        return "inquiry"
    natures = {point.nature for point in part.points if point.category == category}
    return "complaint" if "complaint" in natures or part.has("blame") else "help"


def urgency_of(part: Evidence, category: str) -> str:
    """The highest urgency that any trouble of the part raises."""
    found = {point.urgency for point in part.points}
    if part.has("suggest") and "emergency" not in found:
        return "complex" if "complex" in found else "routine"
    if category == "property" and part.has("years"):
        found.add("complex")
    ranks = ("emergency", "complex", "urgent") if category == "property" else ("emergency", "urgent", "complex")
    return next((urgency for urgency in ranks if urgency in found), "routine")


def place_of(turn: Turn, part: Evidence) -> tuple[Place | None, bool]:
    """Where it is: said in the part, said elsewhere in the message, or guessed from the nickname."""
    whole = part is turn.evidence
    own = turn.places if whole else turn.gazetteer.places(part.said, turn.context.places)
    place = _best(own)
    if (place is None or place.weak) and not whole:
        said_before = [one for one in turn.places if one.building and one.end <= part.start]
        place = _best(said_before[-1:]) or place
    if place and not place.weak:
        return place, False
    if turn.home and not any(point.public for point in part.points):
        return turn.home, True
    return place, False


def _best(places: Sequence[Place]) -> Place | None:
    return next((one for one in places if one.building), places[0] if places else None)


def _parts(turn: Turn) -> list[Evidence]:
    said = turn.said
    marks = [match.start() for match in _COUNTED.finditer(said.plain)]
    if len(marks) >= 2:
        return list(_cut(turn, marks))
    points = [point for point in turn.evidence.points if point.whole]
    if len({point.category for point in points}) < 2 and sum(bool(place.building) for place in turn.places) < 2:
        return []
    for pattern in (_JOINED, _ALSO):
        for match in islice(pattern.finditer(said.plain), SPLITS):
            sides = list(_cut(turn, [0, match.start() if pattern is _JOINED else match.end()]))
            if _two(turn, sides, counted=pattern is _JOINED):
                return sides
    return []


def _cut(turn: Turn, marks: Sequence[int]) -> Iterator[Evidence]:
    for start, end in zip(marks, [*marks[1:], len(turn.said.plain)], strict=True):
        head = _COUNTED.match(turn.said.plain, start) or _JOINED.match(turn.said.plain, start)
        begin = head.end() if head else start
        yield examine(Said(turn.said.shown[begin:end], turn.said.plain[begin:end]), turn.lexicons, begin)


def _two(turn: Turn, sides: Sequence[Evidence], counted: bool) -> bool:
    """Whether both sides tell a trouble of their own: of another category, or at another building."""
    if len(sides) < 2 or not all(any(point.whole for point in side.points) for side in sides):
        return False
    first, second = (_best(turn.gazetteer.places(side.said, turn.context.places)) for side in sides)
    if first and second and conflict(first.building, second.building):
        return True
    categories = {side.category for side in sides}
    return len(categories) == 2 and (counted or (_own_thing(sides[1]) and not categories <= KINDRED))


def _own_thing(side: Evidence) -> bool:
    """Whether the trouble of a side is said with 也 and a thing of its own: not the consequence of another."""
    pairs: list[Point] = [point for point in side.points if point.whole]
    return "也" in side.said.plain[:12] and bool(side.things) and bool(pairs)
