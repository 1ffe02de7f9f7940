"""Text goes out packed: on a slow phone a page is there a good part of a second earlier.

What is packed together with a secret can be guessed by its length where another site makes the browser ask again and again
(BREACH); here such a request carries no cookie (SameSite), so that there is nothing of anybody to guess in the answer.
"""

from aiohttp import hdrs, web

from adapters.web.security import Handler

TEXTS = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json"}
)
LEAST = 1024  # bytes below which packing gains nothing


@web.middleware
async def pack(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pack an answer, if it is text and the browser can unpack it."""
    response = await handler(request)
    if isinstance(response, web.Response) and response.content_type in TEXTS:
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if (response.content_length or 0) >= LEAST and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            response.enable_compression(web.ContentCoding.gzip)
    return response
