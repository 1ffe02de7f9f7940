"""One connection to a gateway: calls, the stream of events, files in pieces."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from adapters.wechaty.wire import message_class
from bot.ports import Refused
from bot.settings import WechatySettings

ANSWER = 15.0  # seconds for an answer
TRANSFER = 30.0  # seconds for a file
PIECE = 64 * 1024  # bytes of an upload
BUILT_IN_NAME = "insecure"  # of every gateway's own certificate
OPTIONS = [
    ("grpc.max_receive_message_length", 8 << 20),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.use_local_subchannel_pool", 1),  # else a new connection waits out the pauses of the one before
    ("grpc.enable_retries", 0),  # nothing is sent twice behind our back
]
CLOSED = "CLOSED"  # our own code: the connection was closed before the question was asked
# After these the connection is worth nothing; any other error is the gateway's answer to one question.
BREAKS = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNAUTHENTICATED", CLOSED})


class GatewayError(Exception):
    """The gateway answered with an error, or not at all. ``code`` is the name of gRPC's, or ``CLOSED``."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details

    @property
    def breaks(self) -> bool:
        """Whether the connection is gone with it."""
        return self.code in BREAKS


class TooLargeError(Exception):
    """A file is larger than we take."""


def fault_of(settings: WechatySettings) -> str:
    """Why these settings lead to no connection, a Chinese sentence; nothing where they do."""
    if settings.stopped:
        return "wechaty.stopped 已打开：不收也不发"
    if not settings.token.get_secret_value():
        return "wechaty.token 是空的：请填网关的 token"
    if settings.tls == "off" and not _is_loopback(settings.endpoint):
        return "wechaty.tls = off 只能用于本机（127.0.0.1）的网关"
    if settings.tls == "built_in" and settings.ca is None:
        return "wechaty.tls = built_in 需要 wechaty.ca：网关自带的根证书文件，取法见 docs/channels/wechaty.zh-CN.md"
    if settings.ca is not None and settings.tls != "off" and not settings.ca.is_file():
        return f"wechaty.ca：没有文件 {settings.ca}"
    return ""


def _is_loopback(endpoint: str) -> bool:
    host = endpoint.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Gateway:
    """Speaks to a PuppetServer. Lives in one event loop."""

    def __init__(self, settings: WechatySettings, ca: bytes | None = None, answer: float = ANSWER) -> None:
        endpoint, token, tls = settings.endpoint, settings.token.get_secret_value(), settings.tls
        self._answer = answer
        self._metadata = (("authorization", f"Wechaty {token}"),)
        if tls == "off":
            # The token travels bare: past any proxy that the environment names, straight to this machine.
            direct = [("grpc.enable_http_proxy", 0)]
            self._channel = grpc.aio.insecure_channel(endpoint, options=[*OPTIONS, *direct])
        else:
            name = [("grpc.ssl_target_name_override", BUILT_IN_NAME)] if tls == "built_in" else []
            credentials = grpc.ssl_channel_credentials(ca)
            self._channel = grpc.aio.secure_channel(endpoint, credentials, options=[*OPTIONS, *name])

    async def call(self, rpc: str, *, within: float | None = None, **values: object) -> Any:
        """Ask one question; raises ``GatewayError``."""
        timeout = self._answer if within is None else within
        method = self._method("unary_unary", rpc)
        with _errors_told():
            answer = await method(message_class(f"{rpc}Request")(**values), metadata=self._metadata, timeout=timeout)
        return _readable(answer)

    def events(self) -> "EventStream":
        """Open the stream of events: a gateway has one, and refuses a second."""
        method = self._method("unary_stream", "Event")
        return EventStream(method(message_class("EventRequest")(), metadata=self._metadata))

    async def download(self, identifier: str, limit: int) -> bytes:
        """Fetch a file in pieces; raises ``TooLargeError`` as soon as it is known."""
        method, content = self._method("unary_stream", "Download"), bytearray()
        with _errors_told():
            call = method(message_class("DownloadRequest")(id=identifier), metadata=self._metadata, timeout=TRANSFER)
        try:
            with _errors_told():
                async for piece in call:
                    content += _readable(piece).chunk
                    if len(content) > limit:
                        raise TooLargeError
        finally:
            call.cancel()
        return bytes(content)

    async def upload(self, content: bytes) -> str:
        """Give a file to the gateway in pieces; gives its id there."""
        upload = self._method("stream_unary", "Upload")
        with _errors_told():
            answer = await upload(_pieces(content), metadata=self._metadata, timeout=TRANSFER)
        return str(_readable(answer).id)

    async def close(self) -> None:
        """Hang up; what is on its way is cancelled."""
        await self._channel.close()

    def _method(self, kind: str, rpc: str) -> Any:
        return getattr(self._channel, kind)(
            f"/wechaty.Puppet/{rpc}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_class(f"{rpc}Response").FromString,
        )


class EventStream:
    """What happens at the gateway, one after the other. A silence does not end it."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._reading: asyncio.Task[Any] | None = None

    async def read(self, patience: float) -> Any:
        """The next event; raises ``TimeoutError`` where none came, ``EOFError`` where none will, ``GatewayError``."""
        # The reading outlives its timeout: gRPC would cancel the whole stream with it.
        self._reading = self._reading or asyncio.ensure_future(self._call.read())
        done, _ = await asyncio.wait({self._reading}, timeout=patience)
        if not done:
            raise TimeoutError
        reading, self._reading = self._reading, None
        with _errors_told():
            event = reading.result()
        if event is grpc.aio.EOF:
            raise EOFError
        return _readable(event)

    async def close(self) -> None:
        """Stop listening."""
        self._call.cancel()
        if self._reading is not None:
            await asyncio.wait({self._reading})
            if not self._reading.cancelled():
                self._reading.exception()


async def open_gateway(settings: WechatySettings, answer: float = ANSWER) -> Gateway:
    """A gateway as the settings say; raises ``Refused`` where they cannot work."""
    if fault := await asyncio.to_thread(fault_of, settings):
        raise Refused(fault)
    ca = await asyncio.to_thread(settings.ca.read_bytes) if settings.ca and settings.tls != "off" else None
    return Gateway(settings, ca, answer)


def in_words(error: GatewayError) -> Exception:
    """The error as whoever looks after the bot should read it; ``Refused`` where waiting does not help."""
    if error.code == "UNAUTHENTICATED":
        return Refused("网关不认这个 token：请核对 wechaty.token")
    if error.code == "ALREADY_EXISTS":
        return ConnectionError("another client listens at this gateway: it serves one at a time")
    return error


@contextmanager
def _errors_told() -> Iterator[None]:
    """gRPC's errors as ours. Where the channel is closed under a call, gRPC says that the *task* was cancelled: nobody did."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise _told(error) from None
    except grpc.aio.UsageError:
        raise GatewayError(CLOSED, "the connection was closed before") from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise GatewayError("CANCELLED", "the connection was closed") from None


def _told(error: grpc.aio.AioRpcError) -> GatewayError:
    """Without the words of a gateway that refuses a token: they repeat it, and errors get into logs. Of Node's only the first
    line: below it stand the names of functions, which tell nothing and may read like a reason.
    """
    code, details = error.code().name, (error.details() or "").partition("\n")[0]
    return GatewayError(code, "" if code == "UNAUTHENTICATED" else details[:300])


def _readable(answer: Any) -> Any:
    """gRPC gives None for bytes that are no such message."""
    if answer is None:
        raise GatewayError("INTERNAL", "an answer that cannot be read")
    return answer


async def _pieces(content: bytes) -> AsyncIterator[Any]:
    request = message_class("UploadRequest")
    for start in range(0, len(content), PIECE):
        yield request(chunk=content[start : start + PIECE])
