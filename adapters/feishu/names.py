"""How people of a group are called: the platform does not say it with their messages, but lists a group's members."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import ClientError

from adapters.feishu.api import Api, NotSentError
from adapters.feishu.content import word
from bot.ports import Refused

FRESH = 3600.0  # seconds for which a list is believed, also that there is none
PATIENCE = 2.0  # seconds: a message does not wait for a name
PAGES, PAGE = 20, "100"


@dataclass(slots=True)
class _Members:
    at: float
    names: dict[str, str] = field(default_factory=dict)


class Names:
    """Remembers the members of each group for an hour."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[str, _Members] = {}

    def known(self, chat: str, account: str) -> str | None:
        """The name, "" where it is known that there is none to find; None where the platform may be asked."""
        members = self._known.get(chat)
        if members is None or asyncio.get_running_loop().time() - members.at > FRESH:
            return None
        return members.names.get(account, "")

    def learn(self, chat: str, account: str, name: str) -> None:
        """Somebody new came in after the list was made."""
        if chat in self._known:
            self._known[chat].names[account] = name

    async def ask(self, chat: str, account: str) -> str:
        """The name, as the platform lists it now; "" where it tells none."""
        members = self._known[chat] = _Members(asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(PATIENCE):
                await self._fill(chat, members)
        except (ClientError, OSError, NotSentError, Refused):  # a name is a kindness, no need
            pass
        return members.names.get(account, "")

    async def _fill(self, chat: str, members: _Members) -> None:
        path, token = f"/open-apis/im/v1/chats/{quote(chat, safe='')}/members", ""
        for _ in range(PAGES):
            more = {"page_token": token} if token else {}
            answer = await self._api.get(path, member_id_type="open_id", page_size=PAGE, **more)
            items = answer.data.get("items")
            for one in items if isinstance(items, list) else ():
                members.names[word(one, "member_id")] = word(one, "name")
            token = word(answer.data, "page_token")
            if answer.data.get("has_more") is not True or not token:
                return
