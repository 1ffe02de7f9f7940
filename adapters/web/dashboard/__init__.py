"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import (
    digests,
    health,
    knowledge,
    people,
    sentences,
    settings,
)


def routes() -> list[web.RouteDef]:
    """All pages."""
    pages = (
        digests,
        health,
        knowledge,
        people,
        sentences,
        settings,
    )
    return [route for page in pages for route in page.routes()]
