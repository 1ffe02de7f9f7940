"""The webhook on the bot's own web server, as ``gridsteward run`` puts it together."""

import asyncio
import gc
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from adapters.telegram.webhook import HEADER, PATH
from bot.app import SystemClock
from bot.server import House, build
from bot.settings import Settings, TelegramSettings, WebSettings
from bot.supervision import supervised
from storage.open import open_storage
from tests.adapters.telegram.payloads import message
from tests.fakes import CLEAR, new_database
from tests.peers.house import organization
from tests.peers.telegram import GROUP, PEOPLE, SECRET, TelegramPeer
from tests.peers.telegram_server import TOKEN


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[TelegramPeer]:
    made = TelegramPeer(tmp_path, mode="webhook")
    await made.start()
    yield made
    await made.platform.close()
    await made.stop()


@pytest.fixture
async def served(tmp_path: Path, peer: TelegramPeer) -> AsyncIterator[House]:
    """The whole program, without its command line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    telegram = TelegramSettings(
        token=SecretStr(TOKEN), mode="webhook", webhook_secret=SecretStr(SECRET), api_url=peer.api.url
    )
    threshold = gc.get_threshold()
    settings = Settings(web=WebSettings(port=port), telegram=telegram)
    org = organization(peer)
    with open_storage(new_database(tmp_path / "run.db", org), "OFF") as storage:
        house = build(settings, storage, org, port)
        await house.web.start()
        tasks = [asyncio.create_task(house.bot.run()), *supervised(house.platforms, house.inbound, SystemClock())]
        yield house
        await house.web.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for platform in house.platforms:
            await platform.close()
        gc.unfreeze()
        gc.set_threshold(*threshold)


async def test_a_message_comes_through_the_door(served: House, peer: TelegramPeer) -> None:
    async with asyncio.timeout(10):
        while not peer.api.hook:  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.01)
        peer.api.chats.say(GROUP, PEOPLE["zhang"], CLEAR["drainage"])
        while not any("1号件已登记" in one.text for one in await peer.seen()):  # noqa: ASYNC110 - nor here
            await asyncio.sleep(0.01)
    assert set(peer.api.delivered) == {200}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({HEADER: "wrong"}, 403),
        ({HEADER: "wrong", "Accept": "application/json"}, 403),
        ({HEADER: "wrong", "Origin": "https://api.telegram.org"}, 403),
    ],
)
async def test_nobody_else_comes_through(served: House, headers: dict[str, str], status: int) -> None:
    url, body = f"http://127.0.0.1:{served.web.port}{PATH}", json.dumps(message(text=CLEAR["drainage"]))
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == status
    assert served.storage.desk.run(lambda uow: uow.tickets.all()) == []


def test_the_sdk_is_loaded_only_where_it_is_needed() -> None:
    """``gridsteward --help`` and the steps of setting up answer at once."""
    code = "import sys, adapters.telegram; sys.exit('telegram' in sys.modules or 'httpx' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
