"""Photos come with the words, in and out, and never hold them up."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.dingtalk.channel import Dingtalk
from bot.messages import OutboundMessage
from bot.ports import MediaStore, SendResult
from bot.render.catalog import load_catalog
from tests.fakes import CLEAR
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_faults import Silence, errs, fails
from tests.peers.dingtalk_server import TO_GROUP, TO_PERSON, UPLOAD, FakeDingtalk
from tests.peers.dingtalk_world import GROUP, OUTSIDER, PEOPLE
from tests.peers.house import House, tools


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


@pytest.mark.parametrize("fault", [fails(500), 2.0])
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


async def test_a_full_disk_does_not_hold_up_the_words(
    lived: House, media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(media), "put", fail)
    await lived.peer.say("zhang", CLEAR["drainage"], address=True, photo=_png())

    await lived.shown("1号件已登记")


async def test_what_strangers_show_each_other_is_not_fetched(lived: House, fake: FakeDingtalk) -> None:
    payload = fake.payload("staff-zhang", "") | {"msgtype": "picture", "content": {"downloadCode": "c1"}}
    fake.files["c1"] = _png()
    await fake.acknowledged(await fake.push(payload | {"conversationId": "cidStranger=="}))

    assert not fake.calls


# ---------------------------------------------------------------- out


DONE = OutboundMessage("k1", f"dingtalk:{GROUP}", "疏通了", "notice")
GONE = "0" * 32


@pytest.fixture
async def silent(peer: DingtalkPeer) -> AsyncIterator[Dingtalk]:
    """An adapter that has heard nothing yet."""
    platform = peer.platform
    yield platform
    await platform.close()


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return tools(tmp_path).media


def ref(media: MediaStore) -> str:
    stored = media.put(_png(), "")
    assert stored.ref is not None
    return stored.ref


@pytest.mark.parametrize(("chat", "private"), [(GROUP, ""), (f"dm:{PEOPLE['zhou']}", PEOPLE["zhou"])])
async def test_a_photo_stands_behind_the_words(
    silent: Dingtalk, peer: DingtalkPeer, media: MediaStore, chat: str, private: str
) -> None:
    kept = ref(media)
    result = await silent.send(replace(DONE, chat=f"dingtalk:{chat}", attachments=(kept,)))

    words, photo = await peer.seen(private)
    assert result == SendResult("sent", words.id)
    assert (words.text, words.photos, photo.text, photo.photos) == ("疏通了", 0, "", 1)
    stored = media.open(kept)
    assert stored is not None
    assert list(peer.fake.uploads.values()) == [stored[0]]


async def test_where_a_webhook_speaks_the_photo_follows_all_the_same(
    lived: House, fake: FakeDingtalk, media: MediaStore
) -> None:
    await lived.peer.say("zhang", "在吗", address=True)
    await lived.shown(load_catalog("zh_CN").text("notice", "addressed.how"))

    assert await lived.peer.platform.send(replace(DONE, attachments=(ref(media),))) == SendResult("sent")
    assert [one.photos for one in await lived.peer.seen()][-2:] == [0, 1]


async def test_a_photo_that_is_gone_is_left_out(silent: Dingtalk, peer: DingtalkPeer, media: MediaStore) -> None:
    assert (await silent.send(replace(DONE, attachments=(GONE, ref(media))))).state == "sent"
    assert [one.photos for one in await peer.seen()] == [0, 1]


async def test_of_many_photos_three_are_shown(silent: Dingtalk, peer: DingtalkPeer, media: MediaStore) -> None:
    await silent.send(replace(DONE, attachments=(ref(media),) * 5))

    assert sum(one.photos for one in await peer.seen()) == 3


@pytest.mark.parametrize(
    ("path", "faults"),
    [
        (UPLOAD, [fails(500)]),
        (UPLOAD, [errs(40004)]),
        (UPLOAD, [fails(429)]),
        (UPLOAD, [Silence]),
        (UPLOAD, [2.0]),
        (TO_GROUP, [0, fails(429)]),
        (TO_GROUP, [0, fails(500)]),
        (TO_GROUP, [0, Silence]),
    ],
)
async def test_a_photo_that_is_not_taken_neither_loses_nor_doubles_the_words(
    silent: Dingtalk, peer: DingtalkPeer, media: MediaStore, path: str, faults: list[Any]
) -> None:
    peer.fake.faults[path] = faults

    assert (await silent.send(replace(DONE, attachments=(ref(media),)))).state == "sent"
    assert [(one.text, one.photos) for one in await peer.seen()] == [("疏通了", 0)]


async def test_an_unreadable_store_does_not_lose_the_words(
    silent: Dingtalk, peer: DingtalkPeer, media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(type(media), "open", fail)

    assert (await silent.send(replace(DONE, attachments=(GONE,)))).state == "sent"


@pytest.mark.parametrize("fault", [fails(429), fails(500), fails(400, "param.error")])
async def test_without_the_words_there_is_no_photo(
    silent: Dingtalk, peer: DingtalkPeer, media: MediaStore, fault: Any
) -> None:
    peer.fake.faults[TO_GROUP] = [fault]
    await silent.send(replace(DONE, attachments=(ref(media),)))

    assert not peer.fake.uploads
    assert await peer.seen() == []


async def test_a_stale_token_does_not_hold_up_a_photo(silent: Dingtalk, peer: DingtalkPeer, media: MediaStore) -> None:
    def expire() -> Any:
        peer.fake.token = "token-2"
        return errs(42001)()

    peer.fake.faults[UPLOAD] = [expire]

    await silent.send(replace(DONE, attachments=(ref(media),)))
    assert sum(one.photos for one in await peer.seen()) == 1


async def test_somebody_outside_is_shown_no_photo(lived: House, fake: FakeDingtalk, media: MediaStore) -> None:
    await lived.peer.say("wang", "在吗", private=True)
    chat = f"dingtalk:dm:{OUTSIDER}"

    assert (await lived.peer.platform.send(replace(DONE, chat=chat, attachments=(ref(media),)))).state == "sent"
    assert TO_PERSON not in [path for path, _ in fake.calls]
    assert not fake.uploads
