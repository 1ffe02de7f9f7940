"""A community's own gazetteer: places that its confirmed tickets have told of, beside the names of its org file.

What a steward has signed for exists: 菜鸟驿站, 老年活动室. Houses are known by their numbers anyway, and whose home is whose is
nobody's business.
"""

import re
from collections.abc import Callable, Iterable

from bot.domain.ticket import Ticket

MANY = 100  # places of a community: each is looked for in every message that may name one
LENGTHS = range(2, 13)  # characters of a landmark
HOME = "家"


class Landmarks:
    """The landmarks of each community, longest first; loaded when first asked for. One a process.

    ``relative`` are words that mean another place from every mouth: 隔壁, 楼上.
    """

    def __init__(self, relative: re.Pattern[str] | None = None) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._relative = relative

    def of(self, root: str, load: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """The landmarks of a community; ``load`` gives the places of its newest confirmed tickets, newest first."""
        known = self._known.get(root)
        if known is None:
            known = self._known[root] = _sorted(dict.fromkeys(filter(self._is_one, load())))
        return known

    def learn(self, ticket: Ticket) -> None:
        """Somebody has signed for a ticket: its place exists."""
        known = self._known.get(ticket.root)
        if known is None or ticket.confidential or not self._is_one(ticket.place) or ticket.place in known:
            return
        self._known[ticket.root] = _sorted(dict.fromkeys((ticket.place, *known)))

    def _is_one(self, place: str) -> bool:
        return is_landmark(place) and not (self._relative and self._relative.fullmatch(place))


def is_landmark(place: str) -> bool:
    """Whether a place has a name of its own: no number of a house, nobody's home."""
    return len(place) in LENGTHS and HOME not in place and all(char.isalpha() for char in place)


def _sorted(places: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted([*places][:MANY], key=lambda place: (-len(place), place)))
