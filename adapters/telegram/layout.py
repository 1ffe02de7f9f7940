"""How a message looks on Telegram. Words go out as they are, without a parse mode: nothing that people wrote can become
markup. Mentions are entities beside the text.
"""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters, User

from adapters.telegram.spans import find
from adapters.telegram.translate import CHANNEL
from bot.messages import Button, OutboundMessage, channel_of, id_of

DATA = 64  # bytes that a button may carry


def mentions_of(message: OutboundMessage) -> list[MessageEntity]:
    """Who is called in the text, as entities: they reach people without a username, too."""
    accounts = [id_of(account) if channel_of(account) == CHANNEL else "" for account in message.mentions]
    found = find(message.text, [f"@{name}" if name else "" for name in message.names])
    return [
        MessageEntity("text_mention", offset, length, user=User(int(accounts[index]), message.names[index], False))
        for index, offset, length in found
        if index < len(accounts) and accounts[index].isascii() and accounts[index].isdigit()
    ]


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """The buttons, one a line where they are many: phones are narrow. One that carries too much is left to words."""
    made = [
        InlineKeyboardButton(button.label, callback_data=data_of(button))
        for button in buttons
        if len(data_of(button).encode()) <= DATA
    ]
    rows = [[one] for one in made] if len(made) > 3 else [made]
    return InlineKeyboardMarkup(rows) if made else None


def data_of(button: Button) -> str:
    """What a button carries."""
    return f"{button.action}:{button.ticket_id}:{button.value}".removesuffix(":")


def answering(message: int | None) -> ReplyParameters | None:
    """A quote of a message, where there is one; without it where it is gone."""
    return None if message is None else ReplyParameters(message, allow_sending_without_reply=True)
