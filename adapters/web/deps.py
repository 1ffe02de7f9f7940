"""What the web chat is given by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from adapters.web.hub import Hub
from adapters.web.limits import RateLimit
from bot.ports import Clock, Inbound, MediaStore, Office, Press
from bot.render.catalog import Catalog
from bot.settings import Settings
from bot.usecases.context import Services


@dataclass(frozen=True, slots=True)
class WebDeps:
    """The collaborators of the pages. ``secret`` signs cookies and upload tokens: random, kept between starts."""

    inbound: Inbound
    hub: Hub
    media: MediaStore
    settings: Settings
    catalog: Catalog
    clock: Clock
    secret: str
    services: Services  # of the bot itself, for what a page does in its place; on the storage thread only
    office: Office
    press: Press | None = None  # where its package is missing there are no PDFs
    messages: RateLimit = field(default_factory=lambda: RateLimit(20, timedelta(seconds=10)))  # of one account
    uploads: RateLimit = field(default_factory=lambda: RateLimit(20, timedelta(minutes=1)))  # of one account
    arrivals: RateLimit = field(default_factory=lambda: RateLimit(120, timedelta(minutes=1)))  # of one address

    def words(self, key: str, **slots: object) -> str:
        """A label of the pages."""
        return self.catalog.text("web", key).format(**slots)


DEPS = web.AppKey("deps", WebDeps)
