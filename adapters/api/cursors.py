"""Where a list goes on, as a word that only we read: it names the last row, so that what comes in meanwhile moves nothing."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from adapters.api.problems import unfit_at
from bot.ports import Position

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_PLACE = re.compile(rb"([0-9]{1,14})-([0-9A-Za-z]{1,64})")


def cursor_of(position: Position) -> str:
    """A place in a list as a word."""
    text = f"{(position.at - EPOCH) // MILLISECOND}-{position.id}"
    return urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def position_of(cursor: str) -> Position:
    """The place behind a word; raises ``Problem`` where it is none of ours."""
    try:
        found = _PLACE.fullmatch(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except ValueError:
        found = None
    if found is None:
        raise unfit_at("query.cursor", "send the next_cursor of the page before")
    return Position(EPOCH + int(found[1]) * MILLISECOND, found[2].decode("ascii"))
