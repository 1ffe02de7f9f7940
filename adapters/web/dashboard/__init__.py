"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import classes, digests, health


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [*classes.routes(), *digests.routes(), *health.routes()]
