"""The vocabulary of triage, read from the TOML files in ``bot/triage/data``: things, states, troubles, dangers, cues.

A file holds tables ``[[thing]]``, ``[[state]]``, ``[[trouble]]``, ``[[danger]]``, ``[[cue]]``, ``[[topic]]``,
``[[mask]]`` and ``[[gate]]``, each with ``words`` (parted by blanks) and ``patterns`` (regular expressions that begin
with a character, a class or words, so that one pass over a message finds everything).
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from bot.triage.normalise import folding

KINDS = ("thing", "state", "trouble", "danger", "cue", "topic", "mask", "gate")
COVERS = frozenset({"mask", "thing", "topic"})  # kinds that hide what lies inside their words
UNHIDDEN = frozenset(
    {"joke", "leisure", "trade", "favour", "own", "elsewhere", "thanks", "report", "bygone"}
)  # cues that idioms leave
WORDS = (
    "things", "colloquial", "states", "faults", "troubles", "behaviours", "dangers", "cues", "frames", "topics", "gates"
)  # fmt: skip  # data files with tables of entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a data file: what a group of words means."""

    kind: str
    name: str
    category: str = ""
    nature: str = ""
    urgency: str = ""
    weight: float = 0.8
    states: frozenset[str] = frozenset()  # the states that are a trouble for this thing; empty = all
    raised: Mapping[str, str] = field(default_factory=dict)  # state → urgency
    hotlines: tuple[str, ...] = ()
    rank: float = 0.0  # raises its category above others in the same message
    vague: bool = False  # names no thing that could be told from others: 家里, 楼上
    alone: bool = False  # a state that tells of a trouble at a named place, whatever thing it is said of
    public: bool = False  # concerns everybody: no building to conflict with


class Hit(NamedTuple):
    """Words of an entry found in a message."""

    start: int
    end: int
    word: str
    entry: Entry


class Late:
    """A pattern that is compiled when it is first asked for: hundreds of them would make every start half a second longer."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.match: Callable[[str, int], re.Match[str] | None] = self._first

    def _first(self, plain: str, index: int) -> re.Match[str] | None:
        self.match = re.compile(self.text).match
        return self.match(plain, index)


class Patterns(NamedTuple):
    """Patterns with the same first character; ``any`` matches where at least one of them does."""

    any: Late
    each: tuple[tuple[Late, Entry], ...]


class Vocabulary(NamedTuple):
    """Words and patterns, by how they begin."""

    heads: Mapping[str, tuple[tuple[str, Entry], ...]]  # first two characters → words that begin so
    starts: Mapping[str, Patterns]  # first character, or the first two → patterns that may begin so
    begins: frozenset[str]  # all of these beginnings

    def may_hit(self, grams: Iterable[str]) -> bool:
        """Whether a text with these pieces of one and two characters may hold anything: a cheap look before ``hits``."""
        return not self.begins.isdisjoint(grams)

    def hits(self, plain: str) -> list[Hit]:
        """What stands in a text, in order."""
        heads, starts = self.heads, self.starts
        found: list[Hit] = []
        for index, pair in enumerate(map(add, plain, plain[1:] + "\n")):
            if pair in heads:
                for word, entry in heads[pair]:
                    if plain.startswith(word, index):
                        found.append(Hit(index, index + len(word), word, entry))  # the hot path
            if pair in starts and starts[pair].any.match(plain, index):
                found += _matches(starts[pair], plain, index)
            if (char := pair[0]) in starts and starts[char].any.match(plain, index):
                found += _matches(starts[char], plain, index)
        return found


@dataclass(frozen=True, slots=True)
class Lexicons:
    """All vocabulary, ready to scan with."""

    fold: Mapping[int, int]  # traditional → simplified: what commands are compared in
    hearing: Mapping[int, int]  # the same, and characters of dialects: what triage reads
    vocabulary: Vocabulary
    alarms: Vocabulary  # that part of it without which no message tells of danger
    openers: Mapping[str, re.Pattern[str]]  # hard gates at the beginning of a message
    places: Mapping[str, re.Pattern[str]]
    hints: Mapping[str, str]  # characters without one of which a pattern of a place can't match
    numerals: Mapping[str, int]
    weights: Mapping[str, float]
    told: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # the place of ``told.ready``

    def scan(self, plain: str) -> list[Hit]:
        """Everything that the words of a message hit, in order; what idioms or longer nouns hide is dropped."""
        hits = self.vocabulary.hits(plain)
        covers: dict[int, list[Hit]] = {}
        for hit in hits:
            if hit.entry.kind in COVERS:
                for index in range(hit.start, hit.end):
                    covers.setdefault(index, []).append(hit)
        if not covers:
            return hits
        return [hit for hit in hits if hit.entry.kind != "mask" and not _hidden(hit, covers.get(hit.start, ()))]


def _matches(patterns: Patterns, plain: str, index: int) -> list[Hit]:
    tried = ((pattern.match(plain, index), entry) for pattern, entry in patterns.each)
    return [Hit(index, match.end(), match.group(), entry) for match, entry in tried if match]


def _hidden(hit: Hit, covers: Sequence[Hit]) -> bool:
    return any(_hides(cover, hit) for cover in covers)


def _hides(cover: Hit, hit: Hit) -> bool:
    """An idiom hides the troubles that begin in it; a noun hides the shorter words inside it."""
    if cover.entry.kind == "mask":
        inside = hit.end <= cover.end or len(cover.word) > 2
        return inside and cover.start <= hit.start < cover.end and hit.entry.name not in UNHIDDEN
    inside = cover.start <= hit.start and hit.end <= cover.end and len(cover.word) > len(hit.word)
    return inside and hit.entry.kind != "topic"


def load_lexicons(folder: Path) -> Lexicons:
    """Read the vocabulary from a folder of TOML files."""
    traditional, dialect = _read(folder / "traditional.toml"), _read(folder / "dialect.toml")
    fold = folding(dict(zip("".join(traditional["from"]), "".join(traditional["to"]), strict=True)))
    spoken = {ord(old): ord(new) for old, new in zip(dialect["from"], dialect["to"], strict=True)}
    hearing = {code: spoken.get(to, to) for code, to in fold.items()} | spoken
    spelled = {
        code: to for code, to in hearing.items() if chr(code).isalpha() and to > 0x7F
    }  # no capitals, no brackets
    entries = [pair for name in WORDS for pair in _entries(_read(folder / f"{name}.toml", spelled))]
    places = _read(folder / "places.toml")
    return Lexicons(
        fold=fold,
        hearing=hearing,
        vocabulary=_vocabulary(entries),
        alarms=_vocabulary([(entry, table) for entry, table in entries if _alarms(entry)]),
        openers={
            name: re.compile(_any_of(texts)) for name, texts in _read(folder / "gates.toml", spelled)["openers"].items()
        },
        places=_places(places),
        hints=places["hints"],
        numerals=places["numerals"],
        weights=_read(folder / "weights.toml"),
    )


def _read(path: Path, spoken: Mapping[int, int] | None = None) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8").translate(spoken or {}))


def _entries(tables: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for kind in KINDS:
        for table in tables.get(kind, ()):
            yield _entry(kind, table), table


def _entry(kind: str, table: Mapping[str, Any]) -> Entry:
    raised = {state: urgency for urgency in ("urgent", "emergency") for state in table.get(urgency, "").split()}
    return Entry(
        kind=kind,
        name=table.get("name", ""),
        category=table.get("category", ""),
        nature=table.get("nature", ""),
        urgency=table.get("urgency", ""),
        weight=float(table.get("weight", 0.8)),
        rank=float(table.get("rank", 0.0)),
        states=frozenset(table.get("states", "").split()),
        raised=raised,
        hotlines=tuple(table.get("hotlines", "").split()),
        vague=bool(table.get("vague", False)),
        alone=bool(table.get("alone", False)),
        public=bool(table.get("public", False)),
    )


def _vocabulary(entries: list[tuple[Entry, dict[str, Any]]]) -> Vocabulary:
    heads, starts = _heads(entries), _starts(entries)
    return Vocabulary(heads, starts, frozenset(heads) | frozenset(starts))


def _heads(entries: list[tuple[Entry, dict[str, Any]]]) -> dict[str, tuple[tuple[str, Entry], ...]]:
    found: dict[str, list[tuple[str, Entry]]] = {}
    for entry, table in entries:
        for word in _words(table):
            found.setdefault(word[:2], []).append((word, entry))
    return {head: tuple(sorted(pairs, key=lambda pair: -len(pair[0]))) for head, pairs in found.items()}


def _starts(entries: list[tuple[Entry, dict[str, Any]]]) -> dict[str, Patterns]:
    found: dict[str, list[tuple[Late, Entry]]] = {}
    for entry, table in entries:
        for text in (*table.get("patterns", ()), *(re.escape(word) for word in _words(table) if len(word) == 1)):
            late = Late(_clause(text))
            for start in dict.fromkeys(_beginnings(text)):
                found.setdefault(start, []).append((late, entry))
    return {
        char: Patterns(Late(_any_of([late.text for late, _ in pairs])), tuple(pairs)) for char, pairs in found.items()
    }


def _alarms(entry: Entry) -> bool:
    return "emergency" in {"emergency" if entry.kind == "danger" else entry.urgency, *entry.raised.values()}


def _any_of(patterns: list[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _words(table: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(table.get("words", "").split()))


def _clause(pattern: str) -> str:
    r"""In these patterns ``\S`` means any character of the same clause."""
    return pattern.replace(r"\S", r"[^\s,，。!！?？;；、~～]")


def _beginnings(pattern: str) -> list[str]:
    """How a pattern may begin: with two characters where that is plain to see, else with one."""
    if pattern.startswith("(?:"):
        return [start for part in _alternatives(pattern) for start in _beginnings(part)]
    if pattern.startswith("["):
        end = pattern.index("]") + 1
        rest = pattern[end : end + 1] if _plain(pattern[end : end + 2]) else ""
        return [char + rest for char in pattern[1 : end - 1]]
    if pattern[0] in "(.\\^" or pattern[1:2] in {"?", "*"}:
        raise ValueError(f"a pattern has to begin with a character, a class or words: {pattern}")
    return [pattern[:2] if _plain(pattern[1:3]) else pattern[0]]


def _plain(text: str) -> bool:
    """Whether a character of a pattern stands for itself, and is not left open by what follows it."""
    return text[:1].isalnum() and text[1:2] not in {"?", "*", "{"}


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of the group that a pattern begins with."""
    parts, depth = [""], 0
    for char in pattern[3:]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            break
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _places(table: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    parts: dict[str, str] = table["parts"]
    found = {}
    for name, text in table["patterns"].items():
        for part, value in parts.items():
            text = text.replace(f"<{part}>", value)  # noqa: PLW2901
        found[name] = re.compile(text)
    return found
