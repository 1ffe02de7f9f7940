"""A socket's payload → InboundMessage, as the web channel does it: strict reading of the JSON, then the bot's own shape."""

from adapters.web.wire import Say, command_of
from benchmarks.talk import Payload
from benchmarks.town import CHANNEL, group_chat
from bot.messages import InboundMessage


def translate(payload: Payload) -> InboundMessage:
    """Pure; raises what the web channel raises."""
    say = command_of(payload.raw)
    assert isinstance(say, Say)
    return InboundMessage(
        CHANNEL,
        group_chat(payload.group),
        payload.sender,
        say.id,
        payload.at,
        say.text,
        payload.sender,
        reply_to=payload.quotes,
        mentions=say.mentions,
    )
