"""The platform's API: one token for all calls, made anew in time; answers with their code, whatever the code."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
)

from adapters.feishu.content import compact, fields_of
from bot.ports import Refused
from bot.settings import FeishuSettings

TIMEOUT = ClientTimeout(total=10, sock_connect=5)
TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"  # noqa: S105 - a path
EARLY = 300.0  # seconds before its end a token is made anew
SPENT = frozenset({99991661, 99991663, 99991664, 99991665, 99991668, 99991671})  # the token is no good (any more)
MEGABYTE = 1_000_000
LONGEST_ANSWER, LARGEST_PHOTO = 4 * MEGABYTE, 15 * MEGABYTE
OK, TOO_MANY, BROKEN = 200, 429, 500
LIMITED = frozenset({99991400, 99991402, 11232, 11233, 11020, 11021, 230020, 230049})  # the last: it is being sent
NO_ANSWER = -1  # the code of what the platform has not written: a page of some server in between
UNREACHED = 5.0  # seconds until the next try


class NotSentError(Exception):
    """Nothing of a message was taken: it may be sent again without fear, after ``pause`` seconds."""

    def __init__(self, reason: str, pause: float = UNREACHED) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said. ``code`` is 0 where all is well; ``pause`` how many seconds it wants to be left alone."""

    status: int
    code: int
    words: str
    body: Mapping[str, Any]
    pause: float = 0.0

    @property
    def data(self) -> Mapping[str, Any]:
        """The inner part, empty where there is none."""
        found = self.body.get("data")
        return found if isinstance(found, dict) else {}

    @property
    def is_limited(self) -> bool:
        """Whether it was only too much for now."""
        return self.status == TOO_MANY or self.code in LIMITED

    @property
    def is_down(self) -> bool:
        """Whether the platform, or what stands before it, could not answer."""
        return self.status >= BROKEN or self.code == NO_ANSWER


class Api:
    """Calls under the app's own name. Raises ``NotSentError``, or aiohttp's errors where a call may have arrived."""

    def __init__(self, settings: FeishuSettings, timeout: ClientTimeout = TIMEOUT) -> None:
        self._settings = settings
        self._timeout = timeout
        self._session: ClientSession | None = None
        self._token = ""
        self._until = 0.0  # on the loop's clock
        self._renewing = asyncio.Lock()
        self._is_closed = False

    @property
    def session(self) -> ClientSession:
        """The session belongs to the running loop: it is opened with the first question."""
        if self._is_closed:
            raise NotSentError("closed")
        if self._session is None:
            self._session = ClientSession(cookie_jar=DummyCookieJar(), timeout=self._timeout, json_serialize=compact)
        return self._session

    async def close(self) -> None:
        """Hang up for good."""
        self._is_closed = True
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: str) -> Answer:
        """Ask."""
        return await self._call("GET", path, query)

    async def post(self, path: str, body: Mapping[str, Any], **query: str) -> Answer:
        """Tell."""
        return await self._call("POST", path, query, body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Change."""
        return await self._call("PATCH", path, {}, body)

    async def upload(self, content: bytes) -> Answer:
        """Bring a photo to the platform; ``data.image_key`` is its name there."""
        return await self._call("POST", "/open-apis/im/v1/images", {}, content)

    async def download(self, message: str, photo: str) -> bytes | None:
        """A photo of a message; None where it is not given, or too large."""
        path = f"/open-apis/im/v1/messages/{quote(message, safe='')}/resources/{quote(photo, safe='')}"
        for _ in range(2):
            headers = {"Authorization": f"Bearer {await self._valid_token()}"}
            asking = self.session.get(self.url(path), params={"type": "image"}, headers=headers, allow_redirects=False)
            async with asking as response:
                if response.status == OK:
                    return await _bytes_of(response, LARGEST_PHOTO)
                if (await _answer_of(response)).code not in SPENT:
                    return None
            self._until = 0.0
        return None

    def url(self, path: str) -> str:
        """Where a path of the platform lies."""
        return f"{self._settings.url.rstrip('/')}{path}"

    async def anonymous(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A call that proves itself by its own body."""
        async with self.session.post(self.url(path), json=body, allow_redirects=False) as response:
            return await _answer_of(response)

    async def _call(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | bytes | None = None
    ) -> Answer:
        """One call; a second where the token was spent before its time."""
        answer = await self._once(method, path, query, body)
        if answer.code in SPENT:
            self._until = 0.0
            answer = await self._once(method, path, query, body)
        return answer

    async def _once(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | bytes | None
    ) -> Answer:
        headers = {"Authorization": f"Bearer {await self._valid_token()}"}
        sent: dict[str, Any] = {"data": _form(body)} if isinstance(body, bytes) else {"json": body}
        try:
            async with self.session.request(
                method, self.url(path), params=query, headers=headers, allow_redirects=False, **sent
            ) as response:
                return await _answer_of(response)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotSentError(f"{type(error).__name__}: {error}") from error

    async def _valid_token(self) -> str:
        async with self._renewing:  # one renewal serves all who wait for it
            if asyncio.get_running_loop().time() >= self._until:
                try:
                    await self._renew()
                except (ClientError, OSError) as error:
                    raise NotSentError(f"{type(error).__name__}: {error}") from error
            return self._token

    async def _renew(self) -> None:
        secret = self._settings.app_secret.get_secret_value()
        answer = await self.anonymous(TOKEN_PATH, {"app_id": self._settings.app_id, "app_secret": secret})
        token, seconds = answer.body.get("tenant_access_token"), answer.body.get("expire")
        if answer.is_limited or answer.is_down:
            raise NotSentError(f"no token: status {answer.status}, code {answer.code}", answer.pause or UNREACHED)
        if answer.code or not isinstance(token, str) or not isinstance(seconds, int):
            raise Refused(f"app_id 或 app_secret 不对（{answer.code} {answer.words}）")
        self._token = token
        self._until = asyncio.get_running_loop().time() + max(seconds - EARLY, seconds / 2)


def _form(photo: bytes) -> FormData:
    form = FormData()
    form.add_field("image_type", "message")
    form.add_field("image", photo, filename="photo.jpg", content_type="image/jpeg")
    return form


async def _answer_of(response: ClientResponse) -> Answer:
    raw = await _bytes_of(response, LONGEST_ANSWER) or b""
    body = fields_of(raw.decode("utf-8", "replace"))
    code = body.get("code")
    if not isinstance(code, int) or (code == 0 and response.status != OK):
        code = NO_ANSWER
    return Answer(response.status, code, str(body.get("msg", ""))[:200], body, _pause(response.headers))


def _pause(headers: Mapping[str, str]) -> float:
    given = headers.get("x-ogw-ratelimit-reset", "") or headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0.0


async def _bytes_of(response: ClientResponse, limit: int) -> bytes | None:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
