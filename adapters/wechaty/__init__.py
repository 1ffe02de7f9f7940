"""WeChat through a gateway of one's own that speaks the Wechaty puppet-service protocol.

Nobody but the gateway's puppet is inside WeChat, and WeChat bans such accounts: read docs/channels/wechaty.md first.
"""

from adapters.wechaty.channel import WechatyPlatform
from bot.ports import Platform, Tools
from bot.settings import WechatySettings


def connect(settings: WechatySettings, tools: Tools) -> Platform:
    """The platform, not connected yet."""
    return WechatyPlatform(settings, tools)


__all__ = ["connect"]
