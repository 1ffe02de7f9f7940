"""The bot's message → the platform's content. Pure.

Words never pass through markup: a rich-text message is a list of plain pieces, a card shows ``plain_text``. So nobody's
"<at user_id=…>" or "[link](…)" means anything. A mention is a piece of its own that holds nothing but an account's id.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from bot.messages import Button, OutboundMessage, id_of, is_private

LONGEST_KEY = 50  # characters of the platform's idempotency key
Element = dict[str, Any]
_ACCOUNT = re.compile(r"ou_[A-Za-z0-9_-]{1,100}")  # never "all"


def receiver(message: OutboundMessage) -> tuple[str, str]:
    """Whom it goes to: the kind of id, and the id."""
    identifier = id_of(message.chat)
    return ("open_id", identifier.removeprefix("dm:")) if is_private(message.chat) else ("chat_id", identifier)


def idempotency(message: OutboundMessage) -> str:
    """The message's key, in the length that the platform takes."""
    if len(message.key) <= LONGEST_KEY:
        return message.key
    return blake2b(message.key.encode(), digest_size=16).hexdigest()


def content_of(message: OutboundMessage, photos: Sequence[str] = ()) -> tuple[str, Element]:
    """The message's type and its content; ``photos`` are their keys at the platform. Only cards can be edited."""
    if message.buttons or message.replaces is not None:
        return "interactive", _card(message, photos)
    lines = _lines(message) + [[{"tag": "img", "image_key": key}] for key in photos]
    return "post", {"zh_cn": {"title": "", "content": lines}}


def _called(message: OutboundMessage) -> dict[str, str]:
    """How the text calls each account that can be mentioned here."""
    if is_private(message.chat):
        return {}
    pairs = zip(message.mentions, (*message.names, *[""] * len(message.mentions)), strict=False)
    return {id_of(account): name for account, name in pairs if _ACCOUNT.fullmatch(id_of(account))}


def _lines(message: OutboundMessage) -> list[list[Element]]:
    """The text as lines of pieces; who is not called in it is mentioned before it."""
    waiting = list(_called(message).items())
    lines = [list(_pieces(line, waiting)) or [_plain("")] for line in message.text.split("\n")]
    rest = [_at(account) for account, _name in waiting]
    return [rest, *lines] if rest else lines


def _pieces(line: str, waiting: list[tuple[str, str]]) -> Iterator[Element]:
    """A line as plain pieces and mentions; each account once, two of one name in their order."""
    while found := _first_call(line, [name for _account, name in waiting if name]):
        if found.start():
            yield _plain(line[: found.start()])
        pair = next(pair for pair in waiting if pair[1] == found[1])
        waiting.remove(pair)
        yield _at(pair[0])
        line = line[found.end() :]
    if line:
        yield _plain(line)


def _first_call(line: str, names: Sequence[str]) -> re.Match[str] | None:
    longest_first = sorted(names, key=len, reverse=True)
    return re.search("@(" + "|".join(map(re.escape, longest_first)) + ")", line) if names else None


def _plain(text: str) -> Element:
    return {"tag": "text", "text": text}


def _at(account: str) -> Element:
    return {"tag": "at", "user_id": account}


def _card(message: OutboundMessage, photos: Sequence[str]) -> Element:
    called = _called(message)
    elements: list[Element] = []
    if called:  # markup of a card pings; it holds ids that we have looked at, and nothing else
        pings = " ".join(f"<at id={account}></at>" for account in called)
        elements.append({"tag": "div", "text": {"tag": "lark_md", "content": pings}})
    elements.append({"tag": "div", "text": _label(_without_calls(message.text, called.values()) or "…")})
    elements += [{"tag": "img", "img_key": key, "alt": _label("照片")} for key in photos]
    to = id_of(message.chat).removeprefix("dm:") if is_private(message.chat) else ""
    if message.buttons:
        elements.append({"tag": "action", "actions": [_button(button, to) for button in message.buttons]})
    # Without update_multi, before and after, a card can't be edited.
    return {"config": {"wide_screen_mode": True, "enable_forward": False, "update_multi": True}, "elements": elements}


def _without_calls(text: str, names: Iterable[str]) -> str:
    """Who is pinged above needs not to be called once more at the beginning."""
    calls = [f"@{name} " for name in names if name]
    while call := next((call for call in calls if text.startswith(call)), ""):
        text = text.removeprefix(call)
    return text.strip()


def _label(text: str) -> Element:
    return {"tag": "plain_text", "content": text}


def _button(button: Button, to: str) -> Element:
    """``to``: whom a private card was sent to; nobody else may press it."""
    value = {"action": button.action, "ticket": button.ticket_id, "value": button.value, "to": to}
    return {"tag": "button", "text": _label(button.label), "type": "default", "value": value}
