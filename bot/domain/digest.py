"""What an owner is told of a period: hot categories and places, changes, spikes, what is overdue and whose move it is.

Numbers, codes and names of duty-holders only: no words of residents. Words are made of it by ``bot.render.digests``.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from bot.domain.facts import facts_of
from bot.domain.periods import Period
from bot.domain.poll import Vote
from bot.domain.rates.formulas import Weights
from bot.domain.rates.registry import compute, rates
from bot.domain.spikes import PAST, Spell, Spike, spikes
from bot.domain.states import CLOSED, OWN_TASKS, REVIEW
from bot.domain.ticket import Ticket

SHOWN = 3  # categories, places, spikes and overdue tickets that are named
RATES = ("on_time", "solved", "satisfied")
DAY = timedelta(days=1)
PERSON, OWNER, NOBODY = "person", "owner", "nobody"  # whose move it is
Key = tuple[str, str, str]  # category, or "" and unit and building


@dataclass(frozen=True, slots=True)
class Hot:
    """How often something was heard: a ``category``, or, where that is "", a place. The rest is only set of spikes:
    how often was ``usual``, in which ``season`` they came, and whether ``usual`` is of that season ``a_year_ago``.
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
    counted: int = 0  # where not all tickets were looked at: how many, the newest

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
    data: dict[str, Any] = json.loads(text)
    for name in ("categories", "places", "spikes"):
        data[name] = tuple(Hot(**one) for one in data[name])
    data["late"] = tuple(Late(**one) for one in data["late"])
    data["rates"] = tuple(Share(**one) for one in data["rates"])
    return Digest(**{**data, "heard": tuple(data["heard"]), "closed": tuple(data["closed"])})


@dataclass(frozen=True, slots=True)
class Material:
    """What a digest is made of. ``tickets``: the open ones, and those of the period and the weeks before; none confidential.

    ``votes`` are those of each ticket's last round, by ticket; ``units`` and ``people`` are names by id; a single unit needs
    no name. Without ``weights`` nothing is said of satisfaction.
    """

    unit: str
    now: datetime
    tickets: Sequence[Ticket]
    votes: Mapping[str, Sequence[Vote]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    weights: Weights = field(default_factory=dict)
    counted: int = 0  # where there were more tickets than are looked at: how many these are
    spells: Mapping[str, Spell] = field(default_factory=dict)  # the seasons of the period by category

    @property
    def troubles(self) -> list[Ticket]:
        """All but praise, and what the unit has given itself to do."""
        return [one for one in self.tickets if one.nature != "praise" and one.source not in OWN_TASKS]


def digest_of(kind: str, covered: Period, before: Period, given: Material) -> Digest:
    """The digest of a period, compared with the one before."""
    new, old = (heard_in(given.troubles, span) for span in (covered, before))
    last = covered.end - timedelta(microseconds=1)
    late = sorted(
        (t for t in given.troubles if t.is_working and t.due_at and t.due_at < given.now),
        key=lambda t: (t.due_at, t.id),
    )
    return Digest(
        kind,
        given.unit,
        covered.start.astimezone(covered.zone).date().isoformat(),
        last.astimezone(covered.zone).date().isoformat(),
        heard=(len(new), len(old)),
        closed=(_closed(given, covered), _closed(given, before)),
        open=sum(ticket.is_open for ticket in given.troubles),
        overdue=len(late),
        repeats=sum(ticket.repeat_of is not None for ticket in new),
        praise=sum(t.nature == "praise" and t.registered_at in covered for t in given.tickets),
        categories=_hottest(given, _by_category(new), _by_category(old)),
        places=_hottest(given, _by_place(new), _by_place(old)),
        spikes=_spikes(given, covered, new),
        late=tuple(_late(ticket, given) for ticket in late[:SHOWN]),
        rates=_rates(given, covered),
        counted=given.counted,
    )


def heard_in(tickets: Iterable[Ticket], span: Period) -> list[Ticket]:
    """The tickets that were accepted in a span."""
    return [ticket for ticket in tickets if ticket.registered_at in span]


def whose_move(ticket: Ticket) -> str:
    """Who has to do something next: who commands the unit where a request or a result waits for him, else who works on it."""
    if ticket.asked or ticket.state == REVIEW:
        return OWNER
    return PERSON if ticket.assignee else NOBODY


def _closed(given: Material, span: Period) -> int:
    return sum(ticket.state == CLOSED and ticket.closed_at in span for ticket in given.troubles)


def _late(ticket: Ticket, given: Material) -> Late:
    days = ceil((given.now - ticket.due_at) / DAY) if ticket.due_at else 0
    move, person = whose_move(ticket), ticket.assignee or ""
    name = given.people.get(person, person) if move == PERSON else ""
    return Late(ticket.number or 0, ticket.category, days, move, name)


# ---------------------------------------------------------------- counts


def _by_category(tickets: Iterable[Ticket]) -> Counter[Key]:
    return Counter((ticket.category, "", "") for ticket in tickets)


def _by_place(tickets: Iterable[Ticket]) -> Counter[Key]:
    """By building, not by flat: nobody's home is to be read from a digest."""
    return Counter(("", t.unit, t.building.partition("-")[0]) for t in tickets if t.building)


def _hottest(given: Material, counts: Counter[Key], before: Counter[Key]) -> tuple[Hot, ...]:
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:SHOWN]
    return tuple(_hot(given, key, counts[key], before[key]) for key in ranked)


def _hot(given: Material, key: Key, count: int, before: int) -> Hot:
    category, unit, building = key
    return Hot(category, given.units.get(unit, "") if len(given.units) > 1 else "", building, count, before)


def _spikes(given: Material, covered: Period, new: Sequence[Ticket]) -> tuple[Hot, ...]:
    """Categories and places that came more often than in the weeks before, as far as there is anything of those weeks."""
    first = min((t.registered_at for t in given.troubles if t.registered_at), default=covered.start)
    since = max(first, covered.start - PAST)
    past = [t for t in given.troubles if t.registered_at and since <= t.registered_at < covered.start]
    counts, before = _by_category(new) + _by_place(new), _by_category(past) + _by_place(past)
    spells: dict[Key, Spell] = {(category, "", ""): spell for category, spell in given.spells.items()}
    found = spikes(counts, before, covered.end - covered.start, covered.start - since, spells)
    return tuple(spiked(_hot(given, one.what, one.count, 0), one) for one in found[:SHOWN])


def spiked(hot: Hot, spike: Spike[Any]) -> Hot:
    """A category or place with what makes it a spike."""
    spell = spike.spell
    season, a_year_ago = (spell.season, spell.past is not None) if spell else ("", False)
    return replace(hot, usual=round(spike.usual, 1), season=season, a_year_ago=a_year_ago)


def _rates(given: Material, covered: Period) -> tuple[Share, ...]:
    facts = [facts_of(ticket, given.votes.get(ticket.id, ())) for ticket in given.troubles]
    wanted = (r for r in rates(given.weights) if r.code in RATES and (given.weights or r.code != "satisfied"))
    measures = [(rate.code, compute(rate, facts, covered.so_far(given.now)).measure) for rate in wanted]
    return tuple(Share(code, measure.text, measure.n) for code, measure in measures if measure.n)
