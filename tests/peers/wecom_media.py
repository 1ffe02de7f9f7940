"""The fake WeCom's store of photos that robots bring in parts; it refuses what the documents and the official SDK forbid."""

import base64
import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import Any

BAD_UPLOAD = 40007
PART, SMALLEST, LARGEST, PARTS = 512 * 1024, 5, 10 * 1024 * 1024, 100


@dataclass
class Upload:
    """One that is under way."""

    size: int
    parts: int
    md5: str
    brought: dict[int, bytes] = field(default_factory=dict)


class Uploads:
    """``codes`` are the answers to the next steps, then 0 again; ``kept`` are whole photos by their media ids."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.kept: dict[str, bytes] = {}
        self._open: dict[str, Upload] = {}
        self._ids = count(1)

    def take(self, step: str, body: Any) -> tuple[int, dict[str, Any]]:
        """The code of a step, and what it gives back."""
        if self.codes and (code := self.codes.pop(0)) != 0:
            return code, {}
        steps = {"init": self._init, "chunk": self._chunk, "finish": self._finish}
        given = steps[step](body)
        return (BAD_UPLOAD, {}) if given is None else (0, given)

    def _init(self, body: dict[str, Any]) -> dict[str, Any] | None:
        size, parts = body["total_size"], body["total_chunks"]
        fine = SMALLEST <= size <= LARGEST and 1 <= parts <= PARTS and len(body["md5"]) == 32
        if body["type"] != "image" or not body["filename"].endswith(".jpg") or not fine:
            return None
        name = f"upload-{next(self._ids)}"
        self._open[name] = Upload(size, parts, body["md5"])
        return {"upload_id": name}

    def _chunk(self, body: dict[str, Any]) -> dict[str, Any] | None:
        upload, part = self._open.get(body["upload_id"]), base64.b64decode(body["base64_data"], validate=True)
        if upload is None or body["chunk_index"] not in range(upload.parts) or not 0 < len(part) <= PART:
            return None
        upload.brought[body["chunk_index"]] = part
        return {}

    def _finish(self, body: dict[str, Any]) -> dict[str, Any] | None:
        upload = self._open.pop(body["upload_id"], None)
        if upload is None or len(upload.brought) != upload.parts:
            return None
        content = b"".join(part for _, part in sorted(upload.brought.items()))
        if len(content) != upload.size or hashlib.md5(content, usedforsecurity=False).hexdigest() != upload.md5:
            return None
        name = f"media-{next(self._ids)}"
        self.kept[name] = content
        return {"type": "image", "media_id": name, "created_at": "1795420800"}
