"""rapidocr: its models lie in the wheel, nothing is fetched. One photo at a time, one thread, bounded in size and time."""

import importlib.util
import io
import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from rapidocr_onnxruntime import RapidOCR

PACKAGE = "rapidocr_onnxruntime"
FORMATS = ("JPEG", "PNG")
SIDE = 1280  # points of the longer side: what people can read in the chat is still read, at a third of the work
NARROW = 32  # points of the shorter side: below it rapidocr blows a strip up to a thousand megabytes
PIXELS = 40_000_000
BYTES = 15_000_000
SECONDS = 8.0  # then what has been read so far is given back
SURE = 0.6  # of a line; below it letters are guessed from leaves and bricks
LENGTH = 400  # characters of a photo; a printed page belongs into no ticket

Points = NDArray[np.uint8]


def installed() -> bool:
    """Whether the extra is there."""
    return importlib.util.find_spec(PACKAGE) is not None


class PhotoReader:
    """A ``ports.MediaReader`` for photos; of everything else it reads nothing."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._reading = Lock()
        self._loaded: RapidOCR | None = None
        self._log = structlog.get_logger("ocr")

    def words(self, content: bytes, kind: str) -> str:
        """The lines in a photo, from top to bottom; "" for a bad one, with a line in the log."""
        if kind != "image":
            return ""
        try:
            with self._reading:
                return " ".join(self._lines(_points(content)))[:LENGTH]
        except Exception as error:  # decoders and models fail in every way there is
            self._log.warning("photo not read", reason=f"{type(error).__name__}: {error}"[:300])
            return ""

    def _lines(self, points: Points) -> Iterator[str]:
        """Find the lines, then read one after the other while there is time."""
        engine = self._engine()
        until = self._clock() + self._seconds
        boxes, _ = engine(points, use_cls=False, use_rec=False)
        for part in engine.get_crop_img_list(points, np.array(boxes or [], dtype=np.float32)):
            if self._clock() >= until:
                self._log.warning("photo read in part", seconds=self._seconds)
                return
            read, _ = engine(part, use_det=False)
            yield from (text.strip() for text, score in read or () if score >= SURE and text.strip())

    def _engine(self) -> Any:
        """A second and up to 600 MB: only when there is a photo."""
        if self._loaded is None:
            from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415 - the extra; and see above

            # "max": small pictures stay small. By default the shorter side grows to 736, and a strip to any length.
            self._loaded = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1, det_limit_type="max")
        return self._loaded


def _points(content: bytes) -> Points:
    """The photo as the models want it: at most so large, blue first."""
    if len(content) > BYTES:
        raise ValueError(f"{len(content)} bytes")
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > PIXELS:
            raise ValueError(f"{image.width} × {image.height} points")
        image.draft("RGB", (SIDE, SIDE))
        image.thumbnail((SIDE, SIDE))
        if min(image.size) < NARROW:
            raise ValueError(f"a strip of {image.width} × {image.height} points")
        return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
