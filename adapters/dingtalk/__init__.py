"""DingTalk: heard over its stream, answered through the chat's own webhook while it is fresh, else through the robot's API."""

from adapters.dingtalk.channel import Dingtalk
from bot.ports import Platform, Tools
from bot.settings import DingtalkSettings


def connect(settings: DingtalkSettings, tools: Tools) -> Platform:
    """The adapter; nothing is opened yet."""
    return Dingtalk(settings, tools)


__all__ = ["connect"]
