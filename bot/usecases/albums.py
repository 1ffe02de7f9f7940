"""Which photos go along with a message about a ticket: those that its readers have not seen where it is said."""

import json
from collections.abc import Iterator

from bot.messages import InboundMessage
from bot.ports import KeptMessage, Notice
from bot.usecases.context import Context

OF = "photos_of"  # the parameter of a notice that names the message whose photos it shows
VOICES = "voices"  # instead of a message: all that residents have sent
PICTURES = "pictures"  # instead of both: the stored photos themselves, as a JSON list; for notices of no ticket
MOST = 3  # photos of one message


def has_photo(message: InboundMessage) -> bool:
    """Whether a message brought a photo that could be stored."""
    return any(one.ref and one.type == "image" for one in message.media)


def photos(ctx: Context, notice: Notice) -> tuple[str, ...]:
    """The stored photos that a notice takes along, the newest ones. Those shown in its own chat stay where they are."""
    if pictures := notice.params.get(PICTURES):
        return tuple(json.loads(pictures))
    wanted = notice.params.get(OF)
    if not wanted or notice.ticket_id is None:
        return ()
    kept = ctx.uow.words.of(notice.ticket_id)
    found = [ref for word in kept if word.chat != notice.chat for ref in _refs(word, wanted)]
    return tuple(dict.fromkeys(found))[-MOST:]


def _refs(word: KeptMessage, wanted: str) -> Iterator[str]:
    if word.key == wanted or (wanted == VOICES and word.role == "voice"):
        yield from stored(word)


def stored(word: KeptMessage) -> Iterator[str]:
    """The stored photos of a message."""
    yield from (one.ref for one in word.media if one.ref and one.type == "image")
