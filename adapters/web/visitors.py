"""Who a browser is: a signed cookie with a random token, whose digest stands in the database. Nothing else is trusted."""

import hashlib
import secrets

from aiohttp import web
from itsdangerous import BadSignature, Signer

from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import Refusal
from adapters.web.places import Visitor
from bot.messages import Media
from bot.ports import UnitOfWork
from bot.settings import WebSettings

YEAR = 365 * 24 * 3600
TOKEN_BYTES = 32
ACCOUNT_BYTES = 8
FONT = "font"  # the cookie of the big-font mode


def code_digest(code: str) -> str:
    """What the database keeps of a cookie token or a one-time code."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def cookie_name(settings: WebSettings) -> str:
    """Behind https the cookie is bound to the host."""
    return "__Host-steward" if settings.secure_cookies else "steward"


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="visitor", digest_method=hashlib.sha256)


def new_visitor(name: str, token: str = "") -> tuple[Visitor, str]:
    """A new account and its token, one that the browser was offered before or a fresh one; the caller stores the digest."""
    return Visitor(secrets.token_hex(ACCOUNT_BYTES), name), token or secrets.token_urlsafe(TOKEN_BYTES)


def sign_in(response: web.StreamResponse, deps: WebDeps, token: str) -> None:
    """Give the browser its cookie."""
    settings = deps.settings.web
    value = _signer(deps.secret).sign(token).decode("ascii")
    response.set_cookie(
        cookie_name(settings), value, max_age=YEAR, path="/", httponly=True, samesite="Lax",
        secure=settings.secure_cookies,
    )  # fmt: skip


def offer(request: web.Request, response: web.Response) -> web.Response:
    """Give a browser its token together with the form, not only with the answer to it: of a button that is tapped twice the
    first answer is thrown away, and what it brought with it. A token of no account is nobody's.
    """
    deps = request.app[DEPS]
    if not offered(request):
        sign_in(response, deps, secrets.token_urlsafe(TOKEN_BYTES))
    return response


def offered(request: web.Request) -> str:
    """The token that a browser brings, whether it is somebody's or not; "" for none."""
    return _token(request, request.app[DEPS]) or ""


def sign_out_cookie(response: web.StreamResponse, deps: WebDeps) -> None:
    """Take the browser's cookie away; only one that is as secure as the old one replaces it."""
    settings = deps.settings.web
    response.del_cookie(cookie_name(settings), path="/", httponly=True, samesite="Lax", secure=settings.secure_cookies)


def _token(request: web.Request, deps: WebDeps) -> str | None:
    value = request.cookies.get(cookie_name(deps.settings.web), "")
    try:
        return _signer(deps.secret).unsign(value).decode("ascii")
    except (BadSignature, UnicodeError):
        return None


async def visitor_of(request: web.Request) -> Visitor | None:
    """The visitor behind a request, if the browser has been here before."""
    deps = request.app[DEPS]
    token = _token(request, deps)
    if token is None:
        return None
    return await deps.inbound.query(lambda uow, _org, _now: visitor_by(uow, token))


def visitor_by(uow: UnitOfWork, token: str) -> Visitor | None:
    """The visitor with a token."""
    found = uow.rooms.visitor(code_digest(token)) if token else None
    return Visitor(*found) if found else None


async def known_visitor(request: web.Request) -> Visitor:
    """The visitor, or a refusal that says how to come in."""
    visitor = await visitor_of(request)
    if visitor is None:
        raise Refusal("error.unknown_visitor", 403)
    return visitor


# ---------------------------------------------------------------- upload tokens


def token_of_media(secret: str, visitor: Visitor, media: Media) -> str:
    """What an uploader gets for a stored photo: it says that he sent it, and nobody else can use it."""
    return Signer(secret, salt=f"upload {visitor.account}", digest_method=hashlib.sha256).sign(media.ref or "").decode()


def media_of_token(secret: str, visitor: Visitor, token: str) -> Media | None:
    """The photo behind an upload token of this visitor."""
    try:
        ref = Signer(secret, salt=f"upload {visitor.account}", digest_method=hashlib.sha256).unsign(token).decode()
    except (BadSignature, UnicodeError):
        return None
    return Media("image", f"{ref[:8]}.jpg", ref)
