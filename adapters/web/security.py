"""What holds for every answer and every request: headers, where a request comes from, errors in words."""

import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import aiohttp_jinja2
import structlog
from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.errors import BadRequest, Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HOOKS = "/hook/"  # other platforms' servers post here; each adapter checks who it was
API = "/api/"  # for programs: no cookie counts there, so that no other site can use one
FORM_BYTES = 16 * 1024
FORM_FIELDS = 20
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be "null" and tell nothing
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {connect}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HSTS = "max-age=31536000"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer, also of files, errors and sockets."""
    # 'self' means the socket's scheme too, but not in older browsers; a host that looks odd is not repeated.
    sockets = f"'self' ws://{request.host} wss://{request.host}" if _HOST.fullmatch(request.host) else "'self'"
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(connect=sockets)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
    if request.config_dict[DEPS].settings.web.secure_cookies:  # the API is an application of its own
        response.headers["Strict-Transport-Security"] = HSTS


def is_own_origin(request: web.Request) -> bool:
    """Whether a request comes from a page of ours: browsers name the origin of every post and every socket."""
    origin = urlsplit(request.headers.get("Origin", ""))
    public = urlsplit(request.app[DEPS].settings.web.public_url)
    return origin.scheme in {"http", "https"} and bool(origin.netloc) and origin.netloc in {request.host, public.netloc}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site sends; turn refusals into pages. What is unforeseen tells nothing about itself."""
    try:
        foreign = not request.path.startswith((HOOKS, API)) and not is_own_origin(request)
        if request.method not in SAFE and foreign:
            raise Refusal("error.origin", 403)
        return await handler(request)
    except Refusal as refusal:
        return _refused(request, refusal.key, refusal.status)
    except web.HTTPMethodNotAllowed:
        raise
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        key = "error.not_found" if isinstance(error, web.HTTPNotFound) else "error.bad_request"
        return _refused(request, key, error.status)
    except (UnicodeError, BadRequest):
        return _refused(request, "error.bad_request", 400)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        structlog.get_logger("web").error("page failed", path=request.path, reason=reason)
        return _refused(request, "error.broken", 500)


def wants_json(request: web.Request) -> bool:
    """Whether a script asks, not a person."""
    return (
        request.headers.get("Accept", "").startswith("application/json") or request.content_type == "application/json"
    )


def _refused(request: web.Request, key: str, status: int) -> web.StreamResponse:
    why = request.app[DEPS].words(key)
    if wants_json(request):
        return web.json_response({"error": why}, status=status)
    return page(request, "message.html", {"title": why}, status)


def page(request: web.Request, template: str, context: Mapping[str, object], status: int = 200) -> web.Response:
    """A page of a template."""
    common = {"big": request.cookies.get("font") == "big", "path": request.path}
    return aiohttp_jinja2.render_template(template, request, {**common, **context}, status=status)


async def form_of(request: web.Request, limit: int = FORM_BYTES) -> dict[str, str]:
    """The fields of a posted form, strictly: UTF-8, few, each once."""
    if request.content_type not in {"application/x-www-form-urlencoded", "application/octet-stream"}:
        raise Refusal("error.bad_request", 415)
    body = await body_of(request, limit)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS)
    except ValueError as error:
        raise BadRequest("form") from error
    if len(dict(pairs)) != len(pairs):
        raise BadRequest("a field twice")
    return dict(pairs)


async def body_of(request: web.Request, limit: int) -> bytes:
    """A body, refused as soon as it grows too long."""
    if request.content_length is not None and request.content_length > limit:
        raise Refusal("error.too_large", 413)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise Refusal("error.too_large", 413)
    return bytes(body)
