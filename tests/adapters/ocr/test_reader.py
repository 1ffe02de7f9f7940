"""Letters in photos, on pictures made here. Without the extra only the bounds are tested."""

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from structlog.testing import capture_logs

from adapters.ocr import PhotoReader, installed

FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
)

needs_extra = pytest.mark.skipif(
    not installed(), reason="the packages that read photos are absent: run `make setup-ocr` (Python 3.11 or 3.12)"
)


def picture(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, size: tuple[int, int] = (640, 260)) -> bytes:
    """A notice on a wall, as a photo."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((40, 40), text, "black", font)
    return encoded(image)


def encoded(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=90)
    return written.getvalue()


@pytest.fixture(scope="module")
def reader() -> PhotoReader:
    """One for all: loading the models is the slow part. The time does not run."""
    return PhotoReader(clock=lambda: 0.0)


@needs_extra
def test_latin_letters_and_digits_are_read(reader: PhotoReader) -> None:
    said = reader.words(picture("3-2-501 WATER", ImageFont.load_default(64)), "image")

    assert said.replace(" ", "") == "3-2-501WATER", "the models are weak at spaces"


@needs_extra
def test_a_chinese_notice_is_read_line_by_line(reader: PhotoReader) -> None:
    font = next((path for path in FONTS if path.is_file()), None)
    if font is None:
        pytest.skip("no Chinese font on this machine: install fonts-noto-cjk")
    notice = picture("3号楼停水通知\n明天8点至18点", ImageFont.truetype(font, 64, index=0))

    assert reader.words(notice, "image") == "3号楼停水通知 明天8点至18点"


@needs_extra
def test_a_picture_without_letters_says_nothing(reader: PhotoReader) -> None:
    with capture_logs() as logs:
        assert reader.words(encoded(Image.new("RGB", (200, 200), "grey")), "image") == ""
    assert logs == []


@needs_extra
@pytest.mark.parametrize("size", [(40, 40), (100, 3000), (3000, 100)])
def test_a_picture_of_any_shape_is_survived(reader: PhotoReader, size: tuple[int, int]) -> None:
    assert reader.words(encoded(Image.new("RGB", size, "white")), "image") == ""


@needs_extra
def test_when_time_is_up_the_lines_read_so_far_are_given() -> None:
    hours: Iterator[int] = count()
    reader = PhotoReader(seconds=2, clock=lambda: float(next(hours)))
    page = picture("3-2-501\nWATER\nTAP", ImageFont.load_default(48))

    with capture_logs() as logs:
        assert reader.words(page, "image") == "3-2-501"
    assert [line["event"] for line in logs] == ["photo read in part"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * 99, b"x" * 15_000_001])
def test_a_bad_picture_says_nothing_and_is_logged(content: bytes) -> None:
    with capture_logs() as logs:
        assert PhotoReader().words(content, "image") == ""
    assert [line["event"] for line in logs] == ["photo not read"]


@pytest.mark.parametrize("size", [(1, 1), (2, 2000), (2000, 2), (31, 400)])
def test_a_strip_is_not_even_tried(size: tuple[int, int]) -> None:
    with capture_logs() as logs:
        assert PhotoReader().words(encoded(Image.new("RGB", size, "white")), "image") == ""
    assert "strip" in logs[0]["reason"]


def test_too_many_points_are_refused_before_they_are_decoded() -> None:
    written = io.BytesIO()
    Image.new("1", (20_000, 3_000)).save(written, "PNG")

    with capture_logs() as logs:
        assert PhotoReader().words(written.getvalue(), "image") == ""
    assert "20000 × 3000" in logs[0]["reason"]


def test_of_sound_nothing_is_read() -> None:
    assert PhotoReader().words(b"RIFF", "voice") == ""
