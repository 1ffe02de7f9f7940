"""Telegram: a bot account, heard by long polling or a webhook. The SDK is loaded only where the channel is switched on."""

from bot.ports import Platform, Tools
from bot.settings import TelegramSettings


def connect(settings: TelegramSettings, tools: Tools) -> Platform:
    """The channel, not connected yet."""
    from adapters.telegram.channel import TelegramChannel  # noqa: PLC0415 - the SDK takes 0.6 s to load

    return TelegramChannel(settings, tools)
