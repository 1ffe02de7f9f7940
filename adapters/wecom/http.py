"""What goes over plain HTTP: a webhook robot's words, answers to a callback, photos that people sent."""

import asyncio

import structlog
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
)

from adapters.wecom.codes import ack_of, result_of
from adapters.wecom.crypto import key_of, unlock
from adapters.wecom.link import UnsentError
from adapters.wecom.translate import Picture, object_in
from bot.messages import Media
from bot.ports import MediaStore, SendResult

LARGEST = 15 * 1000 * 1000  # bytes of a photo
AT_ONCE = 4  # photos: with callbacks many messages are taken at a time, and strangers must not fill the memory
OK, SERVER_FAILED = 200, 500
PASSING = {429: "retry", 503: "held"}  # while the server is away nobody is reached
WAIT = 30.0  # seconds


class Http:
    """A session for all of it, opened in the loop that uses it. ``patience`` is in seconds; a photo gets three times that."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._session: ClientSession | None = None
        self._closed = False
        self._fetching = asyncio.Semaphore(AT_ONCE)
        self._log = structlog.get_logger("channel").bind(channel="wecom")

    @property
    def session(self) -> ClientSession:
        """The session, opened with its first use. Raises ``UnsentError`` after the end."""
        if self._closed:
            raise UnsentError("closed")
        if self._session is None:
            timeout = ClientTimeout(total=self._patience, connect=self._patience / 2)
            self._session = ClientSession(cookie_jar=DummyCookieJar(), timeout=timeout)
        return self._session

    async def close(self) -> None:
        """Hang up for good."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, body: object, platform_id: str | None, key: str = "") -> SendResult:
        """Post a message; what may have arrived although no answer came is uncertain."""
        parameters = {"key": key} if key else {}
        try:
            async with self.session.post(url, params=parameters, json=body, allow_redirects=False) as response:
                if response.status in PASSING:
                    wait = seconds(response.headers.get("Retry-After", ""))
                    return SendResult(PASSING[response.status], retry_after=wait)
                if response.status != OK:
                    return self._not_ok(response.status, platform_id)
                answer = object_in(await response.read())
        except (UnsentError, ClientConnectorError, ConnectionTimeoutError) as error:
            self._log.warning("not reached", reason=type(error).__name__)
            return SendResult("held", retry_after=WAIT)
        except (ClientError, OSError):  # a timeout is an OSError
            return SendResult("uncertain", platform_id)
        return result_of(ack_of(answer), platform_id)

    def _not_ok(self, status: int, platform_id: str | None) -> SendResult:
        if status >= SERVER_FAILED:
            return SendResult("uncertain", platform_id)
        self._log.warning("refused", status=status, advice="no robot answers there: check wecom.webhook_url")
        return SendResult("dead")

    async def photo(self, picture: Picture, own_key: str, store: MediaStore) -> Media | None:
        """Fetch, decrypt and store a photo; None where that fails: the message goes on without it."""
        try:
            async with self._fetching:
                sealed = await self._fetch(picture.url)
                return await asyncio.to_thread(_stored, sealed, picture.key or own_key, store)
        except Exception as error:  # also of the store, whose errors are not ours to know
            self._log.warning("photo lost", reason=type(error).__name__)
            return None

    async def _fetch(self, url: str) -> bytes:
        content = bytearray()
        timeout = ClientTimeout(total=3 * self._patience)
        async with self.session.get(url, allow_redirects=False, timeout=timeout) as response:
            if response.status != OK:
                raise ClientError(f"status {response.status}")
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > LARGEST:
                    raise ClientError("too large")
        return bytes(content)


def _stored(sealed: bytes, key: str, store: MediaStore) -> Media:
    return store.put(unlock(sealed, key_of(key)) if key else sealed, "photo")


def seconds(text: str) -> float:
    """A Retry-After in seconds."""
    return float(text) if text.isascii() and text.isdigit() else WAIT
