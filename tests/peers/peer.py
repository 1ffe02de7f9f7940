"""What a test asks of a platform's other side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.ports import Platform

Fault = Literal["limited", "broken", "lost"]
"""Of a sending: too many, in a moment again (429 or the platform's own code); the server failed and nothing was accepted
(5xx); it was accepted, and the answer never came."""


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
    """A platform with one group, in it the bot and some people; and the adapter under test, connected to it.

    What a platform or its peer cannot do stands in ``test_platforms.UNABLE`` with its reason, and is not asked of it.
    """

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
        at: datetime | None = None,
    ) -> str:
        """Somebody writes into the group, or to the bot alone; ``address`` mentions the bot. Gives the message's id.

        ``at``: when he wrote it, where that is not now: it was held up on its way.
        """
        ...

    async def again(self, message: str) -> None:
        """The platform tells of a message of ``say`` once more, under the same id, as where an acknowledgement was lost."""
        ...

    async def press(self, who: str, message: str, label: str) -> None:
        """Somebody taps a button of a message of the bot."""
        ...

    async def seen(self, private: str = "") -> Sequence[Seen]:
        """What the bot has said in the group so far, or to one person alone, oldest first."""
        ...

    async def rename(self, title: str) -> None:
        """The group gets another title."""
        ...

    async def cut(self, clean: bool = False) -> None:
        """Every connection of the bot breaks, as when a server dies, or ends as if all were well (``clean``).

        The platform is up again a moment later.
        """
        ...

    async def trouble(self, fault: Fault) -> None:
        """What the bot says next meets a fault, once."""
        ...

    async def restart(self) -> None:
        """The bot's process ends and begins anew: ``platform`` is another adapter with the same settings afterwards.

        What people say in between is told to the new one where the platform keeps it.
        """
        ...
