"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import health, knowledge, people, sentences, settings


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [*health.routes(), *people.routes(), *knowledge.routes(), *settings.routes(), *sentences.routes()]
