"""What of a list is wanted, as it stands in an address: both ways."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from adapters.web.errors import BadRequest
from bot.ports import Position
from bot.usecases.lists import Selection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
YEARS = range(2000, 3000)
_PLACE = re.compile(r"([0-9]{1,14})-([0-9A-Za-z]{1,64})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def selection_of(query: Mapping[str, str]) -> Selection:
    """What an address asks for; raises ``BadRequest`` where a day is none."""
    return Selection(
        query.get("state", ""),
        query.get("nature", ""),
        query.get("category", ""),
        query.get("steward", ""),
        query.get("due", "") == "overdue",
        _day(query.get("first", "")),
        _day(query.get("last", "")),
    )


def query_of(selection: Selection, **more: str) -> str:
    """The same as the end of an address, with other parameters; what is empty is left out."""
    fields = {
        **more,
        "state": selection.state,
        "nature": selection.nature,
        "category": selection.category,
        "steward": selection.steward,
        "due": "overdue" if selection.overdue else "",
        "first": selection.first.isoformat() if selection.first else "",
        "last": selection.last.isoformat() if selection.last else "",
    }
    return urlencode({name: value for name, value in fields.items() if value})


def position_of(text: str) -> Position | None:
    """The place after which a page begins; None for the first page. Raises ``BadRequest`` where it is none."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise BadRequest("after")
    return Position(EPOCH + int(found[1]) * MILLISECOND, found[2])


def place_text(position: Position) -> str:
    """A place as it stands in an address."""
    return f"{(position.at - EPOCH) // MILLISECOND}-{position.id}"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise BadRequest("day")
    return day
