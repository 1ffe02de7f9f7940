"""Photos: checked, decoded once, written anew. What leaves here has no EXIF, no place, no name of the sender's making.

Only photos are taken: no decoder for sound, video or documents is run on what strangers send.
"""

import io
import os
import re
import secrets
import threading
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.messages import Media
from storage.errors import Refused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # of a moving picture the first frame
CONTENT_TYPE = "image/jpeg"
QUALITY, SMALL_QUALITY = 85, 75
REF = re.compile(r"[0-9a-f]{32}")
MEGA = 1_000_000


class MediaFolder:
    """Files under generated names in ``root/ab/cd/``, which has to lie outside of what a web server serves.

    The limits are in bytes, in pixels before decoding, and in pixels of the longer side afterwards.
    """

    def __init__(
        self, root: Path, max_bytes: int = 15 * MEGA, max_pixels: int = 40 * MEGA, max_side: int = 2560
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._max_side = max_side
        self._decoding = threading.Lock()  # one picture at a time bounds the memory that strangers can ask for

    def put(self, content: bytes, name: str) -> Media:
        """Check and store a photo; ``name`` is only told in a refusal. Raises ``Refused``."""
        if len(content) > self._max_bytes:
            raise Refused("media.too_large", name=name, limit=f"{self._max_bytes / MEGA:g} MB")
        with self._decoding:
            clean = self._rewritten(content, name)
        ref = secrets.token_hex(16)
        self._write(self._path(ref), clean)
        return Media("image", f"{ref[:8]}.jpg", ref)

    def open(self, ref: str) -> tuple[bytes, str] | None:
        """Content and content type of a stored file."""
        if REF.fullmatch(ref) is None:
            return None
        try:
            return self._path(ref).read_bytes(), CONTENT_TYPE
        except FileNotFoundError:
            return None

    def small(self, ref: str, side: int) -> bytes | None:
        """A stored photo, its longer side at most so many pixels; None where there is none, or none that can be read."""
        found = self.open(ref)
        if found is None:
            return None
        try:
            with self._decoding, Image.open(io.BytesIO(found[0]), formats=("JPEG",)) as image:
                return _encoded(image, side, SMALL_QUALITY)
        except Exception:  # decoders fail in every way there is
            return None

    def delete(self, ref: str) -> None:
        """Remove a stored file; one that is gone already is fine."""
        if REF.fullmatch(ref) is not None:
            self._path(ref).unlink(missing_ok=True)

    def refs_before(self, before: datetime) -> list[str]:
        """The files that were stored before an instant."""
        limit = before.timestamp()
        return [path.stem for path in self._root.glob("??/??/*.jpg") if path.stat().st_mtime < limit]

    def _path(self, ref: str) -> Path:
        return self._root / ref[:2] / ref[2:4] / f"{ref}.jpg"

    def _rewritten(self, content: bytes, name: str) -> bytes:
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > self._max_pixels:
                    raise Refused("media.too_many_pixels", name=name, limit=f"{self._max_pixels / MEGA:g} MP")
                return _encoded(image, self._max_side, QUALITY)
        except Refused:
            raise
        except UnidentifiedImageError:
            raise Refused("media.not_a_photo", name=name) from None
        except Image.DecompressionBombError:
            raise Refused("media.too_many_pixels", name=name, limit=f"{self._max_pixels / MEGA:g} MP") from None
        except Exception as error:  # decoders fail in every way there is
            raise Refused("media.broken", name=name) from error

    def _write(self, path: Path, content: bytes) -> None:
        """On the disk before the row that names it; for nobody else to read."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _encoded(image: Image.Image, side: int, quality: int) -> bytes:
    image.draft("RGB", (side, side))  # a big JPEG is decoded at a smaller size at once
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((side, side))
    # A new picture takes over the points and nothing else: no comment, no profile, no metadata.
    clean = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        clean.paste(upright, mask=upright.getchannel("A"))
    else:
        clean.paste(upright.convert("RGB"))
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=quality)
    return written.getvalue()
