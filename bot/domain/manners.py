"""How the bot behaves in one group, where its owner has chosen otherwise than the settings of the house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType

BUDGET, QUIET_FROM, QUIET_UNTIL, PRESET, THANKS = "budget", "quiet_from", "quiet_until", "preset", "thanks"
ON, OFF = "on", "off"
SAYS = "says:"  # before the key of a sentence that the group has in words of its own
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Manners:
    """What was chosen, by name, as checked before it was stored; what is not there is as everywhere."""

    chosen: Mapping[str, str] = field(default_factory=lambda: NONE, hash=False)

    @property
    def budget(self) -> int | None:
        """Unasked messages an hour."""
        found = self.chosen.get(BUDGET)
        return int(found) if found else None

    @property
    def quiet(self) -> tuple[time, time] | None:
        """The hours in which unasked messages wait, on the group's own clock; two equal times are none at all."""
        start, end = self.chosen.get(QUIET_FROM), self.chosen.get(QUIET_UNTIL)
        return (time.fromisoformat(start), time.fromisoformat(end)) if start and end else None

    @property
    def preset(self) -> str:
        """The name of the limits that new tickets get; "" as everywhere."""
        return self.chosen.get(PRESET, "")

    @property
    def thanks(self) -> str:
        """ON or OFF: whether residents get a weekly word of thanks; "" as everywhere."""
        return self.chosen.get(THANKS, "")

    def sentence(self, key: str) -> str | None:
        """The group's own words for a notice, with the slots of the catalog's."""
        return self.chosen.get(f"{SAYS}{key}")


AS_EVERYWHERE = Manners()
