"""Our own styles and scripts: browsers keep them, for a year where the address names the version that is served.

Without a version, as between scripts, a browser asks whether it still has the right one. Pages are kept nowhere.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
STATIC = "/static/"
VERSION = "v"  # the parameter that names it
SIGNS = 12  # of a version
VERSIONS = web.AppKey("versions", Mapping[str, str])
FOUND = frozenset({200, 206, 304})
LETTERS = str.maketrans("0123456789", "ghijklmnop")  # no digits: what a page must not tell is often a number


def versions() -> dict[str, str]:
    """The version of each file by its name below ``/static/``: part of a digest of what is in it."""
    files = (file for file in FOLDER.rglob("*") if file.is_file())
    return {file.relative_to(FOLDER).as_posix(): _version(file.read_bytes()) for file in files}


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:SIGNS].translate(LETTERS)


def address(known: Mapping[str, str], name: str) -> str:
    """Where a file stands for a page; raises ``KeyError`` for one that is not there."""
    return f"{STATIC}{name}?{VERSION}={known[name]}"


async def keep(request: web.Request, response: web.StreamResponse) -> None:
    """Say how long a browser may keep a file of ours."""
    if request.path.startswith(STATIC) and response.status in FOUND:
        named = request.query.get(VERSION, "")
        is_served = bool(named) and named == request.app[VERSIONS].get(request.path.removeprefix(STATIC))
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_served else "no-cache"
