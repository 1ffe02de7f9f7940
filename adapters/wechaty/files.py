"""Files of people: photos are fetched from the gateway, checked and stored by the core; of others the name is told."""

import asyncio
import base64
import json
from collections.abc import Mapping

import structlog

from adapters.wechaty.gateway import Gateway, GatewayError, TooLargeError
from adapters.wechaty.translate import Letter
from bot.domain.errors import DomainError
from bot.messages import Media
from bot.ports import MediaStore

LIMIT = 15_000_000  # bytes
ARTWORK = 3  # the photo itself, not a thumbnail
INLINE, UUID = 1, 7  # kinds of a file box: the content, or the id of an upload; an address in it is never followed
PLAIN = {"MessageImage": {"type": ARTWORK}}
PHOTO_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


async def file_of(gateway: Gateway, media: MediaStore, letter: Letter) -> Media | None:
    """A letter's file, a photo stored; None where it cannot be had. Raises ``GatewayError`` where the connection broke."""
    try:
        answer = await gateway.call(letter.file_call, id=letter.id, **PLAIN.get(letter.file_call, {}))
        box = read_box(str(answer.file_box))
        told = box.get("name")
        name = told if isinstance(told, str) else letter.filename
        if letter.type != "image" and not name.lower().endswith(PHOTO_NAMES):
            return Media("file", name)
        return await asyncio.to_thread(media.put, await content_of(gateway, box), name)
    except GatewayError as error:
        if error.breaks and error.code != "DEADLINE_EXCEEDED":  # WeChat was slow with one photo: the words matter more
            raise
        reason = str(error)
    except DomainError as error:
        reason = error.key
    except (TooLargeError, ValueError) as error:
        reason = str(error) or type(error).__name__
    structlog.get_logger("channel").warning("file left out", channel="wechaty", id=letter.id, reason=reason)
    return None


async def content_of(gateway: Gateway, box: Mapping[str, object]) -> bytes:
    """The file itself; raises ``ValueError`` for what the gateway does not hold, ``TooLargeError``."""
    kind, inline, uuid = box.get("boxType", box.get("type")), box.get("base64"), box.get("uuid")
    if kind == UUID and isinstance(uuid, str):
        return await gateway.download(uuid, LIMIT)
    if kind == INLINE and isinstance(inline, str):
        return base64.b64decode(inline, validate=True)
    raise ValueError(f"a file box of kind {kind!r}")


def read_box(told: str) -> Mapping[str, object]:
    """The description of a file as the gateway writes it; raises ``ValueError`` for anything else."""
    try:
        box = json.loads(told)
    except RecursionError:
        raise ValueError("a file box nested without end") from None
    if not isinstance(box, dict):
        raise ValueError("no file box")
    return box
