"""What comes in is cut and cleaned before anything reads it: text of a chat is hostile, and nobody writes ten megabytes.

Half characters (lone surrogates) can be neither stored nor sent; endless text and stacked marks would hold up everybody.
"""

import re
from dataclasses import replace
from typing import Any

from bot.messages import Edit, InboundEvent, InboundMessage, Media, Presence, Press, Rate, Recall, Renamed

TEXT, NAME, FILE_NAME, ID = 4000, 64, 200, 200  # characters
MEDIA, MENTIONS = 50, 20
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u200d]"
_STACKED = re.compile(f"({_MARK}{{8}}){_MARK}+")
_HANGING = re.compile(f"{_MARK}+$")


def cleaned(event: InboundEvent) -> InboundEvent:
    """The event, fit to be read and stored; the same object where nothing had to be done."""
    if isinstance(event, InboundMessage) and _is_fit(event):
        return event
    fit: dict[str, Any] = {"chat": words(event.chat, ID), "sender": words(event.sender, ID)}
    if not isinstance(event, Presence | Renamed):
        fit["id"] = words(event.id, ID)
    if isinstance(event, InboundMessage):
        return replace(_message(event), **fit)
    return replace(event, **fit, **_said(event))


def _said(event: Press | Edit | Recall | Rate | Presence | Renamed) -> dict[str, Any]:
    """The words of an event, cut."""
    match event:
        case Press():
            return {"text": words(event.text, TEXT), "name": words(event.name, NAME)}
        case Edit():
            return {"text": words(event.text, TEXT)}
        case Presence():
            return {"name": words(event.name, NAME)}
        case Renamed():
            return {"title": words(event.title, NAME)}
        case _:
            return {}


def _is_fit(message: InboundMessage) -> bool:
    """The quick look: nearly every message is fit as it is."""
    if len(message.text) > TEXT or len(message.name) > NAME or message.media or len(message.mentions) > MENTIONS:
        return False
    if len(message.key) > ID or not _is_whole(message.key + message.account + message.name + message.text):
        return False
    return message.text.isascii() or _STACKED.search(message.text) is None


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _message(message: InboundMessage) -> InboundMessage:
    return replace(
        message,
        text=words(message.text, TEXT),
        name=words(message.name, NAME),
        mentions=tuple(words(one, ID) for one in message.mentions[:MENTIONS]),
        media=tuple(_media(one) for one in message.media[:MEDIA]),
    )


def _media(media: Media) -> Media:
    return replace(media, name=words(media.name, FILE_NAME))


def words(text: str, length: int) -> str:
    """A text of at most so many characters, whole, with at most eight marks on one letter, cut between letters."""
    short = _STACKED.sub(r"\1", text[: 4 * length].encode("utf-8", "replace").decode("utf-8"))
    return short if len(short) <= length else _HANGING.sub("", short[:length])
