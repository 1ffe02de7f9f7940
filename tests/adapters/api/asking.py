"""Asking the API as a program would."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.web.limits import RateLimit
from bot.ports import ApiKey
from bot.usecases.keys import make
from tests.adapters.web.house import Browser, House

REQUESTS = 20_000, timedelta(minutes=1)  # the walks over every operation stay far below


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.text)


@dataclass(slots=True)
class Api:
    """The API of a house."""

    house: House
    browser: Browser
    limit: RateLimit
    asked: int = 0

    async def key(self, person: str, unit: str = "court", scope: str = "read") -> str:
        """A new key of a person, who is given an account if he has none."""
        await self.house.staff(person)
        return self.store(ApiKey("", person, unit, scope, "test", self.house.clock.now(), ""))

    def store(self, wanted: ApiKey) -> str:
        """The key for what is wanted; raises what the use case raises."""
        ids = self.house.deps.services.ids
        return str(self.house.ask(lambda uow: make(uow, uow.org.load(), ids, wanted)))

    async def send(self, method: str, path: str, key: str = "", **more: Any) -> Answer:
        """Send a request."""
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}
        async with self.browser.request(method, f"/api{path}", headers=headers, **more) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def get(self, path: str, key: str, **query: str) -> Answer:
        """Ask for something."""
        return await self.send("GET", path, key, params=query)

    async def post(self, path: str, key: str, body: Any, once: str = "") -> Answer:
        """Do something, under a new mark unless one is given."""
        self.asked += 1
        headers = {"Idempotency-Key": once or f"mark-{self.asked:06}"}
        return await self.send("POST", path, key, json=body, headers=headers)
