"""What the platform tells, handed to the bot one by one: photos before the words that came with them."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.wecom.http import Http
from adapters.wecom.translate import CHANNEL, origin_of, pictures, translate
from bot.messages import Media, key_of
from bot.ports import Inbound, Tools

KNOWN = 10_000  # groups


class Intake:
    """Takes bodies, from wherever they come. ``own_key`` opens photos that bring no key."""

    def __init__(self, http: Http, tools: Tools, own_key: str = "") -> None:
        self._http = http
        self._tools = tools
        self._own_key = own_key
        self._told: set[str] = set()
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def take(self, body: Mapping[str, Any], inbound: Inbound) -> None:
        """Returns after everything is committed."""
        now = self._tools.clock.now()
        origin = origin_of(body, now)
        if origin is None:
            return
        if not origin.private and origin.chat not in self._told:
            await self._tell(origin.chat, inbound)
        event = translate(body, now, self._tools.name, await self._photos(body))
        if event is not None:
            await inbound.receive(event, lambda _uow: None)

    async def _photos(self, body: Mapping[str, Any]) -> tuple[Media, ...]:
        """All at once: a slow one keeps nobody longer than itself."""
        store = self._tools.media
        found = await asyncio.gather(*(self._http.photo(one, self._own_key, store) for one in pictures(body)))
        return tuple(media for media in found if media is not None)

    async def _tell(self, chat: str, inbound: Inbound) -> None:
        """The log is the only place where an operator finds the id of a group."""
        key = key_of(CHANNEL, chat)
        if not await inbound.query(lambda _uow, org, _now: key in org.groups):
            self._log.info("new group", chat=chat)
        if len(self._told) >= KNOWN:
            self._told.clear()
        self._told.add(chat)
