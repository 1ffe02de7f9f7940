"""How often troubles were heard, from the sums: of units with all below them, or of some units alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from bot.domain.org import Organization
from bot.domain.spikes import PAST
from bot.ports import By, Sum, UnitOfWork

Parts = Mapping[str, int]  # units whose sums, which hold all below them, are added (1) or taken away again (-1)
YEAR = timedelta(days=366)


def parts_of(org: Organization, units: Iterable[str]) -> Parts:
    """What gives exactly these units: of a whole tree its top alone; of a unit alone itself without those right below it."""
    own = set(units)
    signs = {one.id: (one.id in own) - (one.parent in own) for one in org.units.values()}
    return {unit: sign for unit, sign in signs.items() if sign}


def sums_of(uow: UnitOfWork, parts: Parts, since: int, until: int, by: By = "", codes: Sequence[str] = ()) -> list[Sum]:
    """The sums of the half days from ``since`` up to, not with, ``until``, as of one unit that is called ""."""
    found: dict[tuple[int, str, str], list[int]] = {}
    for unit, sign in parts.items():
        for one in uow.facts.sums(unit, since, until, by, codes):
            stands = found.setdefault((one.slot, one.category, one.code), [0, 0, 0])
            stands[:] = (a + sign * b for a, b in zip(stands, (one.part, one.whole, one.excluded), strict=True))
    return [Sum("", slot, category, code, *numbers) for (slot, category, code), numbers in sorted(found.items())]


def by_category(uow: UnitOfWork, parts: Parts, since: int, until: int) -> Counter[str]:
    """The troubles that were accepted in a span of half days."""
    found = sums_of(uow, parts, since, until, "category", ["troubles"])
    return Counter({one.category: one.whole for one in found if one.whole})


def known_since(uow: UnitOfWork, parts: Parts, since: int) -> int:
    """From when on, in the weeks before a half day, anything is known: who was heard in the year before them, is known."""
    started = since - 2 * PAST.days
    if by_category(uow, parts, started - 2 * YEAR.days, started):
        return started
    heard = sums_of(uow, parts, started, since, "slot", ["troubles"])
    return min((one.slot for one in heard if one.whole), default=since)
