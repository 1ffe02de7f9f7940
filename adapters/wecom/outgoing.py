"""A message of the bot → bodies of the platform. Pure.

The robot can't mention anybody: "@name" stays in its words. A webhook robot can, in plain text, and knows no buttons.
"""

import base64
import hashlib
from typing import Any

from adapters.wecom.cards import card_of, fits
from adapters.wecom.translate import CHANNEL
from adapters.wecom.wording import cut, markdown
from bot.messages import OutboundMessage, channel_of, id_of, is_private

MARKDOWN_BYTES = 20_480  # developer.work.weixin.qq.com/document/path/101138
TEXT_BYTES = 2048  # developer.work.weixin.qq.com/document/path/91770
PHOTO_BYTES = 2 * 1024 * 1024  # of a webhook robot, before base64; the same page
EVERYBODY = "@all"  # as an account it would ring all phones of the group
SINGLE, GROUP = 1, 2  # left open, the platform would guess


def target_of(message: OutboundMessage) -> dict[str, Any]:
    """Which chat a message is for, in the platform's fields."""
    identifier = id_of(message.chat)
    if is_private(message.chat):
        return {"chatid": identifier.removeprefix("dm:"), "chat_type": SINGLE}
    return {"chatid": identifier, "chat_type": GROUP}


def robot_bodies(message: OutboundMessage, title: str) -> list[dict[str, Any]]:
    """What the robot says, the words first; what fits on a card together with its buttons is one."""
    card = [card_body(message, title)] if message.buttons else []
    return card if fits(message) else [markdown_body(message), *card]


def markdown_body(message: OutboundMessage) -> dict[str, Any]:
    """The words alone."""
    return {"msgtype": "markdown", "markdown": {"content": cut(markdown(message.text), MARKDOWN_BYTES)}}


def card_body(message: OutboundMessage, title: str) -> dict[str, Any]:
    """The buttons, with as many words as a card takes."""
    return {"msgtype": "template_card", "template_card": card_of(message, title)}


def webhook_body(message: OutboundMessage) -> dict[str, Any]:
    """The words as plain text, with those addressed."""
    ours = [id_of(account) for account in message.mentions if channel_of(account) == CHANNEL]
    mentioned = [account for account in ours if account != EVERYBODY]
    return {"msgtype": "text", "text": {"content": cut(message.text, TEXT_BYTES), "mentioned_list": mentioned}}


def webhook_photo(content: bytes) -> dict[str, Any]:
    """A photo, whole."""
    return {"msgtype": "image", "image": {"base64": base64.b64encode(content).decode(), "md5": md5(content)}}


def robot_photo(name: str) -> dict[str, Any]:
    """A photo that was uploaded, by its name at the platform."""
    return {"msgtype": "image", "image": {"media_id": name}}


def md5(content: bytes) -> str:
    """The platform's check that nothing got lost; it guards nothing."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
