"""WeCom (企业微信): a smart robot over its long connection or by callbacks, and webhook robots that speak."""

from adapters.wecom.channel import WecomChannel
from bot.ports import Platform, Tools
from bot.settings import WecomSettings


def connect(settings: WecomSettings, tools: Tools) -> Platform:
    """The platform as the settings describe it; nothing is opened yet."""
    return WecomChannel(settings, tools)
