"""What the platform tells, handed to the bot one by one: photos before the words that came with them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.wecom.http import Http
from adapters.wecom.translate import origin_of, pictures, translate
from bot.messages import Media
from bot.ports import Inbound, Tools


class Intake:
    """Takes bodies, from wherever they come. ``own_key`` opens photos that bring no key."""

    def __init__(self, http: Http, tools: Tools, own_key: str = "") -> None:
        self._http = http
        self._tools = tools
        self._own_key = own_key

    async def take(self, body: Mapping[str, Any], inbound: Inbound) -> None:
        """Returns after everything is committed."""
        now = self._tools.clock.now()
        if origin_of(body, now) is None:
            return  # whose photos are nobody's are not fetched
        event = translate(body, now, self._tools.name, await self._photos(body))
        if event is not None:
            await inbound.receive(event, lambda _uow: None)

    async def _photos(self, body: Mapping[str, Any]) -> tuple[Media, ...]:
        """Several at once: a slow one keeps the others no longer than it has to."""
        store = self._tools.media
        found = await asyncio.gather(*(self._http.photo(one, self._own_key, store) for one in pictures(body)))
        return tuple(media for media in found if media is not None)
