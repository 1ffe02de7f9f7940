"""The fake model, served on loopback, and an endpoint that asks it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from adapters.llm import Endpoint
from bot.app import TRIAGE
from bot.settings import LlmSettings
from bot.triage.opinion import load_guide
from tests.adapters.llm.fake import KEY, FakeModel
from tests.fakes import FakeClock

GUIDE = load_guide((TRIAGE / "opinion.toml").read_text(encoding="utf-8"))
NewEndpoint = Callable[..., Endpoint]


@pytest.fixture
async def model(aiohttp_server: AiohttpServer) -> FakeModel:
    """The fake model at work."""
    model = FakeModel()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", model.take)
    server = await aiohttp_server(app)
    model.url = str(server.make_url("/v1"))
    return model


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def new_endpoint(model: FakeModel, clock: FakeClock) -> AsyncIterator[NewEndpoint]:
    """Make an endpoint with some settings changed."""
    made: list[Endpoint] = []

    def new(**changes: Any) -> Endpoint:
        settings = LlmSettings(**{"url": model.url, "model": "tiny", "key": KEY, **changes})
        made.append(Endpoint(settings, GUIDE, clock))
        return made[-1]

    yield new
    for endpoint in made:
        await endpoint.close()
