"""A photo over the robot's connection: announced, brought in parts, and kept by the platform under a name for three days."""

import base64
from collections.abc import Mapping
from typing import Any

from adapters.wecom.link import Link
from adapters.wecom.outgoing import md5

PART = 512 * 1024  # bytes before base64; the platform takes a hundred of them
NAME = "photo.jpg"


class PhotoError(Exception):
    """The platform has not taken a photo."""


async def upload(link: Link, content: bytes) -> str:
    """The photo's name at the platform. Raises ``PhotoError``, and what ``Link.ask`` raises."""
    parts = [content[start : start + PART] for start in range(0, len(content), PART)]
    begun = await _step(link, "init", {
        "type": "image", "filename": NAME, "total_size": len(content), "total_chunks": len(parts), "md5": md5(content),
    })  # fmt: skip
    named = {"upload_id": begun.get("upload_id")}
    for index, part in enumerate(parts):
        await _step(link, "chunk", {**named, "chunk_index": index, "base64_data": base64.b64encode(part).decode()})
    name = (await _step(link, "finish", named)).get("media_id")
    if not isinstance(name, str):
        raise PhotoError("no media_id")
    return name


async def _step(link: Link, step: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    ack = await link.ask(f"aibot_upload_media_{step}", body)
    if ack.code != 0:
        raise PhotoError(f"{step}: {ack.code} {ack.why}")
    return ack.body
