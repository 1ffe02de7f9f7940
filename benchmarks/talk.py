"""A stream of group messages as a web page sends them: 2 % new requests, 6 % about tickets, the rest chatter.

Deterministic for a seed; ids are unique and random, as a page makes them. Time runs so that a thousand groups together
speak 33 times a second.
"""

import itertools
import json
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.town import RESIDENTS, resident, steward

START = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)  # a Tuesday, nine o'clock in China
PAUSE = timedelta(milliseconds=30)  # between two messages of the whole town
SLOT = re.compile("<([a-z]+)>")
LIFE = ("metoo", "sign", "metoo", "progress", "urge", "done", "vote", "vote")  # what follows a request, in order


@dataclass(frozen=True, slots=True)
class Payload:
    """What comes in through a socket, and what the server knows of the socket."""

    raw: bytes
    group: int
    sender: str
    at: datetime
    quotes: str | None = None  # the id of the quoted line, which the room's history would tell for its seq


@dataclass(slots=True)
class Request:
    """A request under way: who asked, in which message, and how far its story is told."""

    sender: str
    id: str
    building: str
    told: int = 0


@dataclass(slots=True)
class Talk:
    """Makes messages of ``groups`` groups; ``new`` and ``about`` are their shares."""

    groups: int
    new: float = 0.02
    about: float = 0.06
    seed: int = 1
    _random: random.Random = field(init=False)
    _phrases: dict[str, list[str]] = field(init=False)
    _slots: dict[str, list[str]] = field(init=False)
    _open: dict[int, Request] = field(default_factory=dict)
    _count: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        data = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
        self._slots = data.pop("slots")
        self._phrases = data

    def take(self, count: int) -> list[Payload]:
        """The next messages."""
        return [self._next() for _ in range(count)]

    def words(self, kind: str, building: str = "") -> str:
        """One line of a kind."""
        chosen = self._random.choice(self._phrases[kind])
        return SLOT.sub(lambda slot: self._fill(slot[1], building), chosen)

    def _fill(self, slot: str, building: str) -> str:
        if slot in self._slots:
            return self._random.choice(self._slots[slot])
        return building if slot == "b" and building else str(self._random.randint(1, 99 if slot == "price" else 12))

    def _next(self) -> Payload:
        dice = self._random.random()
        if dice < self.new:
            return self._request()
        if dice < self.new + self.about and self._open:
            return self._follow()
        group = self._random.randrange(self.groups)
        return self._payload(group, self._speaker(group), self.words("chatter"))

    def _speaker(self, group: int) -> str:
        """Some speak often, many seldom."""
        return resident(group, int(RESIDENTS * self._random.random() ** 2))

    def _request(self) -> Payload:
        group = self._random.randrange(self.groups)
        sender, building = self._speaker(group), str(self._random.randint(1, 30))
        payload = self._payload(group, sender, self.words("request", building))
        self._open[group] = Request(sender, _id_of(payload), building)
        return payload

    def _follow(self) -> Payload:
        """The next chapter of some request's story."""
        group = next(iter(self._open))
        request = self._open.pop(group)
        kind = LIFE[request.told]
        request.told += 1
        if request.told < len(LIFE):
            self._open[group] = request
        if kind in {"sign", "progress", "done"}:
            return self._payload(group, steward(group), self.words(kind), request.id)
        sender = request.sender if kind in {"urge", "vote"} else self._speaker(group)
        return self._payload(group, sender, self.words(kind, request.building))

    def _payload(self, group: int, sender: str, text: str, quotes: str | None = None) -> Payload:
        number = next(self._count)
        body: dict[str, object] = {"type": "say", "id": f"{self._random.getrandbits(96):024x}", "text": text}
        if quotes is not None:
            body["reply"] = number
        raw = json.dumps(body, ensure_ascii=False).encode()
        return Payload(raw, group, sender, START + number * PAUSE, quotes)


def _id_of(payload: Payload) -> str:
    return str(json.loads(payload.raw)["id"])
