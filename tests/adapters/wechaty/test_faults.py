"""Gateways die, hang, lie silent and come back; nothing is lost that is told, nothing is said twice."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.wechaty.channel import Patience, WechatyPlatform
from bot.messages import OutboundMessage
from bot.ports import Refused, SendResult, Tools
from tests.adapters.wechaty.conftest import GROUP, Ear, chosen, listening
from tests.fakes import CLEAR
from tests.peers.house import house
from tests.peers.wechaty import GatewayProcess, WechatyPeer, installed

SHORT = Patience(silence=0.5, answer=1.0, away=0.2, echo=0.5)
MESSAGE = OutboundMessage("k", GROUP, "1号件已登记", "progress")


@pytest.fixture
async def own_gateway() -> AsyncIterator[GatewayProcess]:
    """A gateway that the test may kill."""
    process = GatewayProcess()
    try:
        await asyncio.to_thread(process.start)
        yield process
    finally:
        process.kill()


class Wire:
    """A wire to the gateway that can be stalled: it stays connected, and nothing comes through any more."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.stalled = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> str:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, back}
        for source, target in ((reader, back), (there, writer)):
            self._tasks.add(asyncio.create_task(self._pass(source, target)))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while content := await source.read(65536):
                if not self.stalled:
                    target.write(content)
                    await target.drain()


async def test_a_half_open_connection_is_noticed(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    wire = Wire(gateway.port)
    platform = WechatyPlatform(chosen(await wire.open()), tools, SHORT)
    try:
        async with listening(platform, ear) as task:
            wire.stalled = True
            with pytest.raises(Exception, match="DEADLINE_EXCEEDED"):
                await asyncio.wait_for(task, 5)
    finally:
        await wire.close()


async def test_a_send_into_silence_is_uncertain(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """Whether the gateway got it or not: it is not sent again."""
    wire = Wire(gateway.port)
    platform = WechatyPlatform(chosen(await wire.open()), tools, Patience(answer=0.5, echo=0.2))
    try:
        async with listening(platform, ear):
            wire.stalled = True
            assert await platform.send(MESSAGE) == SendResult("uncertain")
    finally:
        await wire.close()


async def test_a_send_that_is_taken_and_not_answered_is_known_by_its_echo(
    gateway: GatewayProcess, tools: Tools, ear: Ear
) -> None:
    """The gateway tells the bot's own messages, too: what comes back has been said."""
    await gateway.do("mood", hang=2000)
    platform = WechatyPlatform(chosen(gateway.endpoint), tools, Patience(answer=0.5))
    async with listening(platform, ear):
        result = await platform.send(MESSAGE)

    [said] = await gateway.do("outbox")
    assert result == SendResult("sent", said["id"])


async def test_a_killed_gateway_ends_it_and_is_found_again(own_gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = WechatyPlatform(chosen(own_gateway.endpoint), tools, SHORT)
    async with listening(platform, ear) as task:
        await own_gateway.do("mood", hang=20_000)
        sending = asyncio.create_task(platform.send(MESSAGE))
        while not await own_gateway.do("outbox"):  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_gateway.kill)
        with pytest.raises(Exception, match="UNAVAILABLE"):
            await asyncio.wait_for(task, 5)
        assert (await sending).state in {"uncertain", "sent"}  # its echo may have come before the end
        assert (await platform.send(MESSAGE)).state == "held"
        assert "连不上" in (await platform.probe())[0]
    await asyncio.to_thread(own_gateway.start)
    async with listening(platform, ear):
        assert (await platform.send(MESSAGE)).state == "sent"


async def test_nothing_outlives_the_end(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    before = asyncio.all_tasks()
    async with listening(WechatyPlatform(chosen(gateway.endpoint), tools, SHORT), ear):
        pass
    if ending := asyncio.all_tasks() - before:
        await asyncio.wait(ending, timeout=1)

    assert asyncio.all_tasks() <= before


async def test_an_event_told_twice_has_one_effect(tmp_path: Path) -> None:
    peer = WechatyPeer(tmp_path, hears_all=True)
    await asyncio.to_thread(peer.gateway.start)
    try:
        async with house(tmp_path, peer) as built:
            said = await peer.say("zhang", CLEAR["drainage"])
            await built.shown("1号件已登记")
            await peer.gateway.do("event", name="message", payload={"messageId": said})
            await peer.say("zhang", CLEAR["facilities"])
            await built.shown("2号件已登记")
            assert len(built.tickets()) == 2
    finally:
        await peer.stop()


async def test_a_ticket_outlives_its_gateway(tmp_path: Path) -> None:
    peer = WechatyPeer(tmp_path)
    await asyncio.to_thread(peer.gateway.start)
    try:
        async with house(tmp_path, peer) as built:
            await peer.say("zhang", CLEAR["drainage"], address=True)
            ping = await built.shown("1号件已登记")
            await peer.cut()
            await peer.say("zhou", "收到", reply_to=ping.id)
            await built.until(lambda: built.tickets()[0].state == "in_progress")
    finally:
        await peer.stop()


# ---------------------------------------------------------------- TLS


@pytest.fixture
def built_in_ca(tmp_path: Path) -> Path:
    """The root certificate that comes with the gateway's package, as an operator takes it out."""
    source = installed() / "node_modules" / "wechaty-puppet-service" / "src" / "auth" / "ca.ts"
    found = re.search(r"TLS_CA_CERT = `(.*?)`", source.read_text(), re.DOTALL)
    assert found is not None
    file = tmp_path / "built-in.pem"
    file.write_text(found[1])
    return file


@pytest.fixture
def own_certificate() -> tuple[str, str]:
    """A certificate for localhost, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(encoding).decode(), secret.decode()


@pytest.fixture
def tls_gateway(own_certificate: tuple[str, str]) -> Iterator[Any]:
    """Starts a gateway with TLS: with the certificate that it brings, or with ours."""
    started: list[GatewayProcess] = []

    def start(own: bool) -> GatewayProcess:
        names = ("WECHATY_PUPPET_SERVICE_TLS_SERVER_CERT", "WECHATY_PUPPET_SERVICE_TLS_SERVER_KEY")
        process = GatewayProcess({"GW_TLS": "1"} | (dict(zip(names, own_certificate, strict=True)) if own else {}))
        started.append(process)
        process.start()
        return process

    yield start
    for process in started:
        process.kill()


async def test_the_built_in_certificate(tls_gateway: Any, built_in_ca: Path, tools: Tools, ear: Ear) -> None:
    gateway = await asyncio.to_thread(tls_gateway, own=False)
    trusting = chosen(gateway.endpoint, tls="built_in", ca=built_in_ca)
    async with listening(WechatyPlatform(trusting, tools, SHORT), ear):
        assert await WechatyPlatform(trusting, tools, SHORT).probe() == []
    distrusting = WechatyPlatform(chosen(gateway.endpoint, tls="own_ca"), tools, SHORT)

    assert "连不上" in (await distrusting.probe())[0]


async def test_an_own_certificate(
    tls_gateway: Any, own_certificate: tuple[str, str], tmp_path: Path, tools: Tools, ear: Ear
) -> None:
    gateway = await asyncio.to_thread(tls_gateway, own=True)
    ca = tmp_path / "own.pem"
    ca.write_text(own_certificate[0])
    settings = chosen(f"localhost:{gateway.port}", tls="own_ca", ca=ca)
    platform = WechatyPlatform(settings, tools, SHORT)
    async with listening(platform, ear):
        assert (await platform.send(MESSAGE)).state == "sent"


# ---------------------------------------------------------------- the kill switch and the day's allowance


async def test_stopped_is_stopped(tools: Tools, ear: Ear) -> None:
    platform = WechatyPlatform(chosen("127.0.0.1:9", stopped=True), tools, SHORT)
    with pytest.raises(Refused, match="stopped"):
        async with listening(platform, ear):
            pass

    assert (await platform.send(MESSAGE)).state == "held"
    assert "stopped" in (await platform.probe())[0]


async def test_past_the_days_allowance_there_is_silence(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """Also after a restart."""
    states = []
    for _ in range(2):
        platform = WechatyPlatform(chosen(gateway.endpoint, per_day=3), tools, SHORT)
        async with listening(platform, ear):
            states += [await platform.send(MESSAGE) for _ in range(2)]

    assert [result.state for result in states] == ["sent", "sent", "sent", "held"]
    assert 0 < states[-1].retry_after <= 86_400
    assert len(await gateway.do("outbox")) == 3


async def test_a_day_without_messages(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = WechatyPlatform(chosen(gateway.endpoint, per_day=0), tools, SHORT)
    async with listening(platform, ear):
        assert (await platform.send(MESSAGE)).state == "held"
