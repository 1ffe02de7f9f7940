"""What an owner is told of a period: hot categories and places, changes, spikes, what is overdue and whose move it is.

Numbers, codes and names of duty-holders only: no words of residents. Words are made of it by ``bot.render.digests``.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from bot.domain.periods import Period
from bot.domain.rates.measure import Measure
from bot.domain.spikes import Spell, Spike, spikes
from bot.domain.states import REVIEW
from bot.domain.ticket import Ticket

SHOWN = 3  # categories, places, spikes and overdue tickets that are named
RATES = ("on_time", "solved", "satisfied")
DAY = timedelta(days=1)
PERSON, OWNER, NOBODY = "person", "owner", "nobody"  # whose move it is
Key = tuple[str, str, str]  # category, or "" and unit and building


@dataclass(frozen=True, slots=True)
class Hot:
    """How often something was heard: a ``category``, or, where that is "", a place: a house, of a large unit a unit below it.

    The rest is only set of spikes: how often was ``usual``, in which ``season`` they came, and whether ``usual`` is of that
    season ``a_year_ago``.
    """

    category: str
    unit: str
    building: str
    count: int
    before: int
    usual: float = 0.0
    season: str = ""
    a_year_ago: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """An overdue ticket, for how many days (begun ones count), and whose ``move`` it is; ``name`` of that person."""

    number: int
    category: str
    days: int
    move: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as it is written, and of how many."""

    code: str
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A period of a unit. ``first`` and ``last`` are local ISO dates, both within. Pairs are (now, the period before)."""

    kind: str  # daily, weekly, monthly
    unit: str  # its name
    first: str
    last: str
    heard: tuple[int, int] = (0, 0)
    closed: tuple[int, int] = (0, 0)
    open: int = 0
    overdue: int = 0
    repeats: int = 0
    praise: int = 0
    categories: tuple[Hot, ...] = ()
    places: tuple[Hot, ...] = ()
    spikes: tuple[Hot, ...] = ()
    late: tuple[Late, ...] = ()
    rates: tuple[Share, ...] = ()
    behind: bool = False  # something new is not counted yet

    @property
    def happened(self) -> bool:
        """Whether anything came in or was finished."""
        return bool(self.heard[0] or self.closed[0] or self.praise)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say: nothing happened, nothing waits too long."""
        return not (self.happened or self.overdue)

    def as_json(self) -> str:
        """As text that ``from_json`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_json(text: str) -> Digest:
    """The digest of a text by ``as_json``."""
    known = {one.name for one in fields(Digest)}  # one that waits since before an upgrade may have more
    data: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in known}
    for name in ("categories", "places", "spikes"):
        data[name] = tuple(Hot(**one) for one in data[name])
    data["late"] = tuple(Late(**one) for one in data["late"])
    data["rates"] = tuple(Share(**one) for one in data["rates"])
    return Digest(**{**data, "heard": tuple(data["heard"]), "closed": tuple(data["closed"])})


@dataclass(frozen=True, slots=True)
class Counts:
    """What was heard in the period, in the one before it, and in the weeks before it: by category, or by place."""

    now: Counter[Key] = field(default_factory=Counter)
    before: Counter[Key] = field(default_factory=Counter)
    past: Counter[Key] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Material:
    """What a digest is made of: counts, and the few tickets that are named; none of it of confidential ones.

    ``late`` are overdue tickets, the longest due first. ``length`` is that of the period as it was counted, ``past`` that of
    the weeks before of which anything is known. ``units`` and ``people`` are names by id; a single unit needs no name.
    """

    unit: str
    now: datetime
    categories: Counts = field(default_factory=Counts)
    places: Counts = field(default_factory=Counts)
    closed: tuple[int, int] = (0, 0)
    open: int = 0
    overdue: int = 0
    repeats: int = 0
    praise: int = 0
    late: Sequence[Ticket] = ()
    rates: Mapping[str, Measure] = field(default_factory=dict)
    length: timedelta = timedelta()
    past: timedelta = timedelta()
    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    spells: Mapping[str, Spell] = field(default_factory=dict)  # the seasons of the period by category
    behind: bool = False  # something new is not counted yet


def digest_of(kind: str, covered: Period, given: Material) -> Digest:
    """The digest of a period, compared with the one before."""
    last = covered.end - timedelta(microseconds=1)
    return Digest(
        kind,
        given.unit,
        covered.start.astimezone(covered.zone).date().isoformat(),
        last.astimezone(covered.zone).date().isoformat(),
        heard=(given.categories.now.total(), given.categories.before.total()),
        closed=given.closed,
        open=given.open,
        overdue=given.overdue,
        repeats=given.repeats,
        praise=given.praise,
        categories=_hottest(given, given.categories),
        places=_hottest(given, given.places),
        spikes=_spikes(given),
        late=tuple(_late(ticket, given) for ticket in given.late[:SHOWN]),
        rates=tuple(Share(code, given.rates[code].text, n) for code in RATES if (n := _n(given, code))),
        behind=given.behind,
    )


def _n(given: Material, code: str) -> int:
    return given.rates[code].n if code in given.rates else 0


def whose_move(ticket: Ticket) -> str:
    """Who has to do something next: who commands the unit where a request or a result waits for him, else who works on it."""
    if ticket.asked or ticket.state == REVIEW:
        return OWNER
    return PERSON if ticket.assignee else NOBODY


def _late(ticket: Ticket, given: Material) -> Late:
    days = ceil((given.now - ticket.due_at) / DAY) if ticket.due_at else 0
    move, person = whose_move(ticket), ticket.assignee or ""
    name = given.people.get(person, person) if move == PERSON else ""
    return Late(ticket.number or 0, ticket.category, days, move, name)


# ---------------------------------------------------------------- counts


def _hottest(given: Material, counts: Counts) -> tuple[Hot, ...]:
    ranked = sorted(counts.now, key=lambda key: (-counts.now[key], key))[:SHOWN]
    return tuple(_hot(given, key, counts.now[key], counts.before[key]) for key in ranked)


def _hot(given: Material, key: Key, count: int, before: int) -> Hot:
    """A unit alone stands for all of it: what is called so would be nothing, had it no name."""
    category, unit, building = key
    named = len(given.units) > 1 or not building
    return Hot(category, given.units.get(unit, "") if named else "", building, count, before)


def _spikes(given: Material) -> tuple[Hot, ...]:
    """Categories and places that came more often than in the weeks before, as far as there is anything of those weeks."""
    counts, before = given.categories.now + given.places.now, given.categories.past + given.places.past
    spells: dict[Key, Spell] = {(category, "", ""): spell for category, spell in given.spells.items()}
    found = spikes(counts, before, given.length, given.past, spells)
    return tuple(spiked(_hot(given, one.what, one.count, 0), one) for one in found[:SHOWN])


def spiked(hot: Hot, spike: Spike[Any]) -> Hot:
    """A category or place with what makes it a spike."""
    spell = spike.spell
    season, a_year_ago = (spell.season, spell.past is not None) if spell else ("", False)
    return replace(hot, usual=round(spike.usual, 1), season=season, a_year_ago=a_year_ago)
