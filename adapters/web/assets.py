"""Our own styles and scripts: browsers keep them, for a year where the address names the version that is served.

Without a version, as between scripts, a browser asks whether it still has the right one. Pages are kept nowhere.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import ETag, web

FOLDER = Path(__file__).parent / "static"
STATIC = "/static/"
VERSION = "v"  # the parameter that names it
SIGNS = 12  # of a version
FOUND = frozenset({200, 304})
LETTERS = str.maketrans("0123456789", "ghijklmnop")  # no digits: what a page must not tell is often a number


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served; ``version`` is part of a digest of what is in it."""

    content: bytes
    content_type: str
    version: str


ASSETS = web.AppKey("assets", Mapping[str, Asset])


def load() -> dict[str, Asset]:
    """Every file by its name below ``/static/``: half a megabyte, so that it is packed for its way like a page."""
    files = (file for file in FOLDER.rglob("*") if file.is_file())
    return {file.relative_to(FOLDER).as_posix(): _asset(file) for file in files}


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    version = sha256(content).hexdigest()[:SIGNS].translate(LETTERS)
    return Asset(content, mimetypes.guess_type(file.name)[0] or "text/plain", version)


def address(known: Mapping[str, Asset], name: str) -> str:
    """Where a file stands for a page; raises ``KeyError`` for one that is not there."""
    return f"{STATIC}{name}?{VERSION}={known[name].version}"


async def serve(request: web.Request) -> web.Response:
    """A file, or the word that the browser has the right one."""
    asset = request.app[ASSETS].get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    if any(tag.value == asset.version for tag in request.if_none_match or ()):
        response = web.Response(status=304)
    else:
        response = web.Response(body=asset.content, content_type=asset.content_type, charset="utf-8")
    response.etag = ETag(asset.version, is_weak=True)  # packed or not, it is the same file
    return response


async def keep(request: web.Request, response: web.StreamResponse) -> None:
    """Say how long a browser may keep a file of ours."""
    if request.path.startswith(STATIC) and response.status in FOUND:
        named = request.query.get(VERSION, "")
        asset = request.app[ASSETS].get(request.path.removeprefix(STATIC))
        is_served = asset is not None and named == asset.version
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_served else "no-cache"
