"""A small neighbourhood with the real bot, the real database and the real pages; only the clock is ours."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Request

from adapters.web import Hub, WebDeps, code_digest
from bot.domain.org import Duty, Group, Organization, Person, Unit
from bot.domain.ticket import Ticket
from bot.live import Bot
from storage.media import MediaFolder
from storage.open import Storage

NOON = datetime(2025, 9, 3, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
LAMP = "3号楼楼道灯坏了三天了，老人摔了一跤"
Browser = TestClient[Request, Any]
NewBrowser = Callable[[], Awaitable[Browser]]

ORG = Organization(
    units={
        "town": Unit("town", "和平镇", "street"),
        "court": Unit("court", "学苑小区", "community", "town", aliases=("学苑",)),
        "other": Unit("other", "东风小区", "community", "town"),
    },
    people={
        "wang": Person("wang", "王建国"),
        "li": Person("li", "李书记"),
        "sun": Person("sun", "孙东风"),
    },
    duties=(
        Duty("wang", "court", "steward"),
        Duty("li", "court", "owner"),
        Duty("sun", "other", "steward"),
    ),
    groups={
        group.key: group
        for group in (
            Group("web", "court", "court", listen="all", title="学苑小区居民群"),
            Group("web", "other", "other", listen="all", title="东风小区居民群"),
        )
    },
)


class HandClock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        """The present instant."""
        return self.time

    def pass_by(self, **span: float) -> None:
        """Let time go by."""
        self.time += timedelta(**span)


@dataclass(slots=True)
class House:
    """The neighbourhood at work."""

    storage: Storage
    bot: Bot
    hub: Hub
    clock: HandClock
    deps: WebDeps
    media: MediaFolder
    new_browser: NewBrowser

    def ask(self, job: Callable[[Any], Any]) -> Any:
        """Look into the database."""
        return self.storage.desk.run(job)

    def invite(self, room: str = "court") -> str:
        """The invite token of a room."""
        return str(self.ask(lambda uow: uow.rooms.invite(f"web:{room}")))

    def code_for(self, person: str, code: str = "code-of-22-characters-x") -> str:
        """A one-time code."""
        code = f"{code}-{person}"
        self.ask(lambda uow: uow.org.issue_code(person, code_digest(code), self.clock.now() + timedelta(days=1)))
        return code

    def tickets(self) -> list[Ticket]:
        """All tickets."""
        found: list[Ticket] = self.ask(lambda uow: uow.tickets.all())
        return found

    async def talk(self) -> None:
        """Let the bot say all that it has to say."""
        for _ in range(5):
            await self.bot.work_off()

    async def resident(self, name: str = "3-2-501", room: str = "court") -> "Guest":
        """A browser that has entered a room."""
        guest = Guest(self, await self.new_browser(), room)
        await guest.post_form(f"/r/{self.invite(room)}", name=name)
        return guest

    async def staff(self, person: str, room: str = "court") -> "Guest":
        """A browser that is bound to a person and has entered a room."""
        guest = Guest(self, await self.new_browser(), room)
        await guest.post_form(f"/bind/{self.code_for(person)}")
        await guest.post_form(f"/room/{room}/enter")
        return guest


def origin_of(browser: Browser) -> str:
    """What a page of this server sends as its origin."""
    server = browser.server
    assert isinstance(server, TestServer)
    return f"http://{server.host}:{server.port}"


@dataclass(slots=True)
class Guest:
    """Somebody at a browser."""

    house: House
    browser: Browser
    room: str
    said: int = 0

    async def post_form(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form as a page would; status and text of where it leads."""
        answer = await self.browser.post(path, data=fields, headers={"Origin": origin_of(self.browser)})
        return answer.status, await answer.text()

    async def get(self, path: str) -> tuple[int, str]:
        """Open a page."""
        answer = await self.browser.get(path)
        return answer.status, await answer.text()

    async def command(self, body: dict[str, Any], room: str | None = None) -> tuple[int, dict[str, Any]]:
        """Send a command by post."""
        path = f"/room/{room or self.room}"
        answer = await self.browser.post(path, json=body, headers={"Origin": origin_of(self.browser)})
        return answer.status, await answer.json()

    def next_id(self) -> str:
        """A client id."""
        self.said += 1
        return f"client-{self.said:04}"

    async def say(self, text: str, room: str | None = None, **more: Any) -> int:
        """Say something and let the bot answer; gives the seq of the line."""
        body = {"type": "say", "id": self.next_id(), "text": text, **more}
        status, answer = await self.command(body, room)
        assert status == 200, answer
        await self.house.talk()
        return int(answer["seq"])

    async def press(self, ticket: Ticket, action: str, text: str = "", room: str | None = None) -> int:
        """Tap a button; gives the status."""
        body = {"type": "press", "id": self.next_id(), "ticket": ticket.id, "action": action, "text": text}
        status, _ = await self.command(body, room)
        await self.house.talk()
        return status

    async def rate(self, ticket: Ticket, rating: int, room: str | None = None) -> int:
        """Rate; gives the status."""
        body = {"type": "rate", "id": self.next_id(), "ticket": ticket.id, "rating": rating}
        status, _ = await self.command(body, room)
        await self.house.talk()
        return status

    async def socket(self, room: str | None = None, after: int = -1) -> ClientWebSocketResponse:
        """Open the live side of a chat page."""
        path = f"/ws?room={room or self.room}&after={after}"
        return await self.browser.ws_connect(path, origin=origin_of(self.browser))

    async def lines(self, room: str | None = None, after: int = -1) -> list[dict[str, Any]]:
        """The lines that a fresh page shows."""
        async with await self.socket(room, after) as ws:
            frame = await ws.receive_json()
        found: list[dict[str, Any]] = frame["lines"]
        return found

    async def ticket_now(self, room: str | None = None) -> dict[str, Any]:
        """The newest ticket as the footer of the bot's lines shows it."""
        async with await self.socket(room) as ws:
            frame = await ws.receive_json()
        found: dict[str, Any] = max(frame["tickets"], key=lambda ticket: ticket["id"])
        return found


def plain(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
