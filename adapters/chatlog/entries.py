"""What every parser of an exported chat yields: things that happened, and notes about lines that could not be read."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

BOT = "bot"  # a transcript means the bot itself by this account
UNSAID = "（没有昵称）"


class ChatLogError(Exception):
    """The file cannot be taken: the line, if it is one line's fault, and the reason in one Chinese sentence."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"第 {line} 行：{reason}" if line else reason)


@dataclass(frozen=True, slots=True)
class Note:
    """A line that was not read as it stands, and what became of it."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.reason}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the chat: the name shown, and the platform's id where the file has one."""

    name: str
    id: str = ""

    @property
    def account(self) -> str:
        """The account id: the platform's, or made from the name, the same each time."""
        if self.id and self.id != BOT:
            return self.id
        return "n" + sha256((self.id or self.name or UNSAID).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message carries beside words. ``type`` as in a transcript: image, voice, video, file, location."""

    type: str
    name: str = ""
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation by its words: whom and what it quotes, and the whole message as it was written."""

    name: str
    text: str
    whole: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message. ``raw`` is what others see when they quote it."""

    line: int
    at: datetime
    who: Person
    text: str
    id: str = ""
    reply_to: str = ""
    quote: Quote | None = None
    media: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Somebody took back the newest thing that he had said."""

    line: int
    at: datetime
    who: Person


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody joined or left the group."""

    line: int
    at: datetime
    who: Person
    joined: bool


Entry = Said | Recalled | Moved
Found = Entry | Note


def clean(text: str) -> str:
    """Text that UTF-8 can hold: halves of characters, as some exports have them, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shown(text: str) -> str:
    """The beginning of a text of the file, fit for one line of a terminal."""
    return "".join(sign if sign.isprintable() else "·" for sign in text[:40])
