"""The house that the tests of the web chat live in."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from pytest_aiohttp import AiohttpClient, AiohttpServer

from adapters.cards import Printer
from adapters.office import OfficeFiles
from adapters.web import Hub, WebChannel, WebDeps, build_web
from bot.app import Ids, build_services
from bot.live import Bot
from bot.render.catalog import load_catalog
from bot.render.render import Renderer
from bot.settings import Settings, WebSettings
from bot.usecases.context import Services
from bot.usecases.engine import Engine
from bot.usecases.memory import Memory
from storage.media import MediaFolder
from storage.open import Storage, open_storage
from tests.adapters.web.house import ORG, Browser, HandClock, House

SETTINGS = Settings(web=WebSettings(max_upload_mb=1, max_pixels=1_000_000))


@pytest.fixture(scope="session")
def services() -> Services:
    """What takes time to load and never changes."""
    return build_services(SETTINGS, Ids(7))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the organization, to copy."""
    path = tmp_path_factory.mktemp("empty") / "house.db"
    with open_storage(path, "NORMAL") as opened:
        opened.desk.run(lambda uow: uow.org.replace(ORG))
    return path


@pytest.fixture
def storage(tmp_path: Path, empty_database: Path) -> Iterator[Storage]:
    """A database of the test's own."""
    path = tmp_path / "house.db"
    shutil.copy(empty_database, path)
    with open_storage(path, "NORMAL") as opened:
        yield opened


@pytest.fixture
async def house(
    storage: Storage, services: Services, aiohttp_server: AiohttpServer, aiohttp_client: AiohttpClient
) -> House:
    """The neighbourhood, served."""
    clock, catalog = HandClock(), load_catalog("zh_CN")
    memory = Memory(timedelta(minutes=3), timedelta(minutes=15), 6)
    engine = Engine(replace(services, ids=Ids(7), memory=memory), Renderer(catalog), ORG)
    bot = Bot(engine, storage.desk, clock)
    hub = Hub(bot.query)
    bot.connect([WebChannel(bot.query, hub)], changed=hub.changed)
    media = MediaFolder(storage.path.with_name("media"), 1_000_000, 1_000_000)
    secret, office = "a secret of the tests", OfficeFiles()
    deps = WebDeps(bot, hub, media, SETTINGS, catalog, clock, secret, engine.services, office, Printer())
    server: TestServer = await aiohttp_server(build_web(deps))

    async def new_browser() -> Browser:
        return await aiohttp_client(server)

    return House(storage, bot, hub, clock, deps, media, new_browser)
