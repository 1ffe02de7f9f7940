"""One question, one POST: no tools, no history, no redirects, no cookies. Whatever goes wrong is no answer.

Neither the words nor the key are ever logged; what is remembered of the words is a hash.
"""

import asyncio
import json
from collections import OrderedDict
from hashlib import blake2b
from typing import Any

import structlog
from aiohttp import ClientError, ClientResponse, ClientSession, DummyCookieJar

from adapters.llm.allowance import Allowance
from bot.ports import Clock, Opinion
from bot.settings import LlmSettings
from bot.triage.opinion import Guide, NonsenseError, fenced, read_answer

REMEMBERED = 1000  # answers
TOKENS = 100  # of an answer; four codes need half
LONGEST = 65_536  # bytes of an answer
BUSY = frozenset({429, 503})
OK = 200


class Endpoint:
    """Asks a language model for a second opinion (``ports.SecondOpinion``)."""

    def __init__(self, settings: LlmSettings, guide: Guide, clock: Clock) -> None:
        self._settings = settings
        self._guide = guide
        self._allowance = Allowance(settings.per_day, clock)
        self._lines = asyncio.Semaphore(settings.concurrency)
        self._known: OrderedDict[bytes, Opinion | None] = OrderedDict()
        self._session: ClientSession | None = None
        self._log = structlog.get_logger("llm")

    async def ask(self, words: str) -> Opinion | None:
        """Ask once for the same words; the time for it includes waiting for a free line."""
        key = blake2b(words.encode("utf-8", "replace"), digest_size=16).digest()
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        try:
            async with asyncio.timeout(self._settings.timeout_seconds), self._lines:
                if not self._allowance.take():
                    return None
                opinion = read_answer(await self._fetch(words), self._guide)
        except (ClientError, OSError, ValueError) as error:  # a timeout is an OSError, nonsense a ValueError
            self._log.warning("no second opinion", reason=_reason(error))
            return None
        self._remember(key, opinion)
        return opinion

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    def _remember(self, key: bytes, opinion: Opinion | None) -> None:
        self._known[key] = opinion
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _fetch(self, words: str) -> str:
        url = f"{self._settings.url.rstrip('/')}/chat/completions"
        key = self._settings.key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        session = self._opened()
        async with session.post(url, json=self._body(words), headers=headers, allow_redirects=False) as response:
            if response.status in BUSY:
                self._allowance.pause(response.headers.get("Retry-After", ""))
            if response.status != OK:
                raise NonsenseError(f"status {response.status}")
            return _content(await _body_of(response))

    def _opened(self) -> ClientSession:
        """The session belongs to the running loop: it is opened with the first question."""
        if self._session is None:
            self._session = ClientSession(cookie_jar=DummyCookieJar())
        return self._session

    def _body(self, words: str) -> dict[str, Any]:
        system, user = {"role": "system", "content": self._guide.prompt}, {"role": "user", "content": fenced(words)}
        body = {"model": self._settings.model, "temperature": 0, "max_tokens": TOKENS, "messages": [system, user]}
        if self._settings.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        if self._settings.format == "json_schema":
            schema = {"name": "opinion", "strict": True, "schema": self._guide.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body


async def _body_of(response: ClientResponse) -> bytes:
    body = b""
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LONGEST:
            raise NonsenseError("too long")
    return body


def _content(body: bytes) -> str:
    """The model's own words inside the envelope."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NonsenseError("no completion") from None
    if not isinstance(content, str):
        raise NonsenseError("no words")
    return content


def _reason(error: Exception) -> str:
    """Why, in words of ours: an exception of a library may quote what was sent."""
    return str(error) if isinstance(error, NonsenseError) else type(error).__name__
