"""What the gateway tells → the bot's events. Pure; odd shapes give nothing and raise nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from adapters.wechaty.quotes import Quote, split_quote
from bot.messages import BOT, InboundMessage, Media, Presence, Recall, Renamed

NAME = "wechaty"
# The wire carries wechaty-puppet's numbers, not those of the .proto.
TYPES = (
    "unknown", "attachment", "audio", "contact", "chat_history", "emoticon", "image", "text", "location", "mini_program",
    "group_note", "transfer", "red_envelope", "recalled", "url", "video", "post",
)  # fmt: skip
SAID = frozenset({"text", "group_note"})  # types whose text a person wrote
BORNE = frozenset({"image", "attachment"})  # types that are a message also where their file cannot be had
SHOWN = {"audio": "voice", "video": "video", "location": "location"}  # named, never fetched
JOIN, LEAVE, TOPIC = 19, 20, 21
SECONDS = 10**11  # a smaller number of milliseconds is one of seconds: puppets differ
LATEST = 253_402_300_799  # the last second that a date can have
OFFICIAL = re.compile(r"gh_|(weixin|fmessage|filehelper|newsapp|medianote|floatbottle|tmessage|mphelper)$")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the gateway tells it, its shape checked. ``room`` is empty in a private chat."""

    id: str
    type: str
    talker: str
    room: str
    quote: Quote | None
    text: str
    filename: str
    mentions: tuple[str, ...]
    at: datetime

    @property
    def chat(self) -> str:
        """The chat's id for the bot."""
        return self.room or f"dm:{self.talker}"

    @property
    def file_call(self) -> str:
        """The call that fetches its file; nothing where it has none. A pdf arrives as ``unknown``."""
        return {"image": "MessageImage", "attachment": "MessageFile", "unknown": "MessageFile"}.get(self.type, "")


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known of a message: the bot's id and names there, the sender's name, what is quoted, its file."""

    bot: str
    names: tuple[str, ...] = ()
    sender_name: str = ""
    reply_to: str | None = None
    file: Media | None = None


def read_letter(payload: Mapping[str, object], now: datetime) -> Letter | None:
    """A message payload with its shape checked; None where something is missing, and for official accounts."""
    identifier, talker = _text(payload, "id"), _text(payload, "talker_id")
    kind = payload.get("type")
    if (
        not identifier
        or not talker
        or OFFICIAL.match(talker)
        or not isinstance(kind, int)
        or not 0 <= kind < len(TYPES)
    ):
        return None
    mentions = payload.get("mention_ids")
    found = tuple(one for one in mentions if isinstance(one, str) and one) if isinstance(mentions, list) else ()
    text = _text(payload, "text")
    quote, said = split_quote(text) if TYPES[kind] in SAID else (None, text)
    at = _moment(payload.get("receive_time"), now)
    room, filename = _text(payload, "room_id"), _text(payload, "filename")
    return Letter(identifier, TYPES[kind], talker, room, quote, said, filename, found, at)


def translate(letter: Letter, around: Around) -> InboundMessage | Recall | None:
    """A letter as the bot's event; None for stickers, red packets and the like."""
    if letter.type == "recalled":  # its text is the id of the message that was taken back
        return Recall(NAME, letter.chat, letter.talker, letter.text, letter.at) if letter.text else None
    media = Media(SHOWN[letter.type], letter.filename) if letter.type in SHOWN else around.file
    if letter.type not in SAID | BORNE and media is None:
        return None
    return InboundMessage(
        NAME, letter.chat, letter.talker, letter.id, letter.at,
        text=_without_call(letter.text, around.names) if letter.type in SAID else "",
        name=around.sender_name,
        private=not letter.room,
        reply_to=around.reply_to,
        mentions=mentions_of(letter, around.bot, around.names),
        media=(media,) if media else (),
    )  # fmt: skip


def mentions_of(letter: Letter, bot: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Who is spoken to. Some puppets give no ids: the bot's name behind an @, or on a quote, means it as well."""
    found = [BOT if one == bot else one for one in letter.mentions]
    if letter.type in SAID and (_calls(names).search(letter.text) or (letter.quote and letter.quote.name in names)):
        found.append(BOT)
    return tuple(dict.fromkeys(found))


def presences(kind: int, payload: str, bot: str, now: datetime) -> list[Presence]:
    """Who joined or left a group, the bot itself among them."""
    told = _object(payload)
    people = told.get("inviteeIdList" if kind == JOIN else "removeeIdList")
    room = _text(told, "roomId")
    if not room or not isinstance(people, list):
        return []
    at = _stamp(told.get("timestamp"), now)
    ids = dict.fromkeys(one for one in people if isinstance(one, str) and one)
    return [Presence(NAME, room, BOT if one == bot else one, at, kind == JOIN) for one in ids]


def renamed(payload: str, bot: str, now: datetime) -> Renamed | None:
    """A group's new title. Not every puppet says who gave it."""
    told = _object(payload)
    room, title, changer = _text(told, "roomId"), _text(told, "newTopic"), _text(told, "changerId")
    if not room or not title:
        return None
    return Renamed(
        NAME, room, changer if changer and changer != bot else BOT, _stamp(told.get("timestamp"), now), title
    )


def subject(payload: str, name: str) -> str:
    """One id out of an event's payload."""
    return _text(_object(payload), name)


def _object(payload: str) -> Mapping[str, object]:
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _moment(value: object, now: datetime) -> datetime:
    if not isinstance(value, Mapping):
        return now
    seconds, nanos = value.get("seconds"), value.get("nanos")
    if not isinstance(seconds, int) or not isinstance(nanos, int):
        return now
    return _stamp(seconds * 1000 + nanos // 1_000_000, now)


def _stamp(value: object, now: datetime) -> datetime:
    """A number of milliseconds, or of seconds, as an instant; ``now`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LATEST * 1000:
        return now
    return datetime.fromtimestamp(value if value < SECONDS else value / 1000, UTC)


@lru_cache(maxsize=1000)
def _calls(names: tuple[str, ...]) -> re.Pattern[str]:
    """@ and one of the bot's names, and what WeChat or a person sets behind it."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    return re.compile(rf"[@＠](?:{known or '(?!)'})(?:[\u2005\u00a0\s，,：:]+|$)")


def _without_call(text: str, names: tuple[str, ...]) -> str:
    """The text without the call at its beginning or end; one in the middle is part of a sentence."""
    text, call = text.strip(), _calls(names)
    while found := call.match(text):
        text = text[found.end() :].strip()
    calls = list(call.finditer(text))
    return text[: calls[-1].start()].strip() if calls and calls[-1].end() == len(text) else text
