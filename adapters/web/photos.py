"""Photos in and out: stored under generated names, shown only beside the line or ticket that carries them."""

import asyncio
from datetime import datetime

from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.places import Visitor, place_of
from adapters.web.security import body_of
from adapters.web.visitors import known_visitor, token_of_media
from bot.domain.errors import DomainError
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from bot.usecases.overview import Reader, photo_of_ticket

MEGABYTE = 1_000_000
THUMBNAIL, JPEG = 480, "image/jpeg"  # pixels of the longer side
PHOTO_AGE = "private, max-age=86400, immutable"


async def upload(request: web.Request) -> web.StreamResponse:
    """Take a photo as a bare body; gives a token by which a message of the same visitor names it."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    if not deps.uploads.allows(visitor.key, deps.clock.now()):
        raise Refusal("error.too_fast", 429)
    slug = request.query.get("room", "")
    if await deps.inbound.query(lambda uow, org, _now: place_of(uow, org, visitor, slug)) is None:
        raise Refusal("error.not_found", 404)
    content = await body_of(request, deps.settings.web.max_upload_mb * MEGABYTE)
    try:
        media = await asyncio.to_thread(deps.media.put, content, "")
    except DomainError as error:
        words = deps.words(error.key, **{"name": "", **error.params})
        return web.json_response({"error": words}, status=422)
    return web.json_response({"token": token_of_media(deps.secret, visitor, media)})


async def photo(request: web.Request) -> web.StreamResponse:
    """A stored photo, for who may see the line or the ticket that it belongs to."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    ref, query = request.match_info["ref"], request.query
    days = deps.settings.polling.reopen_days

    def may_see(uow: UnitOfWork, org: Organization, now: datetime) -> bool:
        if "ticket" in query:
            return photo_of_ticket(uow, Reader(org, visitor.key, now, days), query["ticket"], ref)
        return _is_in_line(uow, org, visitor, query.get("room", ""), query.get("seq", ""), ref)

    allowed = await deps.inbound.query(may_see)
    small = await asyncio.to_thread(deps.media.small, ref, THUMBNAIL) if allowed and "small" in query else None
    found = await asyncio.to_thread(deps.media.open, ref) if allowed and small is None else None
    if found is None and small is None:
        raise Refusal("error.not_found", 404)
    content, content_type = found or (small, JPEG)
    disposition = {"Content-Disposition": 'inline; filename="photo.jpg"', "Cache-Control": PHOTO_AGE}
    return web.Response(body=content, content_type=content_type, headers=disposition)


def _is_in_line(uow: UnitOfWork, org: Organization, visitor: Visitor, slug: str, seq: str, ref: str) -> bool:
    place = place_of(uow, org, visitor, slug)
    if place is None or not (seq.isascii() and seq.isdigit() and len(seq) < 16):
        return False
    line = uow.rooms.get(place.key, int(seq))
    media = line.payload.get("media") if line is not None and not line.recalled else None
    return isinstance(media, list | tuple) and ref in media
