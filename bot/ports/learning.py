"""Learning from corrections: what is kept of one, and the versions of what was learnt of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Example:
    """What is kept of a corrected message: labels by head, and its n-grams as keyed hashes. No words.

    ``grams`` and ``offset`` (what the shipped weights said of it) are as ``bot.triage.engine.delta`` packs them.
    """

    ticket_id: str
    root: str
    account: str
    at: datetime
    labels: Mapping[str, str]
    grams: bytes
    offset: bytes


@dataclass(frozen=True, slots=True)
class Scores:
    """Errors on the shipped golden set and on a community's own past, by the shipped weights and by new ones.

    ``live`` and ``fresh`` are errors on those examples that came after the live version: its own, and the new one's.
    """

    golden: int
    golden_errors: tuple[int, int]
    past: int
    past_errors: tuple[int, int]
    live: int = 0
    fresh: int = 0

    @property
    def loses(self) -> bool:
        """Whether the new weights are worse anywhere."""
        worse = self.golden_errors[1] > self.golden_errors[0] or self.past_errors[1] > self.past_errors[0]
        return worse or self.fresh > self.live


@dataclass(frozen=True, slots=True)
class Version:
    """What was learnt one night. ``state``: live, past, refused (it lost), undone (a person took it back)."""

    root: str
    number: int
    at: datetime
    state: str
    examples: int
    newest: datetime  # of its examples
    scores: Scores
    content: bytes = b""  # empty where it was refused


class Learning(Protocol):
    """The examples and versions of all root units."""

    def key(self) -> bytes:
        """The key of the hashes: of this database alone."""
        ...

    def keep(self, example: Example) -> None:
        """Store an example; of a ticket that has one, only the labels are added."""
        ...

    def examples(self, root: str) -> list[Example]:
        """Those of a root unit, oldest first."""
        ...

    def roots(self) -> list[str]:
        """The root units that have examples or versions."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget examples from before then; gives back how many."""
        ...

    def versions(self, root: str) -> list[Version]:
        """The versions of a root unit that are kept, newest first."""
        ...

    def add(self, version: Version) -> None:
        """Store a version; where it is live, the one before becomes past. Only the newest few are kept."""
        ...

    def undo(self, root: str) -> Version | None:
        """Take the live version back: the one before it is live again, else the shipped weights. Gives back what was undone."""
        ...


class Learner(Protocol):
    """The part of triage that can learn. ``root`` is the community; "" takes no delta."""

    def lesson(self, text: str, key: bytes) -> tuple[bytes, bytes]:
        """A text as ``Example.grams`` and ``Example.offset``."""
        ...

    def refit(self, examples: Sequence[Example], key: bytes, live: Version | None) -> tuple[bytes, Scores]:
        """New weights of all examples, and how they do. Takes seconds: not for the storage thread."""
        ...

    def adopt(self, root: str, content: bytes, key: bytes) -> None:
        """Read with these weights from now on; empty content means the shipped ones alone."""
        ...
