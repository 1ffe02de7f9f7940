"""What a body says by itself: without the quote that old clients put before it, and without the call to the bot."""

import re
from collections.abc import Sequence

from adapters.matrix.shapes import Payload, text_at, texts_at, value_at

_PILL = re.compile(r"""href=["']https://matrix\.to/#/(@[^"'<>\s?]{1,250})""")
_AFTER = " \t\n\u00a0\u2005:：,，"  # what clients and people put behind a name


def said(content: Payload) -> str:
    """The body without the quote that stands before it: lines that begin with ``>``, then an empty one."""
    body = text_at(content, "body")
    if not value_at(content, "m.relates_to", "m.in_reply_to") or not body.startswith("> "):
        return body
    quote, gap, own = body.partition("\n\n")
    return own if gap and all(line.startswith(">") for line in quote.split("\n")) else body


def mentioned(content: Payload) -> tuple[str, ...]:
    """Who is mentioned: by ``m.mentions``, or by the links of clients that know it not."""
    if value_at(content, "m.mentions") is not None:
        return tuple(dict.fromkeys(texts_at(content, "m.mentions", "user_ids")))
    links = _PILL.findall(text_at(content, "formatted_body")[:20_000])
    return tuple(dict.fromkeys(link.replace("%40", "@").replace("%3A", ":") for link in links))


def called_at(text: str, names: Sequence[str]) -> bool:
    """Whether a text begins or ends with an @ and one of these names."""
    bare = text.strip()
    return any(bare.startswith(f"@{name}") or bare.endswith(f"@{name}") for name in names)


def uncalled(text: str, names: Sequence[str]) -> str:
    """A text without the bot's name at its beginning or end."""
    bare = text.strip()
    forms = [form for name in names for form in (f"@{name}", name)]
    for form in sorted(forms, key=len, reverse=True):
        if bare.startswith(form) and (len(bare) == len(form) or form[0] == "@" or bare[len(form)] in _AFTER):
            return bare[len(form) :].strip(_AFTER)
        if bare.endswith(f" {form}") or (form[0] == "@" and bare.endswith(form)):
            return bare[: -len(form)].strip()
    return bare
