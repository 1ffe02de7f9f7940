"""Names and texts as people type them: what is harmless in them stays, the rest goes or is refused."""

import re
import unicodedata

from aiohttp import web

from adapters.web.errors import Refusal
from bot.messages import BOT
from bot.usecases.finding import WORDS

NAME_LENGTH = 20
TEXT_LENGTH = 2000
# C0 and C1 controls except line break and tab; marks that turn the direction of what stands around them.
_TURNING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff\ufff9-\ufffb"
_STACKING = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CONTROL = re.compile(f"[{_TURNING}]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2065\u3164\uffa0\ufe00-\ufe0f]"
)
_MARKS = re.compile(f"([{_STACKING}]{{3}})[{_STACKING}]+")
_SUSPECT = re.compile(f"[{_TURNING}{_STACKING}]")  # nearly no text holds one, and one search is enough to know


def clean_text(text: str) -> str:
    """A message's words without controls, without turned directions and without towers of marks."""
    if _SUSPECT.search(text) is None:
        return text.strip()
    return _MARKS.sub(r"\1", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def checked_text(text: str) -> str:
    """The same, refused where it is too long: cutting would change what somebody says."""
    cleaned = clean_text(text)
    if len(cleaned) > TEXT_LENGTH:
        raise Refusal("error.too_long", 413)
    return cleaned


def words_of(request: web.Request, name: str) -> str:
    """What somebody looks for, as it stands in an address, on one line; "" for nothing."""
    return " ".join(clean_text(request.query.get(name, "")).split())[:WORDS]


def checked_name(name: str, bot_name: str) -> str:
    """A display name on one line; refused where it is empty, too long, or looks like the bot's."""
    cleaned = " ".join(_INVISIBLE.sub("", clean_text(name)).split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise Refusal("error.name", 400)
    if _skeleton(cleaned) in {_skeleton(bot_name), BOT}:
        raise Refusal("error.name_taken", 400)
    return cleaned


def _skeleton(name: str) -> str:
    """What a name looks like at a glance: width, case, blanks and signs do not count."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
