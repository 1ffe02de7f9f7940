"""Files that people send: what is taken, what is left out, and that no address in them is ever followed."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.wechaty.channel import WechatyPlatform
from adapters.wechaty.files import content_of, read_box
from adapters.wechaty.gateway import TooLargeError, open_gateway
from bot.messages import InboundMessage
from bot.ports import Tools
from tests.adapters.wechaty.conftest import Ear, chosen, listening
from tests.peers.wechaty import ROOM, GatewayProcess

VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.lists(st.text(max_size=3), max_size=2)
# Kind 7 with an id is asked of a gateway, for which this test has none: of it only the shapes that name no file.
BOXES = st.dictionaries(st.sampled_from(["boxType", "type", "base64", "name", "url"]), VALUE)


async def test_what_is_too_large_is_not_fetched_to_its_end(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    link = await open_gateway(chosen(gateway.endpoint))
    try:
        stored = await link.upload(b"x" * 300_000)
        assert await link.download(stored, 300_000) == b"x" * 300_000
        with pytest.raises(TooLargeError):
            await link.download(stored, 299_999)
    finally:
        await link.close()


async def test_an_address_is_not_followed(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(WechatyPlatform(chosen(gateway.endpoint), tools), ear):
        told = await gateway.do(
            "link", **{"from": "zhang"}, room=ROOM, name="a.png", url=f"http://{gateway.endpoint}/a.png"
        )
        [event] = await ear.heard(1)

    assert isinstance(event, InboundMessage)
    assert (event.id, event.media) == (told["id"], ())


@pytest.mark.parametrize("told", ["", "[]", "null", '"a"', "{", "[" * 100_000])
def test_no_box_is_told_by_an_error_of_ours(told: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_box(told)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOXES)
async def test_odd_boxes_hold_nothing(box: dict[str, object]) -> None:
    link = await open_gateway(chosen("127.0.0.1:9"))
    try:
        await content_of(link, read_box(json.dumps(box)))
    except ValueError:
        pass
    else:
        assert box.get("boxType", box.get("type")) == 1
    finally:
        await link.close()


async def test_a_small_file_lies_in_its_box() -> None:
    link = await open_gateway(chosen("127.0.0.1:9"))
    box = {"boxType": 1, "base64": base64.b64encode(b"photo").decode(), "name": "a.jpg"}
    try:
        assert await content_of(link, box) == b"photo"
    finally:
        await link.close()
