"""What comes in from a chat and what goes out to it: one shape for all channels.

Chats and accounts are named by plain keys, ``channel:id`` (``web:xueyuan``, ``web:zhang``), so that they can be compared,
stored and logged without unpacking. A private chat with the bot is the chat ``dm:<account>`` of its channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, dataclass_transform

T = TypeVar("T")
BOT = "bot"  # the account id by which a mention or a sender means the bot itself, in every channel


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A frozen dataclass to who reads and checks the code. Nothing guards its fields while it runs: that would make it four
    times as dear to make, and every message makes several.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


def key_of(channel: str, identifier: str) -> str:
    """The key of a chat or an account: ``channel:id``."""
    return f"{channel}:{identifier}"


def channel_of(key: str) -> str:
    """The channel of a key."""
    return key.partition(":")[0]


def id_of(key: str) -> str:
    """The platform's own id inside a key."""
    return key.partition(":")[2]


def private_chat(account: str) -> str:
    """The key of the direct chat between an account key and the bot."""
    channel, _, identifier = account.partition(":")
    return f"{channel}:dm:{identifier}"


def is_private(chat: str) -> bool:
    """Whether a chat key names a direct chat with the bot."""
    return chat.partition(":")[2].startswith("dm:")


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment. ``type`` is image, voice, video, file or location; ``ref`` names the stored copy, if there is one."""

    type: str
    name: str = ""
    ref: str | None = None
    lat: float | None = None
    lng: float | None = None


@record
class InboundMessage:
    """A message as every adapter translates it. Times are aware UTC; ``name`` is a display name and never gives a right."""

    channel: str
    chat: str
    sender: str
    id: str
    at: datetime
    text: str = ""
    name: str = ""
    private: bool = False
    reply_to: str | None = None
    reply_number: int | None = None  # a ticket named by number outside the text
    mentions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    chat_key: str = field(init=False, repr=False, compare=False)
    account: str = field(init=False, repr=False, compare=False)  # the sender's account key
    key: str = field(init=False, repr=False, compare=False)  # of the platform's message, however often it comes

    def __post_init__(self) -> None:
        """The keys are made once: every step of a message's way asks for them."""
        self.chat_key = chat = f"{self.channel}:{self.chat}"  # type: ignore[misc]
        self.account = f"{self.channel}:{self.sender}"  # type: ignore[misc]
        self.key = f"{chat}:{self.id}"  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Press:
    """A tap on a button of a ticket: sign, done, return, register, reject. Names a ticket by id, or by number."""

    channel: str
    chat: str
    sender: str
    id: str
    at: datetime
    action: str
    ticket_id: str | None = None
    number: int | None = None
    text: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A tap on a rating 1–5 of a poll; ``solved`` where the platform asks for it."""

    channel: str
    chat: str
    sender: str
    id: str
    at: datetime
    rating: int
    ticket_id: str | None = None
    number: int | None = None
    solved: bool | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A message's text was changed by its sender."""

    channel: str
    chat: str
    sender: str
    id: str  # of the edited message
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A message was taken back by its sender."""

    channel: str
    chat: str
    sender: str
    id: str  # of the recalled message
    at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """An account joined or left a group; ``joined`` tells which. The bot's own joining has the sender ``bot``."""

    channel: str
    chat: str
    sender: str
    at: datetime
    joined: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A group has another title now; ``sender`` is whoever changed it, ``bot`` where the platform does not say."""

    channel: str
    chat: str
    sender: str
    at: datetime
    title: str


InboundEvent = InboundMessage | Press | Rate | Edit | Recall | Presence | Renamed


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an outgoing message: what it says and what pressing it means for which ticket."""

    label: str
    action: str
    ticket_id: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a card, with what it counts and a small note; ``alarming`` ones stand out."""

    label: str
    value: str
    note: str = ""
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A small bar chart of a card: rows of a name, the number now and the one before."""

    title: str
    rows: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What is drawn as a picture beside the words of a message. All its text is data, whatever stands in it."""

    title: str
    figures: tuple[Figure, ...] = ()
    bars: tuple[Bars, ...] = ()
    lines: tuple[str, ...] = ()
    legend: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message to people, in words. ``key`` is the idempotency key, fixed before the first attempt."""

    key: str
    chat: str  # chat key
    text: str
    kind: str
    mentions: tuple[str, ...] = ()  # account keys, everyone addressed
    ticket_id: str | None = None
    number: int | None = None
    buttons: tuple[Button, ...] = ()
    attachments: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # how the text calls who is mentioned, in the order of ``mentions``
    reply_to: str | None = None  # the platform's id of the message that is answered
    replaces: str | None = None  # the platform's id of the bot's own message that this one takes the place of
    card: Card | None = None  # drawn just before it is sent, where something can draw: then it is an attachment


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do; what it can't degrades to words. ``max_length`` in characters.

    ``keyed``: it knows idempotency keys, so that the same message may be sent again after a crash without being doubled.
    ``hears_all``: False where only what is addressed to the bot arrives. ``edits``: it can put other words and buttons into
    a message that the bot has sent (``OutboundMessage.replaces``). The rates are ours, 0 for none: 80 % of what the
    platform allows, from the settings.
    """

    buttons: bool = True
    mentions: bool = True
    polls: bool = False
    max_length: int = 2000
    keyed: bool = False
    hears_all: bool = True
    edits: bool = False
    per_second: float = 0.0  # messages of the whole account
    chat_per_minute: float = 0.0  # messages to one chat
