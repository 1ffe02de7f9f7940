"""Photos come with the words, and never hold them up."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.fakes import CLEAR
from tests.peers.dingtalk_server import FakeDingtalk, fails
from tests.peers.house import House


def _png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(content, "PNG")
    return content.getvalue()


async def test_a_photo_is_kept_with_its_ticket(lived: House) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], address=True, photo=_png())
    await lived.shown("1号件已登记")

    (ticket,) = lived.tickets()
    assert ticket.media == 1


async def test_a_repeated_photo_is_fetched_once(lived: House, fake: FakeDingtalk) -> None:
    payload = fake.payload("staff-zhang", "") | {"msgtype": "picture", "content": {"downloadCode": "c1"}}
    fake.files["c1"] = _png()
    for _ in range(3):
        await fake.acknowledged(await fake.push(payload))

    assert [path for path, _ in fake.calls].count("/v1.0/robot/messageFiles/download") == 1


@pytest.mark.parametrize("fault", [fails(500), 1.0])
@pytest.mark.parametrize("path", ["/v1.0/robot/messageFiles/download", "/files"])
async def test_a_photo_that_cannot_be_had_does_not_hold_up_the_words(
    lived: House, fake: FakeDingtalk, path: str, fault: Any
) -> None:
    fake.faults[path] = [fault]
    await lived.peer.say("zhang", CLEAR["drainage"], address=True, photo=_png())
    await lived.shown("1号件已登记")

    (ticket,) = lived.tickets()
    assert not ticket.media


@pytest.mark.parametrize("content", [b"no picture", b"\x89PNG\r\n\x1a\n" + b"x" * 100, b"", b"x" * 15_000_001])
async def test_a_broken_photo_does_not_hold_up_the_words(lived: House, content: bytes) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], address=True, photo=content)
    await lived.shown("1号件已登记")

    (ticket,) = lived.tickets()
    assert not ticket.media
