"""DingTalk's own SDK judges the fake: what satisfies it, and what it says, is what our adapter is tested against.

The SDK blocks its loop and looks for its own address in the internet, so it runs in a thread, and does not look.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_server import FakeDingtalk
from tests.peers.dingtalk_world import GROUP, ID, SECRET
from tests.peers.house import House

sdk = pytest.importorskip("dingtalk_stream", reason="the official SDK is not installed: `make setup` brings the judges")


class Echo(sdk.ChatbotHandler):  # type: ignore[misc, name-defined]
    """Answers each message with its own words."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.downloads: list[str] = []

    async def process(self, callback: Any) -> tuple[int, str]:
        message = sdk.ChatbotMessage.from_dict(callback.data)
        self.heard.append(message)
        for code in message.get_image_list() or []:
            self.downloads.append(self.get_image_download_url(code))
        self.reply_text("".join(message.get_text_list() or []), message)
        return sdk.AckMessage.STATUS_OK, "OK"


class Judge:
    """The SDK's client in a thread of its own."""

    def __init__(self) -> None:
        self.echo = Echo()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="judge")
        self._client = sdk.DingTalkStreamClient(sdk.Credential(ID, SECRET))
        self._client.get_host_ip = lambda: "127.0.0.1"
        self._client.register_callback_handler(sdk.ChatbotMessage.TOPIC, self.echo)

    def start(self) -> None:
        self._thread.start()

    def upload(self, photo: bytes) -> str:
        return str(self._client.upload_to_dingtalk(photo, "image", "photo.jpg", "image/jpeg"))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._client.start())
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        others = asyncio.all_tasks(self._loop)
        for task in others:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*others, return_exceptions=True))
        self._loop.close()

    async def stop(self) -> None:
        """It swallows the first cancellation and sleeps; the second one wakes it."""
        while self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
            await asyncio.sleep(0.05)


@pytest.fixture
async def judge(peer: DingtalkPeer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Judge]:
    url = peer.fake.url
    monkeypatch.setattr(sdk.DingTalkStreamClient, "OPEN_CONNECTION_API", f"{url}/v1.0/gateway/connections/open")
    monkeypatch.setattr("dingtalk_stream.stream.DINGTALK_OPENAPI_ENDPOINT", url)
    monkeypatch.setattr("dingtalk_stream.chatbot.DINGTALK_OPENAPI_ENDPOINT", url)
    judge = Judge()
    judge.start()
    yield judge
    await judge.stop()


async def test_the_sdk_lives_with_the_fake(judge: Judge, fake: FakeDingtalk) -> None:
    text = await fake.push(fake.payload("staff-zhang", "我家停水"))
    await fake.acknowledged(text)
    ping = await fake.push({"opaque": "x1"}, "ping", "SYSTEM")
    await fake.acknowledged(ping)

    (message,) = judge.echo.heard
    assert (message.text.content, message.sender_staff_id, message.conversation_id) == (
        " 我家停水 ",
        "staff-zhang",
        GROUP,
    )
    assert message.is_in_at_list
    (seen,) = fake.chat(GROUP).seen
    assert (seen.text, seen.mentions) == (" 我家停水 ", ("staff-zhang",))


async def test_the_sdk_finds_the_pictures(judge: Judge, fake: FakeDingtalk) -> None:
    payload = fake.payload("staff-zhang", "")
    fake.files["c1"] = b"png"
    payload |= {"msgtype": "richText", "content": {"richText": [{"text": "看"}, {"downloadCode": "c1"}]}}
    del payload["text"]

    await fake.acknowledged(await fake.push(payload))

    assert judge.echo.downloads == [f"{fake.url}/files/c1"]


async def test_the_sdk_comes_again_after_a_clean_close(judge: Judge, fake: FakeDingtalk) -> None:
    await fake.acknowledged(await fake.push(fake.payload("staff-zhang", "一")))
    await fake.sockets[-1][1].close()
    await fake.acknowledged(await fake.push(fake.payload("staff-zhang", "二")))

    assert len(fake.opened) == 2


async def test_how_the_sdk_asks_and_acknowledges(judge: Judge, fake: FakeDingtalk) -> None:
    await _a_message_and_a_ping(fake)

    assert [_shape(ack) for ack in fake.acks] == SHAPES
    assert set(fake.opened[-1]) == {"clientId", "clientSecret", "subscriptions", "ua", "localIp"}


async def test_we_ask_and_acknowledge_in_the_same_way(lived: House, fake: FakeDingtalk) -> None:
    await _a_message_and_a_ping(fake)

    assert [_shape(ack) for ack in fake.acks] == SHAPES
    assert set(fake.opened[-1]) == {
        "clientId",
        "clientSecret",
        "subscriptions",
        "ua",
    }  # our address is nobody's business


async def test_the_sdk_uploads_a_photo_as_we_do(
    judge: Judge, fake: FakeDingtalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address is fixed, so what it calls is bent; the rest is its own."""
    post, old = sdk.stream.requests.post, "https://oapi.dingtalk.com"
    monkeypatch.setattr(sdk.stream.requests, "post", lambda url, **rest: post(url.replace(old, fake.url), **rest))

    id_ = await asyncio.to_thread(judge.upload, b"jpeg")

    assert fake.uploads == {id_: b"jpeg"}


SHAPES = [
    (200, ["code", "data", "headers", "message"], ["contentType", "messageId"], '{"response": "OK"}'),
    (200, ["code", "data", "headers", "message"], ["contentType", "messageId"], '{"opaque": "x1"}'),
]


def _shape(ack: dict[str, Any]) -> tuple[int, list[str], list[str], str]:
    return ack["code"], sorted(ack), sorted(ack["headers"]), ack["data"]


async def _a_message_and_a_ping(fake: FakeDingtalk) -> None:
    await fake.acknowledged(await fake.push(fake.payload("staff-zhang", "在吗")))
    await fake.acknowledged(await fake.push({"opaque": "x1"}, "ping", "SYSTEM"))
