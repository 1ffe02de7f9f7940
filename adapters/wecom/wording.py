"""How words look on their way: people's text is never markup, nothing is too long, and a quote is known by its words.

The robot's own messages have no plain kind, only Markdown without escapes; so every sign that could be markup goes out as
its full-width twin, which reads the same to people.
"""

import re
import unicodedata
from hashlib import blake2b

MARKS = {ord(mark): ord(mark) + 0xFEE0 for mark in "\\`*_[]<>|~"}
_MARKED = re.compile(r"https?://[A-Za-z0-9._~/?#=&%:+-]+|[\\`*_\[\]<>|~]")
_OPENING = re.compile(r"^[^\S\n]*([-+=#]*)(\d+[.)](?=\s|$))?", re.MULTILINE)
KNOWN_BY = 200  # letters and digits of a message that make it known again
_NUMBERS = re.compile(r"(?:(\d{1,9})[号號]件|\bNo\. ?(\d{1,9})\b)", re.ASCII)


def markdown(text: str) -> str:
    """Text of people as Markdown that shows just this text; web addresses stay what they are."""
    flat = _MARKED.sub(lambda found: _widened(found[0]), text)
    return _OPENING.sub(lambda found: wide(found[1]) + (found[2] or "").translate({46: "．", 41: "）"}), flat)


def wide(text: str) -> str:
    """The full-width twins of ASCII signs."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def _widened(found: str) -> str:
    return found if len(found) > 1 else found.translate(MARKS)


def cut(text: str, limit: int) -> str:
    """At most so many bytes of UTF-8, ended by an ellipsis where something is missing."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return raw.decode()
    return f"{raw[: limit - 3].decode('utf-8', 'ignore')}…"


def fingerprint(text: str) -> str | None:
    """The name of a message by its letters and digits: a quote brings the words and no id, and signs change on the way."""
    letters = [sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()]
    if not letters:
        return None
    return blake2b("".join(letters[:KNOWN_BY]).encode("utf-8", "replace"), digest_size=16).hexdigest()


def number_in(text: str) -> int | None:
    """The number of the one ticket that a quoted text names."""
    found = {int(chinese or english) for chinese, english in _NUMBERS.findall(text)}
    return found.pop() if len(found) == 1 else None
