"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import health, knowledge, settings


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [*health.routes(), *knowledge.routes(), *settings.routes()]
