"""What the API is given by the composition root."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web

from bot.ports import Clock, Inbound
from bot.render.render import Renderer
from bot.usecases.context import Services


class Limit(Protocol):
    """How many requests one key may send."""

    def allows(self, key: str, now: datetime) -> bool:
        """Count a request of this key, or refuse it."""
        ...

    def wait(self, key: str, now: datetime) -> timedelta:
        """How long until the next one is allowed; nothing where it is now."""
        ...


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """The collaborators of all operations. ``services`` are the bot's own: on the storage thread only."""

    inbound: Inbound
    services: Services
    renderer: Renderer
    clock: Clock
    requests: Limit


DEPS = web.AppKey("api_deps", ApiDeps)
