"""The aiohttp application: routes, templates, headers. ``bot.app`` builds it and runs it in its own loop."""

import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from adapters.web import assets, binding, chat, dashboard, entering, leaving, openly, people, photos, tickets
from adapters.web.deps import DEPS, WebDeps
from adapters.web.packing import pack
from adapters.web.security import API, add_headers, guard

HERE = Path(__file__).parent


def build_web(
    deps: WebDeps, webhooks: Sequence[web.RouteDef] = (), api: web.Application | None = None
) -> web.Application:
    """The web chat as an application, with the webhooks of other platforms and the API; the caller runs it and starts the
    bot beside it.
    """
    app = web.Application(middlewares=[pack, guard])
    app[DEPS] = deps
    app[assets.ASSETS] = assets.load()
    app.on_response_prepare.extend((assets.keep, add_headers))
    app.on_shutdown.append(_close_rooms)
    _set_up_templates(app, deps)
    app.add_routes(
        [
            web.get("/", entering.home),
            web.get("/r/{token}", entering.invite_page),
            web.post("/r/{token}", entering.accept_invite),
            web.get("/room/{chat}", chat.room_page),
            web.post("/room/{chat}", chat.post_command),
            web.post("/room/{chat}/enter", entering.walk_in),
            web.get("/dm", chat.dm_page),
            web.get("/ws", chat.socket),
            web.post("/upload", photos.upload),
            web.get("/media/{ref}", photos.photo),
            web.get("/bind/{code}", binding.bind_page),
            web.post("/bind/{code}", binding.bind),
            web.get("/t/{public_id}", tickets.show),
            web.post("/t/{public_id}", tickets.act),
            web.get("/tickets", tickets.index),
            web.get("/invite/{chat}", entering.invitation),
            web.get("/invite/{chat}/qr.svg", entering.qr_code),
            web.get("/people", people.index),
            web.post("/people/{person}", people.issue),
            web.post("/people/{person}/sign-out", people.sign_out),
            web.get("/u/{unit}", openly.show),
            web.post("/leave", leaving.leave),
            web.get("/healthz", health),
            web.get("/static/{name:.+}", assets.serve),
        ]
    )
    app.add_routes(dashboard.routes())
    app.add_routes(webhooks)
    if api is not None:
        app.add_subapp(API, api)
    return app


async def _close_rooms(app: web.Application) -> None:
    app[DEPS].hub.close()


def _set_up_templates(app: web.Application, deps: WebDeps) -> None:
    environment = aiohttp_jinja2.setup(
        app, loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        w=deps.words,
        label=deps.catalog.label,
        lang=deps.catalog.locale.replace("_", "-"),
        bot_name=deps.settings.bot.name,
        once=lambda: secrets.token_hex(16),
        static=partial(assets.address, app[assets.ASSETS]),
    )


async def health(request: web.Request) -> web.Response:
    """Whether the database answers."""
    await request.app[DEPS].inbound.query(lambda _uow, _org, _now: None)
    return web.json_response({"ok": True})
