"""A receiver on loopback."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.adapters.webhook.receiver import Receiver, says


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Takes everything, until a test says otherwise."""
    made, app = Receiver(says), web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    made.server = TestServer(app, host="127.0.0.1")
    await made.server.start_server()
    yield made
    await made.server.close()
