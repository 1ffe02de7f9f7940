"""Photos: what people send is refused or rewritten; nothing of its origin is left, and nothing crashes."""

import io
import stat
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from storage.errors import Refused
from storage.media import MediaFolder

CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "bad-input" / "pillow"
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


@pytest.fixture
def folder(tmp_path: Path) -> MediaFolder:
    """An empty media folder."""
    return MediaFolder(tmp_path / "media")


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def stored(folder: MediaFolder, content: bytes) -> Image.Image:
    """The picture as it is kept."""
    ref = folder.put(content, "photo").ref
    assert ref is not None
    found = folder.open(ref)
    assert found is not None
    assert found[1] == "image/jpeg"
    return Image.open(io.BytesIO(found[0]))


def a_phone_photo() -> bytes:
    """Red on the left, taken with the phone turned, with the place and the phone's make inside."""
    image = Image.new("RGB", (80, 40), "blue")
    image.paste("red", (0, 0, 40, 40))
    exif = image.getexif()
    exif[ORIENTATION] = 6  # turn right by 90 degrees to see it upright
    exif[MAKE] = "SecretPhone"
    exif.get_ifd(GPS).update({1: "N", 2: (34.0, 15.0, 0.0), 3: "E", 4: (108.0, 56.0, 0.0)})
    return encoded(image, exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 20)


def test_place_and_make_are_gone_and_the_picture_stands_upright(folder: MediaFolder) -> None:
    assert b"SecretPhone" in a_phone_photo()
    image = stored(folder, a_phone_photo())

    assert image.size == (40, 80)
    top, bottom = image.getpixel((20, 10)), image.getpixel((20, 70))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > bottom[0], "red is on top now"
    assert dict(image.getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    content = folder.open(folder.put(a_phone_photo(), "x").ref or "")
    assert content is not None
    assert b"Secret" not in content[0]


@pytest.mark.parametrize(
    ("form", "modes"),
    [
        ("JPEG", "RGB L CMYK 1"),
        ("PNG", "RGB L P RGBA LA 1 I;16"),
        ("WEBP", "RGB L P RGBA LA"),
        ("GIF", "RGB L P RGBA LA 1"),
    ],
)
def test_every_kind_of_picture_becomes_a_jpeg(folder: MediaFolder, form: str, modes: str) -> None:
    for mode in modes.split():
        image = stored(folder, encoded(Image.new(mode, (30, 20)), form))
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (30, 20))


def test_what_is_transparent_becomes_white(folder: MediaFolder) -> None:
    assert stored(folder, encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG")).getpixel((4, 4)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_frame_stays(folder: MediaFolder) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("white", "black")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    image = stored(folder, content)
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((4, 4)) == (255, 255, 255)


def test_a_big_photo_is_made_smaller(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path, max_side=100)

    assert stored(folder, encoded(Image.new("RGB", (1000, 500)))).size == (100, 50)
    assert stored(folder, encoded(Image.new("RGB", (300, 600)), "PNG")).size == (50, 100)


def test_files_have_generated_names_and_are_for_us_alone(tmp_path: Path) -> None:
    folder = MediaFolder(tmp_path / "media")
    media = folder.put(a_phone_photo(), "../../etc/passwd\x00.jpg")
    again = folder.put(a_phone_photo(), "same.jpg")
    files = [file for file in (tmp_path / "media").rglob("*") if file.is_file()]

    assert media.ref is not None
    assert media.ref != again.ref
    assert "passwd" not in media.name
    assert {file.stem for file in files} == {media.ref, again.ref}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(len(file.relative_to(tmp_path / "media").parts) == 3 for file in files)


def test_a_deleted_photo_is_gone(folder: MediaFolder) -> None:
    ref = folder.put(a_phone_photo(), "x").ref or ""
    folder.delete(ref)
    folder.delete(ref)

    assert folder.open(ref) is None


@pytest.mark.parametrize("ref", ["", "..", "../../etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 32])
def test_a_made_up_name_opens_and_deletes_nothing(folder: MediaFolder, tmp_path: Path, ref: str) -> None:
    outside = tmp_path / "passwd.jpg"
    outside.write_bytes(b"x")

    assert folder.open(ref) is None
    folder.delete(ref)
    assert outside.exists()


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG made by hand."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IEND", b"")]
    body = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


OWN_BAD = {
    "empty": (b"", "media.not_a_photo"),
    "text": (b"hello" * 100, "media.not_a_photo"),
    "page": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "media.not_a_photo"),
    "pdf": (b"%PDF-1.7\n" + b"x" * 100, "media.not_a_photo"),
    "script-in-gif": (b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)", "media."),
    "cut-jpeg": (a_phone_photo()[:-200], "media.broken"),
    "no-data": (png(10, 10), "media.broken"),
    "bad-data": (png(10, 10, (b"IDAT", b"nonsense")), "media.broken"),
    "huge-header": (png(60_000, 60_000, (b"IDAT", zlib.compress(b"\0" * 100))), "media.too_many_pixels"),
    "big-header": (png(9_000, 9_000, (b"IDAT", zlib.compress(b"\0" * 100))), "media.too_many_pixels"),
    "text-bomb": (png(10, 10, (b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 99_000_000))), "media."),
    "tiff": (encoded(Image.new("RGB", (9, 9)), "TIFF"), "media.not_a_photo"),
    "bmp": (encoded(Image.new("RGB", (9, 9)), "BMP"), "media.not_a_photo"),
}


@pytest.mark.parametrize("name", OWN_BAD)
def test_what_is_no_good_photo_is_refused_with_a_reason(folder: MediaFolder, tmp_path: Path, name: str) -> None:
    content, key = OWN_BAD[name]
    with pytest.raises(Refused) as refused:
        folder.put(content, name)

    assert refused.value.key.startswith(key)
    assert not (tmp_path / "media").exists()


def test_too_many_bytes_are_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        MediaFolder(tmp_path, max_bytes=1_000_000).put(b"x" * 1_000_001, "x")

    assert (refused.value.key, refused.value.params["limit"]) == ("media.too_large", "1 MB")


def test_the_pixel_limit_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        MediaFolder(tmp_path, max_pixels=1_000_000).put(encoded(Image.new("RGB", (1001, 1000))), "x")

    assert (refused.value.key, refused.value.params["limit"]) == ("media.too_many_pixels", "1 MP")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is absent: the corpus of bad pictures is not tried")
def test_no_bad_picture_of_the_corpus_does_harm(folder: MediaFolder) -> None:
    tried = [file for file in sorted(CORPUS.rglob("*")) if file.is_file()]
    taken = []
    for file in tried:
        try:
            taken.append(folder.put(file.read_bytes(), file.name))
        except Refused as refused:
            assert refused.key.startswith("media.")  # noqa: PT017 - either way is fine, nothing else is

    assert tried
    assert all(media.ref and folder.open(media.ref) for media in taken)


def test_a_photo_can_be_had_small(folder: MediaFolder) -> None:
    ref = folder.put(encoded(Image.effect_noise((1600, 400), 80)), "photo").ref
    assert ref is not None
    whole = folder.open(ref)
    small = folder.small(ref, 480)
    assert whole is not None
    assert small is not None
    assert Image.open(io.BytesIO(small)).size == (480, 120)
    assert len(small) < len(whole[0]) / 4
    assert folder.small("0" * 32, 480) is None
    assert folder.small("../../etc/passwd", 480) is None


def test_a_file_that_has_been_damaged_is_no_photo(folder: MediaFolder) -> None:
    ref = folder.put(encoded(Image.new("RGB", (8, 8))), "photo").ref
    assert ref is not None
    next(folder._root.glob("??/??/*.jpg")).write_bytes(b"no photo")
    assert folder.small(ref, 480) is None
