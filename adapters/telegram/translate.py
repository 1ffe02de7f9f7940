"""An update of Telegram → what the bot understands. Pure; ``told.read`` makes nothing of what is odd.

A message that was sent in the name of a group or a channel has no account behind it: nobody could be given a right or a
vote for it, so it is not heard. Neither are other bots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User

from adapters.telegram.spans import cut_out, without
from bot.messages import BOT, Edit, InboundEvent, InboundMessage, Media, Presence, Press, Rate, Renamed

CHANNEL = "telegram"
GROUPS = frozenset({"group", "supergroup"})
INSIDE = frozenset({"creator", "administrator", "member"})
COMMANDS = {
    "start": "隐私",
    "help": "隐私",
    "privacy": "隐私",
    "mine": "我的件",
    "todo": "待办",
}  # what people type as words
KINDS = {
    "photo": "image", "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
    "document": "file",
}  # fmt: skip
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is on Telegram, and the ids of usernames that it knows."""

    id: int
    username: str
    people: Mapping[str, str] = field(default_factory=dict)


def events_of(update: Update, me: Me, now: datetime) -> tuple[InboundEvent, ...]:
    """What an update tells; several events only where several people joined at once. ``now`` is the time of a tap.

    Raises whatever an odd update makes it stumble over: ``told.read`` is the door.
    """
    found = tuple(_events(update, me, now))
    if not all(isinstance(event.at, datetime) for event in found):
        raise TypeError("not a time")
    return found


def _events(update: Update, me: Me, now: datetime) -> list[InboundEvent]:
    if update.message is not None:
        return _said(update.message, me)
    if update.edited_message is not None:
        return _edited(update.edited_message, me)
    if update.callback_query is not None:
        return _tapped(update.callback_query, now)
    if update.my_chat_member is not None:
        return _moved(update.my_chat_member, BOT)
    if update.chat_member is not None:
        return _moved(update.chat_member, None)
    return []


def id_of(value: object) -> str:
    """An id; what is none raises."""
    if type(value) is not int:
        raise TypeError("not an id")
    return str(value)


def chat_of(message: Message) -> str:
    """Where a message was written."""
    if message.chat.type == "private":
        return f"dm:{id_of(message.chat.id)}"
    if message.chat.type not in GROUPS:
        raise ValueError("a channel is no conversation")
    return id_of(message.chat.id)


def _speaker(message: Message) -> User | None:
    user = message.from_user
    return None if user is None or user.is_bot or message.sender_chat is not None else user


# ---------------------------------------------------------------- words


def _said(message: Message, me: Me) -> list[InboundEvent]:
    if message.new_chat_members or message.left_chat_member:
        return _came_and_went(message)
    if message.new_chat_title is not None:
        return _renamed(message)
    user, media = _speaker(message), media_of(message)
    if user is None or (message.text is None and not media):
        return []
    text, mentions = words_of(message, me)
    quoted = _quoted(message)
    return [
        InboundMessage(
            channel=CHANNEL,
            chat=chat_of(message),
            sender=id_of(user.id),
            id=id_of(message.message_id),
            at=message.date,
            text=text,
            name=name_of(user),
            private=message.chat.type == "private",
            reply_to=None if quoted is None else id_of(quoted),
            mentions=mentions,
            media=media,
        )
    ]


def _edited(message: Message, me: Me) -> list[InboundEvent]:
    """A message without words (a moving location) cannot have got other ones."""
    user, at = _speaker(message), message.edit_date or message.date
    text, _ = words_of(message, me)
    if user is None or not text:
        return []
    return [Edit(CHANNEL, chat_of(message), id_of(user.id), id_of(message.message_id), at, text)]


def name_of(user: User) -> str:
    """How somebody calls himself."""
    return str(user.full_name)


def _quoted(message: Message) -> int | None:
    """The message that is answered. In a topic, Telegram says of every message that it answers the topic's first one."""
    quoted = message.reply_to_message
    if quoted is None or quoted.chat.id != message.chat.id:
        return None
    opens_topic = message.is_topic_message and quoted.message_id == message.message_thread_id
    return None if opens_topic or quoted.forum_topic_created is not None else quoted.message_id


def words_of(message: Message, me: Me) -> tuple[str, tuple[str, ...]]:
    """The words, without a mention of the bot before or behind them, and who is mentioned."""
    text = message.text if message.text is not None else message.caption or ""
    if not isinstance(text, str):
        raise TypeError("not a text")
    text, command = _command(text, message, me)
    if command is not None:
        return text, command
    mentions, ours = _mentions(text, message, me)
    return without(text, ours), mentions


def _command(text: str, message: Message, me: Me) -> tuple[str, tuple[str, ...] | None]:
    """A command at the beginning in the words that mean it; one for another bot is left as it stands."""
    first = next((one for one in message.entities if one.type == "bot_command" and one.offset == 0), None)
    if first is None:
        return text, None
    name, _, whose = cut_out(text, 0, first.length).removeprefix("/").partition("@")
    if (whose and whose.casefold() != me.username.casefold()) or name.casefold() not in COMMANDS:
        return text, None
    return COMMANDS[name.casefold()], (BOT,)


def _mentions(text: str, message: Message, me: Me) -> tuple[tuple[str, ...], Spans]:
    mentioned: list[str] = []
    ours: Spans = []
    for entity in message.entities or message.caption_entities:
        name = cut_out(text, entity.offset, entity.length)
        if entity.type == "mention":
            found = _of_username(name.removeprefix("@"), me)
        elif entity.type == "bot_command":
            found = BOT if name.casefold().endswith(f"@{me.username.casefold()}") else ""
        elif entity.type == "text_mention" and entity.user is not None:
            found = BOT if entity.user.id == me.id else id_of(entity.user.id)
        else:
            continue
        if found == BOT and entity.type != "bot_command":
            ours.append((entity.offset, entity.length))
        mentioned += [found] if found else []
    return tuple(dict.fromkeys(mentioned)), ours


def _of_username(username: str, me: Me) -> str:
    """The id behind a username; the name itself where it is unknown, so that it still says: somebody is meant."""
    if username.casefold() == me.username.casefold():
        return BOT
    return me.people.get(username.casefold(), f"@{username}")


def media_of(message: Message) -> tuple[Media, ...]:
    """What hangs on a message; the channel fetches photos, the rest is only told of."""
    if message.location is not None:
        return (Media("location", lat=float(message.location.latitude), lng=float(message.location.longitude)),)
    for name, kind in KINDS.items():
        if found := getattr(message, name):
            shown = getattr(found, "file_name", None) or ""
            is_image = str(getattr(found, "mime_type", "")).startswith("image/")
            return (Media("image" if kind == "file" and is_image else kind, shown if isinstance(shown, str) else ""),)
    return ()


# ---------------------------------------------------------------- taps


def _tapped(query: CallbackQuery, now: datetime) -> list[InboundEvent]:
    """A tap on one of our buttons. What it carries is hostile: a changed client may send anything."""
    user, message, data = query.from_user, query.message, query.data
    if message is None or user.is_bot or not isinstance(data, str) or not (query.id and isinstance(query.id, str)):
        return []
    chat = f"dm:{id_of(message.chat.id)}" if message.chat.type == "private" else id_of(message.chat.id)
    action, ticket, value = (*data.split(":", 2), "", "")[:3]
    if not action or not ticket:
        return []
    who, name = id_of(user.id), name_of(user)
    if action != "rate":
        return [Press(CHANNEL, chat, who, query.id, now, action, ticket, text=value, name=name)]
    return [Rate(CHANNEL, chat, who, query.id, now, int(value), ticket, name=name)] if is_rating(value) else []


def is_rating(value: str) -> bool:
    """Whether a value is one of 1–5."""
    return value in {"1", "2", "3", "4", "5"}


# ---------------------------------------------------------------- coming and going, titles


def _came_and_went(message: Message) -> list[InboundEvent]:
    """The bot's own coming is told by ``my_chat_member``, which says more."""
    chat, left = chat_of(message), message.left_chat_member
    people = [*message.new_chat_members, *([left] if left is not None else [])]
    return [
        Presence(CHANNEL, chat, id_of(user.id), message.date, user is not left, name_of(user))
        for user in people
        if not user.is_bot
    ]


def _renamed(message: Message) -> list[InboundEvent]:
    """The group's title; an anonymous administrator changed it as nobody."""
    user, title = _speaker(message), message.new_chat_title
    if message.chat.type not in GROUPS or not isinstance(title, str):
        return []
    return [Renamed(CHANNEL, chat_of(message), BOT if user is None else id_of(user.id), message.date, title)]


def _moved(change: ChatMemberUpdated, who: str | None) -> list[InboundEvent]:
    """Somebody is inside who was not, or the reverse; a change of rights is none of it."""
    user, was, is_in = change.new_chat_member.user, _inside(change.old_chat_member), _inside(change.new_chat_member)
    if was == is_in or change.chat.type not in GROUPS or (user.is_bot and who is None):
        return []
    return [Presence(CHANNEL, id_of(change.chat.id), who or id_of(user.id), change.date, is_in, name_of(user))]


def _inside(member: ChatMember) -> bool:
    return member.status in INSIDE or (member.status == "restricted" and getattr(member, "is_member", False) is True)
