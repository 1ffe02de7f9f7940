"""An event of a room → what the bot knows. Pure: what an event alone does not tell is given in a ``Setting``.

Never raises: an event of an odd shape is none.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from adapters.matrix.shapes import Payload, id_at, moment_at, table_at, text_at, texts_at, value_at
from adapters.matrix.words import called_at, mentioned, said, uncalled
from bot.messages import BOT, Edit, InboundEvent, InboundMessage, Media, Presence, Press, Rate, Recall, Renamed

CHANNEL = "matrix"
POLL = "org.matrix.msc3381.poll"  # clients send the unstable form; the stable one is heard as well
RESPONSES = {f"{POLL}.response", "m.poll.response"}
ATTACHED = {"m.image": "image", "m.audio": "voice", "m.video": "video", "m.file": "file", "m.location": "location"}
SIGNED = {"👍", "✅", "收到"}
RATED_KINDS = {"poll", "reminder"}  # messages of ours whose reactions are votes
CALLING_KINDS = {"receipt", "ping", "reminder", "escalation"}  # and those that a steward answers with a thumb
_DRESS = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")  # keycaps, colours of skin
_MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]_-]{1,250})/([A-Za-z0-9_-]{1,250})")
_GEO = re.compile(r"geo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:[,;?].*)?")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an event stands. ``author`` made the event that this one changes; ``ours`` is our note of the message that
    it answers: the message's kind and its ticket.
    """

    me: str
    room: str
    private: bool = False
    called: tuple[str, ...] = ()
    name: str = ""
    author: str = ""
    ours: str = ""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """An image that can be fetched."""

    server: str
    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Head:
    """What every event has."""

    chat: str
    sender: str
    id: str
    at: datetime
    name: str


def translate(event: object, setting: Setting) -> InboundEvent | None:
    """What the bot is to know of an event; None where it is nothing to it."""
    head = _head(event, setting)
    if head is None:
        return None
    kind, content = text_at(event, "type"), table_at(event, "content")
    if kind == "m.room.member":
        return _presence(event, head, setting)
    if head.sender == setting.me:
        return None
    if kind == "m.room.name":
        return _renamed(event, head, setting)
    if kind == "m.room.redaction":
        return _recall(event, head, setting)
    return _spoken(kind, content, head, setting)


def _spoken(kind: str, content: Payload, head: Head, setting: Setting) -> InboundEvent | None:
    if kind == "m.room.message":
        return _edit(content, head, setting) if _replaces(content) else _message(content, head, setting)
    if kind == "m.reaction":
        return _reaction(content, head, setting)
    return _response(content, head, setting) if kind in RESPONSES else None


def changed(event: object) -> str:
    """The id of the message that an event changes or takes back: it counts only from the same sender."""
    kind, content = text_at(event, "type"), table_at(event, "content")
    if kind == "m.room.redaction":
        return id_at(event, "$", "redacts") or id_at(content, "$", "redacts")
    return id_at(content, "$", "m.relates_to", "event_id") if kind == "m.room.message" and _replaces(content) else ""


def answered(event: object) -> str:
    """The id of the message that a reaction or a vote answers."""
    is_answer = text_at(event, "type") in {"m.reaction", *RESPONSES}
    return id_at(event, "$", "content", "m.relates_to", "event_id") if is_answer else ""


def moved(event: object) -> str:
    """The room in which a group goes on. Only state counts: anybody may write what merely looks like it."""
    is_closed = text_at(event, "type") == "m.room.tombstone" and value_at(event, "state_key") == ""
    return id_at(event, "!", "content", "replacement_room") if is_closed else ""


def photo(event: object) -> Photo | None:
    """The image that a message carries. An encrypted one cannot be read."""
    content = table_at(event, "content")
    found = _MXC.fullmatch(text_at(content, "url"))
    if text_at(event, "type") != "m.room.message" or text_at(content, "msgtype") != "m.image" or not found:
        return None
    size = value_at(content, "info", "size")
    name = text_at(content, "filename") or text_at(content, "body")
    return Photo(found[1], found[2], name, size if isinstance(size, int) else 0)


def _head(event: object, setting: Setting) -> Head | None:
    sender, id_, at = text_at(event, "sender"), text_at(event, "event_id"), moment_at(event, "origin_server_ts")
    if not sender.startswith("@") or not id_ or at is None:
        return None
    chat = f"dm:{sender}" if setting.private else setting.room
    return Head(chat, sender, id_, at, setting.name or sender[1:].partition(":")[0])


def _replaces(content: Payload) -> bool:
    return text_at(content, "m.relates_to", "rel_type") == "m.replace"


def _message(content: Payload, head: Head, setting: Setting) -> InboundMessage | None:
    kind = text_at(content, "msgtype")
    if kind not in {"m.text", "m.emote", *ATTACHED}:
        return None  # m.notice is what bots say
    text, mentions = _heard(content, setting)
    media = _media(kind, content, setting)
    if not text and not media and not mentions:
        return None
    return InboundMessage(
        CHANNEL,
        head.chat,
        head.sender,
        head.id,
        head.at,
        text,
        head.name,
        setting.private,
        _quoted(content),
        mentions=mentions,
        media=media,
    )


def _heard(content: Payload, setting: Setting) -> tuple[str, tuple[str, ...]]:
    """Words without the call to the bot, and who is mentioned."""
    text = said(content)
    if text_at(content, "msgtype") in ATTACHED:
        named = text_at(content, "filename")  # beside a file's name the body is what is said about it
        text = text if named and named != text else ""
    mentions = tuple(BOT if one == setting.me else one for one in mentioned(content))
    if BOT not in mentions and called_at(text, setting.called):
        mentions = (*mentions, BOT)
    return (uncalled(text, setting.called) if BOT in mentions else text), mentions


def _media(kind: str, content: Payload, setting: Setting) -> tuple[Media, ...]:
    if kind not in ATTACHED:
        return ()
    if kind == "m.image":
        return setting.media
    place = _GEO.fullmatch(text_at(content, "geo_uri")) if kind == "m.location" else None
    if place:
        return (Media("location", text_at(content, "body"), None, float(place[1]), float(place[2])),)
    return (Media(ATTACHED[kind], text_at(content, "filename") or text_at(content, "body")),)


def _quoted(content: Payload) -> str | None:
    """The message that is answered. In a thread every message names one; what counts is where the thread begins."""
    relation = table_at(content, "m.relates_to")
    if text_at(relation, "rel_type") == "m.thread" and relation.get("is_falling_back") is True:
        return id_at(relation, "$", "event_id") or None
    return id_at(relation, "$", "m.in_reply_to", "event_id") or None


def _edit(content: Payload, head: Head, setting: Setting) -> Edit | None:
    new = table_at(content, "m.new_content")
    if setting.author != head.sender or text_at(new, "msgtype") not in {"m.text", "m.emote"}:
        return None
    id_ = id_at(content, "$", "m.relates_to", "event_id")
    return Edit(CHANNEL, head.chat, head.sender, id_, head.at, _heard(new, setting)[0])


def _recall(event: object, head: Head, setting: Setting) -> Recall | None:
    """What a moderator removes is not taken back by who said it: nobody else withdraws a resident's report."""
    if setting.author != head.sender:
        return None
    return Recall(CHANNEL, head.chat, head.sender, changed(event), head.at)


def _reaction(content: Payload, head: Head, setting: Setting) -> Press | Rate | None:
    kind, _, ticket = setting.ours.partition(" ")
    sign = _DRESS.sub("", text_at(content, "m.relates_to", "key"))
    if kind in RATED_KINDS and sign in {"1", "2", "3", "4", "5"}:
        return _rate(int(sign), ticket, head)
    if kind in CALLING_KINDS and sign in SIGNED:
        return Press(CHANNEL, head.chat, head.sender, head.id, head.at, "sign", ticket, name=head.name)
    return None


def _response(content: Payload, head: Head, setting: Setting) -> Rate | None:
    """A vote in a poll of ours; its answers have the ids 1 to 5."""
    kind, _, ticket = setting.ours.partition(" ")
    answers = texts_at(content, f"{POLL}.response", "answers") or texts_at(content, "m.selections")
    if kind not in RATED_KINDS or not answers or answers[0] not in {"1", "2", "3", "4", "5"}:
        return None
    return _rate(int(answers[0]), ticket, head)


def _rate(rating: int, ticket: str, head: Head) -> Rate:
    return Rate(CHANNEL, head.chat, head.sender, head.id, head.at, rating, ticket, name=head.name)


def _presence(event: object, head: Head, setting: Setting) -> Presence | None:
    """Somebody joined or left; a change of name is neither."""
    who = text_at(event, "state_key")
    now, before = text_at(event, "content", "membership"), before_of(event)
    if setting.private or not who.startswith("@") or (now == "join") == (before == "join"):
        return None
    name = text_at(event, "content", "displayname") or who[1:].partition(":")[0]
    return Presence(CHANNEL, head.chat, BOT if who == setting.me else who, head.at, now == "join", name)


def _renamed(event: object, head: Head, setting: Setting) -> Renamed | None:
    """The group's new title; like all state it has a state key, and only the server lets it through."""
    title = text_at(event, "content", "name")
    if setting.private or value_at(event, "state_key") != "" or not title:
        return None
    return Renamed(CHANNEL, head.chat, head.sender, head.at, title)


def before_of(event: object) -> str:
    """The membership before an event that changes it."""
    return text_at(event, "unsigned", "prev_content", "membership") or text_at(event, "prev_content", "membership")
