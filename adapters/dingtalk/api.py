"""DingTalk's HTTP calls: the access token, a place in the stream, sending, pictures. No redirects, no cookies, no retries."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from yarl import URL

from adapters.dingtalk.answers import BUSY, OK, TURNED_AWAY, Answer
from bot.ports import Clock, Refused
from bot.settings import DingtalkSettings

TOKEN, OPEN = "v1.0/oauth2/accessToken", "v1.0/gateway/connections/open"
TO_GROUP, TO_PERSON = "v1.0/robot/groupMessages/send", "v1.0/robot/oToMessages/batchSend"
DOWNLOAD = "v1.0/robot/messageFiles/download"
UPLOAD = "media/upload"  # of the old calls
MESSAGES, EVENTS = "/v1.0/im/bot/messages/get", "*"  # topics of the stream
OWN_DOMAINS = ("dingtalk.com", "dingtalk.io")
EARLY = timedelta(minutes=5)  # a token is fetched anew so long before it ends
LARGEST_PICTURE = 15_000_000
LARGEST_ANSWER = 1_000_000
CHUNK = 65_536
UNREACHED = 60.0  # seconds
PATIENCE = 10.0  # seconds; a message that is not acknowledged within 15 comes again


class UnsentError(Exception):
    """What was to be sent has surely not left: it may be tried again after so many seconds."""

    def __init__(self, reason: str, retry_after: float = UNREACHED) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Api:
    """Speaks to DingTalk for one robot."""

    def __init__(self, settings: DingtalkSettings, clock: Clock, patience: float = PATIENCE) -> None:
        self._id = settings.client_id
        self._secret = settings.client_secret.get_secret_value()
        self._home = URL(settings.url.rstrip("/"))
        self._clock = clock
        self._patience = patience
        self._timeout = ClientTimeout(total=patience, connect=patience / 2)
        self._session: ClientSession | None = None
        self._is_closed = False
        self._token = ""
        self._until: datetime | None = None
        self._fetching = asyncio.Lock()  # many may want a token at once; it is asked for once

    @property
    def session(self) -> ClientSession:
        """Belongs to the running loop: opened with the first use.

        Each call has a connection of its own. One that was kept may have died, and then nobody knows what arrived.
        """
        if self._is_closed:
            raise UnsentError("closed")
        if self._session is None:
            connector = TCPConnector(force_close=True)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        """Hang up for good."""
        self._is_closed = True
        if self._session is not None:
            await self._session.close()

    async def stream(self) -> URL:
        """A place in the stream: where to connect, good once and for a short time. Raises ``Refused``."""
        topics = [{"type": "CALLBACK", "topic": MESSAGES}, {"type": "EVENT", "topic": EVENTS}]
        body = {"clientId": self._id, "clientSecret": self._secret, "subscriptions": topics, "ua": "gridsteward/1"}
        answer = await self.post(self._home / OPEN, body)
        self._check(answer)
        return place_of(answer, self._home.scheme == "https")

    async def token(self) -> str:
        """The access token. Raises ``Refused`` or ``UnsentError``."""
        async with self._fetching:
            if self._until is None or self._clock.now() >= self._until:
                await self._renew()
            return self._token

    async def call(self, path: str, body: dict[str, Any]) -> Answer:
        """Call the robot's API as this robot."""
        url, whole = self._home / path, {"robotCode": self._id, **body}
        return await self._with_token(lambda token: self.post(url, whole, token))

    async def upload(self, photo: bytes) -> Answer:
        """Give DingTalk a photo to show; the answer holds its ``media_id``."""
        return await self._with_token(lambda token: self.post(self._old_home(token), _form(photo)))

    async def post(self, url: URL, body: dict[str, Any] | FormData, token: str = "") -> Answer:
        """One POST. Raises ``UnsentError`` where no connection came about; any other error leaves it open what arrived."""
        headers = {"x-acs-dingtalk-access-token": token} if token else {}
        json_, data = (None, body) if isinstance(body, FormData) else (body, None)
        try:
            async with self.session.post(
                url, json=json_, data=data, headers=headers, allow_redirects=False
            ) as response:
                return await _answer(response)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise UnsentError(type(error).__name__) from error

    async def picture(self, code: str) -> bytes | None:
        """A picture; None where it is too large or cannot be had."""
        with suppress(ClientError, OSError, ValueError, UnsentError, Refused):  # a timeout is an OSError
            async with asyncio.timeout(self._patience):
                answer = await self.call(DOWNLOAD, {"downloadCode": code})
                url = answer.body.get("downloadUrl")
                if isinstance(url, str) and self.is_safe(URL(url)):
                    return await self._download(URL(url))
        return None

    def is_safe(self, url: URL) -> bool:
        """Whether what goes there is hidden from others on the way; a test's DingTalk stands on the same machine."""
        return url.scheme == "https" or url.origin() == self._home.origin()

    def is_own(self, url: str) -> bool:
        """Whether an address is DingTalk's."""
        try:
            there = URL(url)
            host = there.host or ""
            is_theirs = any(host == domain or host.endswith(f".{domain}") for domain in OWN_DOMAINS)
            return (there.scheme == "https" and is_theirs) or there.origin() == self._home.origin()
        except ValueError:
            return False

    async def _with_token(self, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        """Call with the access token, once more where it has gone stale."""
        token = await self.token()
        answer = await call(token)
        if not answer.is_stale:
            return answer
        if token == self._token:  # nobody else has fetched another one meanwhile
            self._until = None
        return await call(await self.token())

    def _old_home(self, token: str) -> URL:
        """Where photos are uploaded: the old calls live at ``oapi.`` where the new ones live at ``api.``."""
        host = self._home.host or ""
        home = self._home.with_host(f"o{host}") if host.startswith("api.") else self._home
        return (home / UPLOAD).with_query(access_token=token)

    async def _renew(self) -> None:
        try:
            answer = await self.post(self._home / TOKEN, {"appKey": self._id, "appSecret": self._secret})
        except (ClientError, OSError) as error:
            raise UnsentError(type(error).__name__) from error
        self._check(answer)
        token, seconds = answer.body.get("accessToken"), answer.body.get("expireIn")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise UnsentError("no access token")
        self._token, self._until = token, self._clock.now() + timedelta(seconds=seconds) - EARLY

    def _check(self, answer: Answer) -> None:
        """Raises where we are not let in: ``Refused`` where only a person can help."""
        if answer.status == OK and not answer.code:
            return
        if answer.pause or answer.status not in TURNED_AWAY:  # not theirs, it may be a proxy's on the way
            raise UnsentError(answer.words(), answer.pause or BUSY)
        raise Refused(f"钉钉不接受 client_id 或 client_secret，或应用没有开通（{answer.words()}）")

    async def _download(self, url: URL) -> bytes | None:
        async with self.session.get(url, allow_redirects=False) as response:
            return await _read(response, LARGEST_PICTURE) if response.status == OK else None


def place_of(answer: Answer, is_hidden: bool) -> URL:
    """Where the gateway sends us, with the ticket; never over an open line when it was asked over a hidden one."""
    endpoint, ticket = answer.body.get("endpoint"), answer.body.get("ticket")
    if not isinstance(endpoint, str) or not isinstance(ticket, str):
        raise ConnectionError("the gateway named no endpoint")
    if is_hidden and not endpoint.startswith("wss://"):
        raise ConnectionError("the gateway named an open line")
    return URL(endpoint).update_query(ticket=ticket)


def _form(photo: bytes) -> FormData:
    """What uploads a photo; good for one call."""
    form = FormData({"type": "image"})
    form.add_field("media", photo, filename="photo.jpg", content_type="image/jpeg")
    return form


async def _read(response: ClientResponse, most: int) -> bytes | None:
    """What came, or None where it is more than that."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > most:
            return None
    return bytes(content)


async def _answer(response: ClientResponse) -> Answer:
    """The status with its JSON object; what is none is left out."""
    try:
        body = json.loads(await _read(response, LARGEST_ANSWER) or b"")
    except (ValueError, RecursionError):
        body = {}
    after = response.headers.get("Retry-After", "")
    wait = float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0.0
    return Answer(response.status, body if isinstance(body, dict) else {}, wait)
