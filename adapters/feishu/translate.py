"""The platform's events → the bot's. Pure; whatever has an odd shape gives nothing, and never raises.

One payload may be several events: all who were taken into a group at once come in one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.feishu.content import said_in, word
from bot.messages import BOT, InboundEvent, InboundMessage, Presence, Press, Rate, Recall, Renamed

CHANNEL = "feishu"
PRIVATE = "p2p"
EVERYBODY = "@_all"
_KEY = re.compile(r"@_user_\d{1,4}|@_all(?![A-Za-z0-9_])")
_ID = re.compile(r"[A-Za-z0-9_*-]{1,120}")  # an id of the platform: it becomes part of keys and paths
RATINGS = frozenset("12345")
LATEST = 10**14  # more milliseconds than this are microseconds


@dataclass(frozen=True, slots=True)
class Payload:
    """An event without its envelope."""

    id: str
    at: datetime
    event: Mapping[str, Any]
    me: str  # the bot's open_id


def translate(payload: object, me: str) -> tuple[InboundEvent, ...]:
    """What a payload means; nothing where it means nothing to the bot. ``me`` is the bot's open_id."""
    found = _opened(payload, me)
    handler = _HANDLERS.get(word(payload, "header", "event_type"))
    if found is None or handler is None:
        return ()
    return handler(found)


def private_chat_of(payload: object) -> str:
    """The platform's id of the private chat that a message stands in; empty where it is not one."""
    if word(payload, "event", "message", "chat_type") != PRIVATE:
        return ""
    return _id(payload, "event", "message", "chat_id")


def _opened(payload: object, me: str) -> Payload | None:
    event = payload.get("event") if isinstance(payload, dict) else None
    at = _moment(word(payload, "header", "create_time"))
    if not isinstance(event, dict) or at is None:
        return None
    return Payload(_id(payload, "header", "event_id"), at, event, me)


def _message(found: Payload) -> tuple[InboundEvent, ...]:
    message, sender = found.event.get("message"), found.event.get("sender")
    account, id_, chat = _id(sender, "sender_id", "open_id"), _id(message, "message_id"), _id(message, "chat_id")
    if word(sender, "sender_type") != "user" or not isinstance(message, dict) or not (account and id_ and chat):
        return ()  # apps, this one too, are not people
    said = said_in(message.get("message_type"), message.get("content"))
    if said is None:
        return ()
    private = message.get("chat_type") == PRIVATE
    named = _mentions(message.get("mentions"), found.me)
    return (
        InboundMessage(
            CHANNEL,
            f"dm:{account}" if private else chat,
            account,
            id_,
            _moment(word(message, "create_time")) or found.at,
            _spoken(said.text, named),
            private=private,
            reply_to=_id(message, "parent_id") or _id(message, "root_id") or None,
            mentions=tuple(dict.fromkeys(who for who, _name in named.values() if who)),
            media=said.media,
        ),
    )


def _mentions(given: object, me: str) -> dict[str, tuple[str, str]]:
    """The key of each mention in the text → the account, ``BOT`` for ours and "" for unknown ones, and the name."""
    found: dict[str, tuple[str, str]] = {}
    for one in given if isinstance(given, list) else ():
        account = _id(one, "id", "open_id")
        if key := word(one, "key"):
            found[key] = (BOT if account and account == me else account, word(one, "name"))
    return found


def _spoken(text: str, named: Mapping[str, tuple[str, str]]) -> str:
    """The words as people read them, without the call of the bot at their beginning or end."""
    ours = [key for key, (who, _name) in named.items() if who == BOT]
    text = _without(text.strip(), ours)
    return _KEY.sub(lambda key: _called(key[0], named), text)


def _without(text: str, ours: list[str]) -> str:
    while key := next((key for key in ours if _stands_first(text, key)), ""):
        text = text.removeprefix(key).lstrip(" ,，:：\n\t")
    while key := next((key for key in ours if text.endswith(key)), ""):
        text = text.removesuffix(key).rstrip()
    return text


def _stands_first(text: str, key: str) -> bool:
    """``@_user_1`` is no call in front of ``@_user_12``."""
    return text.startswith(key) and not text[len(key) : len(key) + 1].isdecimal()


def _called(key: str, named: Mapping[str, tuple[str, str]]) -> str:
    if key == EVERYBODY:
        return "@所有人"
    return f"@{named[key][1]}" if key in named and named[key][1] else key


def _recalled(found: Payload) -> tuple[InboundEvent, ...]:
    """Only what its sender took back: what a group's owner removes may still be a trouble. The sender is not told to us."""
    id_, chat = _id(found.event, "message_id"), _id(found.event, "chat_id")
    if word(found.event, "recall_type") != "message_owner" or not (id_ and chat):
        return ()
    return (Recall(CHANNEL, chat, "", id_, found.at),)


def _presence(joined: bool) -> Callable[[Payload], tuple[InboundEvent, ...]]:
    def people(found: Payload) -> tuple[InboundEvent, ...]:
        chat, users = _id(found.event, "chat_id"), found.event.get("users")
        accounts = {
            _id(one, "user_id", "open_id"): word(one, "name") for one in users if isinstance(one, dict)
        } if isinstance(users, list) and chat else {}  # fmt: skip
        return tuple(
            Presence(CHANNEL, chat, account, found.at, joined, name) for account, name in accounts.items() if account
        )

    return people


def _own_presence(joined: bool) -> Callable[[Payload], tuple[InboundEvent, ...]]:
    def ours(found: Payload) -> tuple[InboundEvent, ...]:
        chat = _id(found.event, "chat_id")
        return (Presence(CHANNEL, chat, BOT, found.at, joined),) if chat else ()

    return ours


def _renamed(found: Payload) -> tuple[InboundEvent, ...]:
    """A group's settings were changed; its title is there where it was among them."""
    chat, title = _id(found.event, "chat_id"), word(found.event, "after_change", "name")
    who = _id(found.event, "operator_id", "open_id") or BOT
    return (Renamed(CHANNEL, chat, who, found.at, title),) if chat and title.strip() else ()


def _pressed(found: Payload) -> tuple[InboundEvent, ...]:
    """A button of a card of ours. One from a private chat is good for the account that it was sent to."""
    action = found.event.get("action")
    value = action.get("value") if isinstance(action, dict) else None
    account, private = _id(found.event, "operator", "open_id"), word(value, "to")
    chat = f"dm:{account}" if private else _id(found.event, "context", "open_chat_id")
    name, ticket = word(value, "action"), word(value, "ticket")
    if not (found.id and account and chat and name and ticket) or private not in {"", account}:
        return ()
    if name != "rate":
        return (Press(CHANNEL, chat, account, found.id, found.at, name, ticket),)
    rating = word(value, "value")
    return (Rate(CHANNEL, chat, account, found.id, found.at, int(rating), ticket),) if rating in RATINGS else ()


def _id(found: object, *path: str) -> str:
    """An id of the platform; empty where there is none, or what stands there cannot be one: nobody is called as we are."""
    given = word(found, *path)
    return given if _ID.fullmatch(given) and given != BOT else ""


def _moment(digits: str) -> datetime | None:
    """Milliseconds; the presses of buttons come in microseconds."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in range(10, 17):
        return None
    value = int(digits)
    return datetime.fromtimestamp(value / (1_000_000 if value > LATEST else 1000), UTC)


_HANDLERS: Mapping[str, Callable[[Payload], tuple[InboundEvent, ...]]] = {
    "im.message.receive_v1": _message,
    "im.message.recalled_v1": _recalled,
    "im.chat.member.user.added_v1": _presence(True),
    "im.chat.member.user.deleted_v1": _presence(False),
    "im.chat.member.user.withdrawn_v1": _presence(False),
    "im.chat.member.bot.added_v1": _own_presence(True),
    "im.chat.member.bot.deleted_v1": _own_presence(False),
    "im.chat.disbanded_v1": _own_presence(False),
    "im.chat.updated_v1": _renamed,
    "card.action.trigger": _pressed,
}
