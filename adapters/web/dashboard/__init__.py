"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import board, candidates, health, outbox, signing_in


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [*board.routes(), *candidates.routes(), *health.routes(), *outbox.routes(), *signing_in.routes()]
