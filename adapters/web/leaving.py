"""Logging out of a browser, by whoever sits at it."""

from datetime import datetime
from functools import partial
from typing import NoReturn

from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.places import Visitor
from adapters.web.visitors import sign_out_cookie, visitor_of
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from bot.usecases.browsers import sign_out

CLEAR = '"cache", "storage"'  # photos and unsent words of this site; not "cookies": that would be the whole domain's


async def leave(request: web.Request) -> NoReturn:
    """The cookie goes, and a copy of it opens nothing; open pages of the account close."""
    deps, visitor = request.app[DEPS], await visitor_of(request)
    if visitor is not None:
        if await deps.inbound.query(partial(_leave, visitor=visitor)):
            await deps.inbound.reload()
        deps.hub.dismiss(visitor.account)
    response = web.HTTPSeeOther("/", headers={"Clear-Site-Data": CLEAR})
    sign_out_cookie(response, deps)
    raise response


def _leave(uow: UnitOfWork, org: Organization, _now: datetime, *, visitor: Visitor) -> bool:
    """Tells whether the account had duties."""
    sign_out(uow, visitor.key)
    return org.person_of(visitor.key) is not None
