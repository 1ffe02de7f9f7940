"""The house of the web tests with the API beside its pages, and keys for its people."""

import pytest
from aiohttp.test_utils import TestServer
from pytest_aiohttp import AiohttpClient, AiohttpServer

from adapters.api import ApiDeps, build_api
from adapters.web import build_web
from adapters.web.limits import RateLimit
from bot.render.render import Renderer
from tests.adapters.api.asking import REQUESTS, Api
from tests.adapters.web.conftest import empty_database, house, services, storage  # noqa: F401 - fixtures
from tests.adapters.web.house import House


@pytest.fixture
async def api(house: House, aiohttp_server: AiohttpServer, aiohttp_client: AiohttpClient) -> Api:  # noqa: F811 - a fixture
    """The API, served."""
    deps = house.deps
    limit = RateLimit(*REQUESTS)
    served = build_api(ApiDeps(deps.inbound, deps.services, Renderer(deps.catalog), house.clock, limit))
    server: TestServer = await aiohttp_server(build_web(deps, (), served))
    return Api(house, await aiohttp_client(server), limit)
