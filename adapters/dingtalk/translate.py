"""What DingTalk tells about a message → the bot's own shape. Pure; odd input gives None and never raises.

Only what is addressed to the bot arrives, so every message of a group mentions it. DingTalk has taken the bot's name out
of the text already; it is taken out once more for clients that leave it in.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.messages import BOT, InboundMessage, Media

CHANNEL = "dingtalk"
PRIVATE, GROUP = "1", "2"
PRIVATE_CHAT = "dm:"
SILENT = {"audio": "voice", "video": "video", "file": "file"}  # what arrives without a copy that we keep
NUMBER = re.compile(r"(\d{1,6})\s?[号號]件|No\. (\d{1,6})")  # how the bot calls a ticket
PICTURES = 9  # of one message; nobody needs more, and each is a download


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a chat can be answered until it expires."""

    url: str
    until: datetime


def translate(payload: object, name: str = "") -> InboundMessage | None:
    """A robot's message. ``name`` is how the bot is called. Its pictures are fetched later, see ``pictures``."""
    if not isinstance(payload, dict):
        return None
    sender, chat, at = _sender(payload), _chat(payload), moment(payload.get("createAt"))
    id_, words = word(payload, "msgId"), _words(payload)
    if not (sender and chat and id_) or at is None or words is None or _is_own(payload):
        return None
    return InboundMessage(
        channel=CHANNEL,
        chat=chat,
        sender=sender,
        id=id_,
        at=at,
        text=without_mention(words, name),
        name=word(payload, "senderNick"),
        private=chat.startswith(PRIVATE_CHAT),
        reply_to=_quoted(payload),
        reply_number=_number(payload),
        mentions=_mentions(payload),
        media=_media(payload),
    )


def pictures(payload: object) -> tuple[str, ...]:
    """The codes for which the message's pictures can be downloaded."""
    content = _part(payload, "content")
    single = word(content, "downloadCode") if word(payload, "msgtype") == "picture" else ""
    found = [single, *(word(run, "downloadCode") for run in _runs(payload))]
    return tuple(code for code in found if code)[:PICTURES]


def title(payload: object) -> str:
    """What the message's group is called; empty for a private chat."""
    return word(payload, "conversationTitle").strip() if word(payload, "conversationType") == GROUP else ""


def webhook(payload: object) -> Webhook | None:
    """Where the message's chat can be answered, and until when."""
    until = moment(payload.get("sessionWebhookExpiredTime")) if isinstance(payload, dict) else None
    url = word(payload, "sessionWebhook")
    return Webhook(url, until) if url and until is not None else None


def word(payload: object, name: str) -> str:
    """A string of a payload; empty where there is none."""
    value = payload.get(name) if isinstance(payload, dict) else None
    return value if isinstance(value, str) else ""


def moment(value: object) -> datetime | None:
    """Milliseconds since 1970, as a number or in digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def without_mention(text: str, name: str) -> str:
    """The text without the bot's mention at its beginning or end; a mention amid the words stays."""
    mention = f"@{name}"
    text = text.strip()
    if not name:
        return text
    rest = text.removeprefix(mention)
    if rest != text and (not rest or rest[0].isspace()):
        text = rest.strip()
    return text.removesuffix(mention).rstrip()


def _sender(payload: dict[Any, Any]) -> str:
    """The staff id within the bot's own organization, which can be written to; else the id that DingTalk made.

    A staff id of another organization may equal one of ours: it names nobody here.
    """
    home, corp = word(payload, "chatbotCorpId"), word(payload, "senderCorpId")
    is_ours = not home or not corp or home == corp
    staff = word(payload, "senderStaffId") if is_ours else ""
    return staff if staff and staff != BOT else word(payload, "senderId")


def _chat(payload: dict[Any, Any]) -> str:
    kind, group = word(payload, "conversationType"), word(payload, "conversationId")
    if kind == PRIVATE:
        return f"{PRIVATE_CHAT}{_sender(payload)}"
    return group if kind == GROUP and not group.startswith(PRIVATE_CHAT) else ""


def _is_own(payload: dict[Any, Any]) -> bool:
    sender = word(payload, "senderId")
    return bool(sender) and sender in {BOT, word(payload, "chatbotUserId")}


def _words(payload: dict[Any, Any]) -> str | None:
    """What was said; None where it is nothing that the bot takes in."""
    kind, content = word(payload, "msgtype"), _part(payload, "content")
    if kind == "text":
        return word(_part(payload, "text"), "content")
    if kind == "richText":
        return "".join(word(run, "text") for run in _runs(payload))
    if kind in {"picture", *SILENT}:
        return word(content, "recognition")  # DingTalk writes down what was spoken to the bot alone
    return None


def _runs(payload: object) -> list[Any]:
    runs = _part(payload, "content").get("richText") if word(payload, "msgtype") == "richText" else None
    return runs if isinstance(runs, list) else []


def _media(payload: dict[Any, Any]) -> tuple[Media, ...]:
    kind = SILENT.get(word(payload, "msgtype"))
    return (Media(kind, word(_part(payload, "content"), "fileName")),) if kind else ()


def _mentions(payload: dict[Any, Any]) -> tuple[str, ...]:
    """In a group the bot first: nothing else would have arrived."""
    own, users = word(payload, "chatbotUserId"), payload.get("atUsers")
    found = [BOT] if word(payload, "conversationType") == GROUP else []
    for user in users if isinstance(users, list) else ():
        id_ = word(user, "dingtalkId")
        if id_ != own and BOT not in (named := word(user, "staffId") or id_, id_):
            found.append(named)
    return tuple(dict.fromkeys(one for one in found if one))


def _quoted(payload: dict[Any, Any]) -> str | None:
    """The quoted message: what the robot's API called it when we sent it, else its own id."""
    replied = _part(_part(payload, "text"), "repliedMsg")
    key = word(payload, "originalProcessQueryKey")
    return key or word(replied, "msgId") or word(payload, "originalMsgId") or None


def _number(payload: dict[Any, Any]) -> int | None:
    """The ticket that a quoted message of the bot speaks of: one sent through a webhook has no id that leads back."""
    replied = _part(_part(payload, "text"), "repliedMsg")
    own, content = word(payload, "chatbotUserId"), _part(replied, "content")
    if not own or word(replied, "senderId") != own or word(payload, "conversationType") != GROUP:
        return None
    words = word(content, "text") or word(content, "content")
    numbers = {int(chinese or english) for chinese, english in NUMBER.findall(words)}
    return numbers.pop() if len(numbers) == 1 else None


def _part(payload: object, name: str) -> dict[Any, Any]:
    value = payload.get(name) if isinstance(payload, dict) else None
    return value if isinstance(value, dict) else {}
