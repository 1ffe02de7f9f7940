"""Exported chats of other programs (WeChat text, Telegram JSON, tables) → transcripts for ``gridsteward replay``."""

from adapters.chatlog.detect import PARSERS
from adapters.chatlog.entries import ChatLogError, Note
from adapters.chatlog.reading import Reading

__all__ = ["PARSERS", "ChatLogError", "Note", "Reading"]
