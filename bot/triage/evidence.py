"""What the hits in a message add up to: the troubles it tells, and the cues around them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.messages import record
from bot.triage.lexicons import Hit, Lexicons
from bot.triage.normalise import STOPS, Said

DENIALS = "没不未别无冇莫甭勿"
ASKING = frozenset("吗么")
UNDONE = "没不未谁该再别等人冇就"  # before 修好了, 打扫了: it is not so
QUESTIONS = ("有没", "是不", "会不", "停不", "能不", "要不")
BY_ITSELF = frozenset({"facilities", "drainage", "safety", "encroachment"})  # things that nobody owns
UNOWNED = 0.17  # what makes a vague state of such a thing surer
LONGEST, AFTER = 20, 4  # characters of a thing; between a state and the thing that follows it
CRY = 0.6  # below this weight a word of danger is only a cry for help
KINDS_TELL = frozenset({"facilities", "drainage", "utilities", "sanitation", "safety"})
OUTAGES = frozenset({"drainage", "utilities"})
LIGHT = frozenset({"joke", "hypothetical", "past", "leisure"})  # with these no danger is meant
DAMPERS = (
    "joke",
    "hypothetical",
    "elsewhere",
    "past",
    "trade",
    "leisure",
    "favour",
    "hearsay",
    "advice",
    "recipe",
    "calm",
    "resolved",
)


@record
class Point:
    """One trouble at one spot of a message: a phrase that says it all, or a thing with its state."""

    start: int
    end: int
    name: str
    category: str
    weight: float
    nature: str = ""
    urgency: str = ""
    words: tuple[str, ...] = ()
    hotlines: tuple[str, ...] = ()
    public: bool = False
    rank: float = 0.0
    whole: bool = False  # a thing with its state, or a phrase: can stand alone


@dataclass(frozen=True)
class Evidence:
    """All that was found in a message (or in a part of one)."""

    said: Said
    hits: Sequence[Hit]
    weights: Mapping[str, float]
    start: int = 0  # where the part begins in its message
    _places: dict[tuple[int, int], list[Hit]] = field(default_factory=dict, repr=False, compare=False)
    _denials: dict[tuple[int, str, bool], bool] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def marks(self) -> Mapping[str, list[Hit]]:
        """The cues by name, whatever the troubles say."""
        found: dict[str, list[Hit]] = {}
        for hit in self.hits:
            if hit.entry.kind == "cue":
                found.setdefault(hit.entry.name, []).append(hit)
        if "now" in found:
            found.pop("past", None)
        return found

    @cached_property
    def cues(self) -> Mapping[str, list[Hit]]:
        """The cues by name; that something is over counts unless it is denied, or is the trouble itself: 灯全灭了."""
        over = [hit for hit in self.marks.get("resolved", ()) if not self._undone(hit) and not self._told(hit)]
        others = {name: hits for name, hits in self.marks.items() if name != "resolved"}
        return {**others, "resolved": over} if over and "unresolved" not in others else others

    @cached_property
    def things(self) -> list[Hit]:
        """The things that are named."""
        return [hit for hit in self.hits if hit.entry.kind == "thing"]

    @cached_property
    def points(self) -> list[Point]:
        """The troubles, in order."""
        found = [*self._phrases("trouble"), *self._pairs()]
        if self.marks.keys().isdisjoint(LIGHT):
            dangers = self._phrases("danger")
            found += [point for point in dangers if point.whole or self._seen(point, bool(found))]
        return sorted(found, key=lambda point: point.start)

    @cached_property
    def dangers(self) -> list[Point]:
        """The troubles that endanger life or property."""
        return [point for point in self.points if point.urgency == "emergency"]

    @cached_property
    def names(self) -> frozenset[str]:
        """What the message is about, to compare: kinds of things where a kind is one thing, else their words."""
        things = [hit for hit in self.things if not hit.entry.vague]
        found = {hit.entry.name if hit.entry.category in KINDS_TELL else hit.word for hit in things}
        return frozenset(found | {point.name for point in self.points if point.category in OUTAGES})

    def has(self, *names: str) -> bool:
        """Whether any of the cues is there."""
        return not self.cues.keys().isdisjoint(names)

    def words(self, *names: str) -> tuple[str, ...]:
        """The words that gave these cues, for the reason."""
        return tuple(self.cues[name][0].word for name in names if name in self.cues)

    @cached_property
    def category(self) -> str:
        """The category that most of the evidence speaks for."""
        votes: dict[str, float] = {}
        for point in sorted(self.points, key=_vote, reverse=True):
            votes[point.category] = votes.get(point.category, _vote(point) - 0.15) + 0.15
        for hit in self.things:
            votes[hit.entry.category] = votes.get(hit.entry.category, 0.0) + (0.03 if hit.entry.vague else 0.1)
        votes.pop("other", None)
        if not votes:
            votes = {hit.entry.category: 0.1 for hit in reversed(self.states) if hit.entry.category}
        return max(votes, key=lambda name: votes[name]) if votes else "other"

    @cached_property
    def states(self) -> list[Hit]:
        """The states that are told, whatever of."""
        return [hit for hit in self.hits if hit.entry.kind == "state" and not self._denied(hit)]

    def _seen(self, danger: Point, beside: bool) -> bool:
        """Whether a word that people also use lightly (跳楼, 救命) is meant: somebody saw it, or it is a short cry."""
        if danger.weight < CRY:
            return not beside and len(self.said.plain) <= 16 and "witness" in self.marks
        return "witness" in self.marks or bool(self.things)

    def _phrases(self, kind: str) -> list[Point]:
        urgency = "emergency" if kind == "danger" else ""
        return [
            Point(
                hit.start, hit.end, hit.entry.name, hit.entry.category, hit.entry.weight, hit.entry.nature,
                urgency or hit.entry.urgency, (hit.word,), hit.entry.hotlines, hit.entry.public, hit.entry.rank,
                whole=hit.entry.weight >= 0.7,
            )
            for hit in self.hits
            if hit.entry.kind == kind and not self._denied(hit)
        ]  # fmt: skip

    def _pairs(self) -> list[Point]:
        return [_pair(thing, state) for state in self.states for thing in self._things_of(state)]

    def _things_of(self, state: Hit) -> list[Hit]:
        """The nearest things that a state may be said of."""
        fitting = [thing for thing in self._beside(state.start, state.end) if _says(thing, state)]
        last = max((thing.end for thing in fitting), default=0)
        return [thing for thing in fitting if last - thing.end <= 8]

    def _beside(self, start: int, end: int) -> list[Hit]:
        """The things that what stands here may be said of; several entries may know the same words."""
        if (start, end) not in self._places:
            self._places[start, end] = self._nearest(start, end)
        return self._places[start, end]

    def _nearest(self, start: int, end: int) -> list[Hit]:
        """The things before, else after; somebody's own things (手机) stand in the way."""
        if any(0 <= start - own.end <= 6 and self._joined(own.end, start) for own in self.marks.get("own", ())):
            return []
        near = self.weights["near"]
        around = self._things_between(start - int(near) - LONGEST, end + AFTER)
        before = [t for t in around if 0 <= start - t.end <= _reach(t, near) and t.start < start]
        found = before or [t for t in around if 0 <= t.start - end <= AFTER]
        return [t for t in found if self._together(min(t.end, end), max(t.start, start))]

    def _things_between(self, first: int, last: int) -> list[Hit]:
        """The things that begin there; a long text may name hundreds."""
        return self.things[bisect_left(self._begins, first) : bisect_right(self._begins, last)]

    @cached_property
    def _begins(self) -> list[int]:
        return [thing.start for thing in self.things]

    def _joined(self, start: int, end: int) -> bool:
        return not any(char in ",，、。;；" for char in self.said.plain[start:end])

    def _together(self, start: int, end: int) -> bool:
        between = self.said.plain[start:end]
        return not any(stop in between for stop in STOPS) and sum(between.count(comma) for comma in ",，、;；") <= 1

    def _told(self, hit: Hit) -> bool:
        return any(point.start <= hit.start and hit.end <= point.end for point in self.points)

    def _undone(self, hit: Hit) -> bool:
        return any(char in UNDONE for char in self.said.plain[max(0, hit.start - 2) : hit.start])

    def _asked(self, hit: Hit) -> bool:
        """Whether a trouble is only asked about: 停水吗, 关门了吗, 能不能施工."""
        after = self.said.plain[hit.end : hit.end + 2].replace("了", "", int(not hit.entry.public))
        return after[:1] in ASKING or "能不能" in hit.word or "可以" in hit.word

    def _supposed(self, start: int) -> bool:
        """Whether what stands here is only thought of: 如果, 要是 (reach far), 小心, 怕 (reach less)."""
        reaches = (("condition", 5), ("if", 16))
        return any(0 <= start - cue.end <= reach for name, reach in reaches for cue in self.marks.get(name, ()))

    def _denied(self, hit: Hit) -> bool:
        """Whether it is said not to be so; several entries may know the same word."""
        key = hit.start, hit.word, hit.entry.public
        if key not in self._denials:
            self._denials[key] = self._is_denied(hit)
        return self._denials[key]

    def _is_denied(self, hit: Hit) -> bool:
        plain, start = self.said.plain, hit.start
        if any(0 <= start - own.end <= 2 for own in self.marks.get("own", ())):
            return True
        if self._asked(hit) or self._supposed(start):
            return True
        if not start or hit.word[0] in DENIALS:
            return False
        before = plain[max(0, start - 2) : start]
        if before[-2:] in QUESTIONS or before in {"没人", "不停", "不是"}:
            return False
        return before[-1] in DENIALS or before in {"没有", "不会", "不再", "没再", "没得"}


def _says(thing: Hit, state: Hit) -> bool:
    if state.entry.name == "bad":
        return not thing.entry.vague and len(thing.word) > 1 and "service" not in thing.entry.states
    return state.entry.name in thing.entry.states and not (thing.entry.vague and state.entry.name == "neglect")


def _reach(thing: Hit, near: float) -> float:
    return near if len(thing.word) > 1 else near / 2


def _vote(point: Point) -> float:
    return (
        point.weight + point.rank + (1.2 if point.urgency == "emergency" else 0.0) + 0.08 * min(len(point.words[0]), 5)
    )


def _same_kind(thing: Hit, state: Hit) -> str:
    """The nature that a state gives to a thing of its own category: 堵着 says more of cars than of branches."""
    return state.entry.nature if state.entry.category == thing.entry.category else ""


def _pair(thing: Hit, state: Hit) -> Point:
    entry = thing.entry
    unowned = state.entry.name == "bad" and entry.category in BY_ITSELF
    urgency = entry.raised.get(state.entry.name, entry.urgency)
    return Point(
        min(thing.start, state.start), max(thing.end, state.end), entry.name, entry.category,
        min(entry.weight, state.entry.weight) + UNOWNED * unowned, entry.nature or _same_kind(thing, state),
        urgency, (thing.word, state.word), entry.hotlines if urgency == "emergency" else (), entry.public, entry.rank,
        whole=True,
    )  # fmt: skip


def examine(said: Said, lexicons: Lexicons, start: int = 0) -> Evidence:
    """Find all that the vocabulary knows in a message, or in the part of one that begins at ``start``."""
    return Evidence(said, lexicons.scan(said.plain), lexicons.weights, start)


def score(evidence: Evidence, placed: bool, private: bool) -> float:
    """How sure it is that a message tells of a trouble that staff have to act on (0–0.98)."""
    if not evidence.points:
        return 0.0
    weights = evidence.weights
    total = max(point.weight for point in evidence.points)
    total += sum(weights[name] for name in ("ask", "lasting", "home", "suffer") if name in evidence.cues)
    total += weights["place"] * placed + weights["private"] * private
    total += sum(weights[name] for name in (*DAMPERS, "asked_back", "you") if name in evidence.cues)
    return min(0.98, max(0.0, round(total, 3)))
