"""Quotes: WeChat hands them on as text without an id, 「name：words」, a line of dashes, the reply.

Which message is meant is found by its words: of each text that was seen or said lately its newest message is remembered,
by a digest. The words themselves are not kept.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

REMEMBERED = 5000  # texts
_DASHES = re.compile(r"」[ \t\r]*\n(?:[-—–][ \t]?){3,}[ \t\r]*(?:\n|$)")
_NAME = re.compile(r"「([^：:\n]{0,64})[：:]")


@dataclass(frozen=True, slots=True)
class Quote:
    """Whose words are quoted, and which."""

    name: str
    words: str


def split_quote(text: str) -> tuple[Quote | None, str]:
    """The quote at the beginning of a text, and what was said to it."""
    name, dashes = _NAME.match(text), list(_DASHES.finditer(text))
    if name is None or not dashes or dashes[-1].start() < name.end():
        return None, text
    return Quote(name[1].strip(), text[name.end() : dashes[-1].start()]), text[dashes[-1].end() :].strip()


def digest(chat: str, words: str) -> str:
    """What a text of a chat is known by; blanks do not count, they change on the way."""
    return blake2b(f"{chat}\n{''.join(words.split())}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def said_note(chat: str, words: str) -> str:
    """The name of the note that keeps the id of what the bot said, for the time after its restart."""
    return f"said {digest(chat, words)}"


class Recent:
    """The newest message of each text of late."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()

    def keep(self, chat: str, words: str, identifier: str) -> None:
        """A message was seen or said."""
        key = digest(chat, words)
        self._ids[key] = identifier
        self._ids.move_to_end(key)
        if len(self._ids) > REMEMBERED:
            self._ids.popitem(last=False)

    def find(self, chat: str, words: str) -> str | None:
        """The newest message with these words."""
        return self._ids.get(digest(chat, words))
