import io
import struct
import zlib
from typing import Any

from PIL import Image

from tests.adapters.web.house import LAMP, Guest, House, origin_of

GPS = 0x8825


def photo(size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    image, written = Image.new("RGB", size, "green"), io.BytesIO()
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (31.0, 12.0, 0.0)}
    image.save(written, kind, exif=exif)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


async def upload(guest: Guest, content: bytes, room: str = "court") -> tuple[int, dict[str, Any]]:
    headers = {"Origin": origin_of(guest.browser), "Accept": "application/json"}
    answer = await guest.browser.post(f"/upload?room={room}", data=content, headers=headers)
    return answer.status, await answer.json()


async def test_a_photo_is_sent_seen_and_clean(house: House) -> None:
    resident, neighbour = await house.resident("3-2-501"), await house.resident("3-2-502")
    status, body = await upload(resident, photo())
    assert status == 200

    seq = await resident.say("", photos=[body["token"]])

    line = next(line for line in await neighbour.lines() if line["seq"] == seq)
    [address] = line["photos"]
    answer = await neighbour.browser.get(address)
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "photo.jpg" in answer.headers["Content-Disposition"]
    with Image.open(io.BytesIO(await answer.read())) as shown:
        assert not shown.getexif()


async def test_a_photo_of_a_list_comes_small(house: House) -> None:
    resident = await house.resident()
    _, body = await upload(resident, photo((900, 600)))
    seq = await resident.say("", photos=[body["token"]])
    [address] = next(line for line in await resident.lines() if line["seq"] == seq)["photos"]

    answer = await resident.browser.get(f"{address}&small=1")

    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    with Image.open(io.BytesIO(await answer.read())) as shown:
        assert shown.size == (480, 320)


async def test_photos_are_for_who_may_see_the_line(house: House) -> None:
    resident, stranger = await house.resident(), await house.resident(room="other")
    _, body = await upload(resident, photo())
    seq = await resident.say("", photos=[body["token"]])
    other = await resident.say("早上好")
    [address] = next(line["photos"] for line in await resident.lines() if line["seq"] == seq)
    ref = address.partition("?")[0]
    assert (await resident.get(f"{ref}?room=court&seq={other}&small=1"))[0] == 404
    assert (await stranger.get(f"{address}&small=1"))[0] == 404

    assert (await stranger.get(address))[0] == 404
    for query in (
        "", "?room=court", f"?room=court&seq={other}", "?room=court&seq=x", "?room=court&seq=99999999999999999999",
        f"?room=dm&seq={seq}", "?ticket=x", f"?room=other&seq={seq}",
    ):  # fmt: skip
        assert (await resident.get(ref + query))[0] == 404
    for name in ("..%2f..%2fhouse.db", "x", "a" * 32):
        assert (await resident.get(f"/media/{name}?room=court&seq={seq}"))[0] == 404
    await resident.command({"type": "recall", "id": "recall-1", "seq": seq})
    assert (await resident.get(address))[0] == 404


async def test_a_photo_of_a_ticket_is_on_its_page(house: House) -> None:
    steward, resident = await house.staff("wang"), await house.resident()
    _, body = await upload(resident, photo())
    await resident.say(LAMP, photos=[body["token"]])
    [ticket] = house.tickets()

    _, html = await steward.get(f"/t/{ticket.public_id}")
    address = html.partition('<img class="photo" src="')[2].partition('"')[0].replace("&amp;", "&")

    assert (await steward.browser.get(address)).content_type == "image/jpeg"
    assert (await (await house.resident("3-2-503")).get(address))[0] == 404


async def test_what_is_no_photo_is_refused_in_words(house: House) -> None:
    resident = await house.resident()

    for content, word in {
        b"": "照片",
        b"<svg onload=alert(1)>": "这不是照片",
        b"GIF89a": "照片",
        bomb(50_000, 50_000): "照片太大",
        photo((1200, 1200)): "照片太大",
        photo()[:200]: "照片",
    }.items():
        status, body = await upload(resident, content)
        assert status == 422
        assert word in body["error"]
    assert (await upload(resident, b"x" * 1_000_001))[0] == 413
    assert (await upload(resident, photo(), "other"))[0] == 404


async def test_an_upload_is_its_senders(house: House) -> None:
    resident, thief = await house.resident("3-2-501"), await house.resident("3-2-502")
    _, body = await upload(resident, photo())

    for token in (body["token"], "x", body["token"][:-1], "e" * 32):
        status, _ = await thief.command({"type": "say", "id": "stolen-photo", "text": "", "photos": [token]})
        assert status == 400


async def test_uploads_have_a_pace(house: House) -> None:
    resident = await house.resident()

    assert [(await upload(resident, b""))[0] for _ in range(22)] == [422] * 20 + [429] * 2
