"""One message, one POST: five seconds for all of it, no redirect followed, no cookie kept, and the answer's words unread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorSSLError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
    ThreadedResolver,
)  # fmt: skip
from aiohttp.abc import AbstractResolver

from adapters.webhook.guarding import GuardedResolver, guarded_socket, was_refused
from adapters.webhook.signing import headers
from bot.domain.addresses import Network, may_reach
from bot.domain.hook import Hook, is_fit

BUDGET = 5.0  # seconds: name, connection, encryption, answer
LONGEST_WAIT = 86_400.0  # seconds of a Retry-After that are believed
FIXED = {"Content-Type": "application/json", "User-Agent": "GridSteward"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a POST. ``status`` is 0 where there was no answer; then ``word`` says why: timeout, unreachable,
    certificate, address (it may not be called). ``retry_after`` in seconds.
    """

    status: int
    word: str
    retry_after: float = 0.0

    @property
    def arrived(self) -> bool:
        """Whether the receiver has taken it."""
        return 200 <= self.status < 300


class Poster:
    """Posts signed bodies. ``allowed`` are private networks that may be reached; ``resolver`` looks names up."""

    def __init__(
        self, allowed: Sequence[Network] = (), resolver: Callable[[], AbstractResolver] = ThreadedResolver
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver

    async def post(self, hook: Hook, id_: str, body: bytes, now: datetime) -> Answer:
        """Post a body under its key, signed at this instant; a failure is an answer like any other."""
        if not is_fit(hook.url, self._allowed):
            return Answer(0, "address")
        signed = FIXED | headers(hook.secrets(now), id_, int(now.timestamp()), body)
        try:
            return await self._ask(hook.url, body, signed, now)
        except TimeoutError:
            return Answer(0, "timeout")
        except (ClientConnectorCertificateError, ClientConnectorSSLError):
            return Answer(0, "certificate")
        except (ClientError, OSError, ValueError) as error:
            return Answer(0, "address" if was_refused(error) or isinstance(error, InvalidURL) else "unreachable")

    async def _ask(self, url: str, body: bytes, signed: Mapping[str, str], now: datetime) -> Answer:
        """A session of its own: a connection that is kept would lead to an address that was fit a while ago."""
        async with (
            ClientSession(
                connector=self._connector(url), cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=BUDGET)
            ) as session,
            session.post(url, data=body, headers=signed, allow_redirects=False) as answer,
        ):
            wait = seconds(answer.headers.get("Retry-After", ""), now)
            return Answer(answer.status, f"http {answer.status}", wait)

    def _connector(self, url: str) -> TCPConnector:
        fit = partial(may_reach, allowed=self._allowed, secure=urlsplit(url).scheme == "https")
        return TCPConnector(
            resolver=GuardedResolver(self._resolver(), fit),
            use_dns_cache=False,
            force_close=True,
            socket_factory=guarded_socket(fit),
        )


def seconds(text: str, now: datetime) -> float:
    """A Retry-After, in seconds or as a date; 0 for none and for nonsense."""
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT)
