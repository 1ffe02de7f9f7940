"""What a test asks of a platform's other side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.ports import Platform


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as people of a chat see it. ``mentions`` are accounts of the platform, ``buttons`` their labels."""

    id: str
    text: str
    mentions: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    photos: int = 0
    reply_to: str | None = None


class Peer(Protocol):
    """A platform with one group, in it the bot and some people; and the adapter under test, connected to it."""

    @property
    def platform(self) -> Platform:
        """The adapter under test."""
        ...

    @property
    def chat(self) -> str:
        """The platform's own id of the group."""
        ...

    @property
    def accounts(self) -> Mapping[str, str]:
        """The platform's ids of zhang and wang, residents, and zhou, a steward."""
        ...

    async def start(self) -> None:
        """Bring the platform up and the people into the group."""
        ...

    async def stop(self) -> None:
        """Take it down."""
        ...

    async def say(
        self,
        who: str,
        text: str,
        *,
        reply_to: str | None = None,
        address: bool = False,
        photo: bytes | None = None,
        private: bool = False,
    ) -> str:
        """Somebody writes into the group, or to the bot alone; ``address`` mentions the bot. Gives the message's id."""
        ...

    async def press(self, who: str, message: str, label: str) -> None:
        """Somebody taps a button of a message of the bot."""
        ...

    async def seen(self, private: str = "") -> Sequence[Seen]:
        """What the bot has said in the group so far, or to one person alone, oldest first."""
        ...

    async def cut(self) -> None:
        """Every connection of the bot breaks, as when a server dies; the platform is up again a moment later."""
        ...
