"""The guard of tests/network.py bites."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.network import BeyondLoopbackError, take_attempts

FOREIGN = "192.0.2.1"  # set aside for documentation, routed nowhere
ROOT = Path(__file__).parent.parent


def connect() -> None:
    with socket.socket() as one:
        one.connect((FOREIGN, 80))


def connect_by_ipv6() -> None:
    with socket.socket(socket.AF_INET6) as one:
        one.connect(("2001:db8::1", 80))


def send_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"hello", (FOREIGN, 53))


def look_up() -> None:
    socket.getaddrinfo("example.org", 80)


def look_up_the_old_way() -> None:
    socket.gethostbyname("example.org")


@pytest.mark.parametrize("leave", [connect, connect_by_ipv6, send_datagram, look_up, look_up_the_old_way])
def test_leaving_is_refused(leave: Callable[[], None]) -> None:
    with pytest.raises(BeyondLoopbackError):
        leave()
    assert len(take_attempts()) == 1


def test_a_thread_is_seen_too() -> None:
    def swallow() -> None:
        with pytest.raises(BeyondLoopbackError):
            look_up()

    thread = threading.Thread(target=swallow)
    thread.start()
    thread.join()
    assert take_attempts() == ["socket.getaddrinfo example.org"]


async def test_aiohttp_cannot_leave() -> None:
    async with ClientSession() as session:
        with pytest.raises(BeyondLoopbackError):
            await session.get("http://example.org/")
    assert take_attempts()


async def test_loopback_is_free() -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    async with TestServer(app) as server, ClientSession() as session, session.get(server.make_url("/")) as answer:
        assert await answer.text() == "hello"
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)


def test_unix_sockets_are_free(tmp_path: Path) -> None:
    path = str(tmp_path / "door")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)


def test_a_swallowed_refusal_fails_the_test_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.network import loopback_only\n")
    (tmp_path / "test_sly.py").write_text(
        "import contextlib, socket\n"
        "def test_sly():\n"
        "    with contextlib.suppress(Exception):\n"
        f"        socket.create_connection(('{FOREIGN}', 80))\n"
        "def test_honest(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 1
    assert f"left loopback: socket.getaddrinfo {FOREIGN}" in run.stdout
    assert "2 passed, 1 error" in run.stdout
