"""What the tests send, and how it reads at the other side."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

from bot.messages import Button, OutboundMessage
from tests.peers.feishu import tools_of
from tests.peers.feishu_messages import GROUP

SIGN = (Button("收到", "sign", "t1"),)


def message(text: str = "1号件已登记", chat: str = f"feishu:{GROUP}", **fields: Any) -> OutboundMessage:
    """A message of the bot."""
    return OutboundMessage(**{"key": "k1", "chat": chat, "text": text, "kind": "reply", **fields})


def plain(content: dict[str, Any]) -> list[str]:
    """The lines of rich text, or the words of a card."""
    if "elements" in content:
        return [one["text"]["content"] for one in content["elements"] if one["tag"] == "div"]
    return ["".join(one["text"] for one in line) for line in content["zh_cn"]["content"]]


def photo_in(folder: Path) -> str:
    """The name of a stored photo."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    ref = tools_of(folder).media.put(picture.getvalue(), "x.png").ref
    assert ref is not None
    return ref
