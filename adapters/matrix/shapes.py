"""Reading events that anybody may have made: what has not the shape that it should is not there."""

from collections.abc import Mapping
from datetime import UTC, datetime

Payload = Mapping[str, object]


def table_at(value: object, *path: str) -> Payload:
    """The object at a path; an empty one where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def value_at(value: object, *path: str) -> object:
    """Whatever stands at a path; None where nothing does."""
    return table_at(value, *path[:-1]).get(path[-1])


def text_at(value: object, *path: str) -> str:
    """The text at a path; an empty one where there is none."""
    found = value_at(value, *path)
    return found if isinstance(found, str) else ""


def id_at(value: object, sigil: str, *path: str) -> str:
    """The id at a path, of an event (``$``) or a room (``!``); an empty one where none can be meant.

    What is neither printable nor short would break the database or an address, and then come again for ever.
    """
    found = text_at(value, *path)
    return found if found.startswith(sigil) and found.isprintable() and len(found) <= 255 else ""


def texts_at(value: object, *path: str) -> tuple[str, ...]:
    """The texts in the list at a path."""
    found = value_at(value, *path)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def moment_at(value: object, *path: str) -> datetime | None:
    """The time at a path, in milliseconds since 1970."""
    found = value_at(value, *path)
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    try:
        return datetime.fromtimestamp(found / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
