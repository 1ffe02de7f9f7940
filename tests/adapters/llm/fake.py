"""A language model that is none: a real server on loopback that answers as a test tells it to, and keeps what it was sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[], Awaitable[web.StreamResponse]]
REQUEST = {"verdict": "request", "nature": "complaint", "category": "noise", "urgency": "urgent"}
CHAT = {**REQUEST, "verdict": "chat"}
KEY = "sk-very-secret"


def says(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with a completion; anything but a string goes out as JSON inside of it."""
    words = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

    async def answer() -> web.StreamResponse:
        body = {"id": "x", "choices": [{"index": 0, "message": {"role": "assistant", "content": words}}]}
        return web.json_response(body, status=status, headers=headers)

    return answer


def sends(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with a body as it is."""

    async def answer() -> web.StreamResponse:
        raw = body.encode() if isinstance(body, str) else body
        return web.Response(body=raw, status=status, headers=headers, content_type="application/json")

    return answer


def never() -> Answer:
    """Keep the caller waiting for good."""

    async def answer() -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    return answer


@dataclass
class FakeModel:
    """The endpoint's other side."""

    answer: Answer = field(default_factory=lambda: says(REQUEST))
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    heads: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    lines: int = 0  # questions being answered
    most_lines: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Keep the question and answer it."""
        self.asked.append(await request.json())
        self.heads.append(request.headers)
        self.paths.append(request.path)
        self.lines += 1
        self.most_lines = max(self.most_lines, self.lines)
        try:
            return await self.answer()
        finally:
            self.lines -= 1

    @property
    def words(self) -> list[str]:
        """The words that it was asked about."""
        return [json.loads(question["messages"][1]["content"])["words"] for question in self.asked]
