"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import analysis, comparing, exports, health, lists, packs


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [
        *lists.routes(),
        *exports.routes(),
        *packs.routes(),
        *comparing.routes(),
        *analysis.routes(),
        *health.routes(),
    ]
