"""The API as an application of its own below /api: routes, the description, errors as problems."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from adapters.api import rates, tickets, units, webhooks
from adapters.api.deps import DEPS, ApiDeps
from adapters.api.openapi import describe
from adapters.api.operations import Operation
from adapters.api.problems import Problem, missing
from adapters.api.running import handled, refused

DESCRIPTION = "/openapi.json"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def operations() -> list[Operation]:
    """All operations: those of each module, in the order of the description."""
    return [*units.OPERATIONS, *tickets.OPERATIONS, *rates.OPERATIONS, *webhooks.OPERATIONS]


def build_api(deps: ApiDeps) -> web.Application:
    """The application, for the web server to serve below /api."""
    app = web.Application(middlewares=[problems])
    app[DEPS] = deps
    described = describe(operations())

    async def description(_request: web.Request) -> web.Response:
        return web.json_response(described)

    app.add_routes([web.get(DESCRIPTION, description, allow_head=False)])
    for one in operations():
        app.router.add_route(one.method, one.path, handled(one))  # not add_get, which adds HEAD
    return app


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error is a problem; what is unforeseen tells nothing about itself."""
    try:
        return await handler(request)
    except Problem as problem:
        return refused(problem).response
    except web.HTTPNotFound:
        return refused(missing()).response
    except web.HTTPException as error:
        allow = {name: value for name, value in error.headers.items() if name == "Allow"}
        return refused(Problem(error.status, "refused", headers=allow)).response
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        structlog.get_logger("api").error("request failed", path=request.path, reason=reason)
        return refused(Problem(500, "broken")).response
