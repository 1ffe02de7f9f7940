"""Accepting invitations, whoever made them: what is no group of the organization is not read.

Beside the hearing, because a server lets us join only so often: who invites us a thousand times holds up nobody.
"""

import asyncio

import structlog

from adapters.matrix.client import Client
from adapters.matrix.failures import FailureError
from adapters.matrix.translate import CHANNEL

PAUSE = 5.0  # seconds until the next try, where the server does not say


class Invitations:
    """Rooms that wait to be entered, each once at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: dict[str, None] = {}
        self._some = asyncio.Event()
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    def add(self, *rooms: str) -> None:
        """We have been invited."""
        self._waiting.update(dict.fromkeys(rooms))
        if self._waiting:
            self._some.set()

    async def accept(self) -> None:
        """Enter one after the other, until cancelled."""
        while True:
            await self._some.wait()
            room = next(iter(self._waiting))
            del self._waiting[room]
            if not self._waiting:
                self._some.clear()
            await self._enter(room)

    async def _enter(self, room: str) -> None:
        try:
            await self._client.join(room)
        except FailureError as failure:
            if not failure.may_pass:
                self._log.warning("invitation not accepted", room=room, reason=failure.reason)
                return
            self.add(room)  # behind the others
            await asyncio.sleep(failure.pause or PAUSE)
        except Exception as error:  # whatever it was, the others wait no longer for it
            self._log.error("invitation not accepted", room=room, reason=f"{type(error).__name__}: {error}"[:300])
