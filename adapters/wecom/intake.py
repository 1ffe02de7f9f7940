"""What the platform tells, handed to the bot one by one: a new group first, photos before the words that came with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from adapters.wecom.http import Http
from adapters.wecom.translate import CHANNEL, origin_of, pictures, translate
from bot.domain.org import Organization
from bot.messages import BOT, Media, Presence
from bot.ports import Inbound, Tools, UnitOfWork

KNOWN = 10_000  # groups


class Intake:
    """Takes bodies, from wherever they come. ``own_key`` opens photos that bring no key."""

    def __init__(self, http: Http, tools: Tools, own_key: str = "") -> None:
        self._http = http
        self._tools = tools
        self._own_key = own_key
        self._met: set[str] = set()
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def take(self, body: Mapping[str, Any], inbound: Inbound) -> None:
        """Returns after everything is committed."""
        now = self._tools.clock.now()
        origin = origin_of(body, now)
        if origin is None:
            return
        if not origin.private and origin.chat not in self._met:
            await self._meet(origin.chat, now, inbound)
        event = translate(body, now, self._tools.name, await self._photos(body))
        if event is not None:
            await inbound.receive(event, lambda _uow: None)

    async def _photos(self, body: Mapping[str, Any]) -> tuple[Media, ...]:
        found = [await self._http.photo(picture, self._own_key, self._tools.media) for picture in pictures(body)]
        return tuple(media for media in found if media is not None)

    async def _meet(self, chat: str, now: datetime, inbound: Inbound) -> None:
        """The platform tells nobody that the robot has joined a group: its first word from there has to do."""
        name = f"group:{chat}"

        def note(uow: UnitOfWork) -> None:
            uow.connections.note(CHANNEL, name, "", now)

        def again(uow: UnitOfWork, _org: Organization, _now: datetime) -> bool:
            """Whether it is known; then its note is kept from being forgotten."""
            if uow.connections.noted(CHANNEL, name) is None:
                return False
            note(uow)
            return True

        if not await inbound.query(again):
            self._log.info("new group", chat=chat)
            await inbound.receive(Presence(CHANNEL, chat, BOT, now, joined=True), note)
        if len(self._met) >= KNOWN:
            self._met.clear()
        self._met.add(chat)
