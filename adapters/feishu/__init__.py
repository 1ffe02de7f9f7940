"""Feishu and Lark, spoken by a small client of our own: the official one takes 100 MB and six seconds to load."""

from adapters.feishu.channel import Feishu
from bot.ports import Platform, Tools
from bot.settings import FeishuSettings


def connect(settings: FeishuSettings, tools: Tools) -> Platform:
    """The platform of an app. Nothing is asked of anybody yet."""
    return Feishu(settings, tools)
