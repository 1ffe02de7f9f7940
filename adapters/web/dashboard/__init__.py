"""The dashboard: what owners, stewards and desks see of their units beside the chat. Each page is a module with its routes."""

from aiohttp import web

from adapters.web.dashboard import (
    analysis,
    board,
    candidates,
    classes,
    comparing,
    digests,
    exports,
    health,
    hooks,
    keys,
    knowledge,
    leave,
    lists,
    outbox,
    packs,
    people,
    rota,
    sentences,
    settings,
    signing_in,
)


def routes() -> list[web.RouteDef]:
    """All pages."""
    pages = (
        analysis,
        board,
        candidates,
        classes,
        comparing,
        digests,
        exports,
        health,
        hooks,
        keys,
        knowledge,
        leave,
        lists,
        outbox,
        packs,
        people,
        rota,
        sentences,
        settings,
        signing_in,
    )
    return [route for page in pages for route in page.routes()]
