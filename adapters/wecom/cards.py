"""Template cards: buttons under a message of the bot, what a tap on one means, and that it was seen.

A button carries its whole meaning in its key, ``action|ticket|value``, so that nothing has to be remembered for that.
"""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bot.messages import Button, OutboundMessage

BUTTONS = 6  # more are refused
LABEL = 10  # characters of a button
WORDS = 112  # characters of a card's text
SEPARATOR = "|"
KEPT = 1000  # cards


@dataclass(frozen=True, slots=True)
class Tap:
    """What a tapped button says."""

    action: str
    ticket_id: str
    value: str


def fits(message: OutboundMessage) -> bool:
    """Whether a card can say all of a message."""
    return bool(message.buttons) and len(message.text) <= WORDS


def card_of(message: OutboundMessage, title: str) -> dict[str, Any]:
    """The card of a message with buttons. Cards know no markup. The task's id is the same however often it is sent."""
    words = message.text if fits(message) else f"{message.text[: WORDS - 1]}…"
    return {
        "card_type": "button_interaction",
        "main_title": {"title": title[:26]},
        "sub_title_text": words,
        "button_list": [_button(button) for button in message.buttons[:BUTTONS]],
        "task_id": f"gs-{blake2b(message.key.encode(), digest_size=16).hexdigest()}",
    }


def _button(button: Button) -> dict[str, Any]:
    key = SEPARATOR.join((button.action, button.ticket_id, button.value))
    return {"text": button.label[:LABEL], "style": 1, "key": key}


def tap_of(key: object) -> Tap | None:
    """The meaning of a button's key; None where it is none of ours."""
    if not isinstance(key, str) or key.count(SEPARATOR) != 2:
        return None
    action, ticket_id, value = key.split(SEPARATOR)
    return Tap(action, ticket_id, value) if action and ticket_id else None


class Deck:
    """The cards sent lately: who has tapped one sees it marked. After a restart a tap counts all the same, unmarked."""

    def __init__(self) -> None:
        self._cards: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def keep(self, card: dict[str, Any]) -> None:
        """Remember a card that was sent."""
        self._cards[card["task_id"]] = card
        if len(self._cards) > KEPT:
            self._cards.popitem(last=False)

    def marked(self, task_id: str, key: str, sender: str) -> dict[str, Any] | None:
        """The request that shows one person his tap; others see the card as it was."""
        card = self._cards.get(task_id)
        label = next((one["text"] for one in card["button_list"] if one["key"] == key), None) if card else None
        if card is None or label is None:
            return None
        title = {**card["main_title"], "desc": f"✓ {label}"}
        return {
            "response_type": "update_template_card", "userids": [sender],
            "template_card": {**card, "main_title": title},
        }  # fmt: skip
