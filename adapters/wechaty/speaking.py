"""Saying things: text with mentions, photos in pieces, and what the gateway's answer means."""

import json
import re

from adapters.wechaty.files import UUID
from adapters.wechaty.gateway import CLOSED, Gateway, GatewayError
from bot.messages import OutboundMessage, id_of, is_private
from bot.ports import SendResult

PAUSE = 60.0  # seconds before a refused message is tried again
SLOWER = 10  # times that, where somebody has to act first, or WeChat finds us too fast
# The gateway's own words where a request surely never left this machine.
UNSENT = ("failed to connect", "connections to all backends failing", "handshake failed", "dns resolution failed")
DEAD = {  # where waiting does not help, and what an operator may look at
    "NOT_FOUND": "the gateway knows no such chat: is the account still in the group, and has the group's id changed?",
    "PERMISSION_DENIED": "the account may not speak there: was it removed from the group?",
    "INVALID_ARGUMENT": "the gateway cannot read what it was asked: does its version fit?",
    "UNIMPLEMENTED": "the gateway cannot send: does its puppet do so, and is a PuppetServer at wechaty.endpoint?",
}
# As puppets hand on WeChat's words, and as gRPC tells of a proxy before the gateway.
TOO_FAST = re.compile(r"频繁|rate.?limit|too (?:fast|many|often|frequent)|status: ?429")
UNCLEAR = re.compile(r"timed?[ -]?out|econnreset|socket hang up")  # on the puppet's own way to WeChat


def conversation_of(chat: str) -> str:
    """The gateway's id of a chat key: a group's, or that of the person in a private chat."""
    return id_of(chat).removeprefix("dm:") if is_private(chat) else id_of(chat)


def text_of(message: OutboundMessage) -> str:
    """The text with each mention as WeChat writes it: @name and a narrow blank."""
    text = message.text
    for name in message.names:
        # What is written so already is left: it belongs to somebody of the same name before.
        text = re.sub(rf"@{re.escape(name)}(?!\u2005)(?:[ \u00a0]|(?=\W|$))", f"@{_literal(name)}\u2005", text, count=1)
    return text


async def say(gateway: Gateway, message: OutboundMessage) -> str:
    """Say the text; gives its id, which may be empty. Raises ``GatewayError``."""
    mentions = [] if is_private(message.chat) else [id_of(account) for account in message.mentions]
    answer = await gateway.call(
        "MessageSendText",
        conversation_id=conversation_of(message.chat),
        text=text_of(message),
        mentional_ids=mentions,
    )
    return str(answer.id)


async def show(gateway: Gateway, chat: str, name: str, content: bytes) -> None:
    """Send a photo. Raises ``GatewayError``."""
    uploaded = await gateway.upload(content)
    box = {"boxType": UUID, "type": UUID, "uuid": uploaded, "name": name, "size": len(content), "metadata": {}}
    await gateway.call("MessageSendFile", conversation_id=conversation_of(chat), file_box=json.dumps(box))


def verdict(error: GatewayError, pause: float = PAUSE) -> SendResult:
    """What became of a message that ended in an error. What may have arrived is never sent again."""
    details = error.details.lower()
    if error.code == "UNAUTHENTICATED":
        return SendResult("held", retry_after=SLOWER * pause)
    if error.code == CLOSED or (error.code == "UNAVAILABLE" and any(words in details for words in UNSENT)):
        return SendResult("held", retry_after=pause)
    if error.code in DEAD:
        return SendResult("dead")
    if error.code == "RESOURCE_EXHAUSTED" or TOO_FAST.search(details):
        return SendResult("retry", retry_after=SLOWER * pause)
    if error.code in {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"} or UNCLEAR.search(details):
        return SendResult("uncertain")
    return SendResult("retry", retry_after=pause)  # the puppet says no: logged out, a hiccup, too fast


def _literal(name: str) -> str:
    return name.replace("\\", r"\\")
