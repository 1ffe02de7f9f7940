"""A second opinion on words that the reader is in doubt about."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second reader makes of some words: whether staff have to act, and if so, in codes of the product."""

    request: bool
    nature: str = ""
    category: str = ""
    urgency: str = ""


class SecondOpinion(Protocol):
    """Somebody slower and maybe wiser than the reader. Nobody waits for the answer, and None is a full one."""

    async def ask(self, words: str) -> Opinion | None:
        """Ask about words in which personal data are masked; None for whatever goes wrong."""
        ...
