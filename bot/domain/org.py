"""Who answers for what: units, people, duties, groups and knowledge-base articles, as one frozen picture.

The picture is read from ORG.toml or org.xlsx (contracts/replay.md) and never changes; an import replaces it whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.hours import DEFAULT_HOURS, OfficeHours
from bot.domain.manners import AS_EVERYWHERE, Manners
from bot.domain.rota import Away, Shift

LEVELS = ("building", "grid", "community", "street", "district")  # from the ground up
ROLES = ("owner", "steward", "handler", "supervisor")
COMMAND = frozenset({"owner", "supervisor"})  # roles that command everything at their unit and below
LISTEN = ("all", "addressed", "shadow")


@dataclass(frozen=True, slots=True)
class Unit:
    """A node in the tree of responsibility."""

    id: str
    name: str
    level: str
    parent: str | None = None
    households: int | None = None
    aliases: tuple[str, ...] = ()
    hours: OfficeHours = DEFAULT_HOURS
    timezone: str = "Asia/Shanghai"

    @property
    def names(self) -> tuple[str, ...]:
        """What the unit is called: its name and aliases."""
        return (self.name, *self.aliases)

    @property
    def zone(self) -> ZoneInfo:
        """The unit's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with duties. ``accounts`` maps a channel to the account id there; only these give rights."""

    id: str
    name: str
    phone: str | None = None
    accounts: tuple[tuple[str, str], ...] = ()

    def account_keys(self) -> tuple[str, ...]:
        """The person's accounts as keys, ``channel:id``."""
        return tuple(f"{channel}:{account}" for channel, account in self.accounts)

    def account_on(self, channel: str) -> str | None:
        """The person's newest account on a channel, as a key; the newest of all where there is none on it."""
        keys = self.account_keys()[::-1]  # who binds a second phone is reached there
        return next((key for key in keys if key.startswith(f"{channel}:")), keys[0] if keys else None)


@dataclass(frozen=True, slots=True)
class Duty:
    """One person answers for one unit in one role, for some categories, at some hours."""

    person: str
    unit: str
    role: str
    categories: frozenset[str] = frozenset()  # empty = all
    available: OfficeHours | None = None  # None = always

    def covers(self, category: str | None) -> bool:
        """Whether the duty includes a category; an unknown category is covered by general duties only."""
        return not self.categories or category in self.categories


@dataclass(frozen=True, slots=True)
class Group:
    """A chat that the bot sits in."""

    channel: str
    chat: str
    unit: str
    kind: str = "residents"
    listen: str = "addressed"
    title: str = ""
    manners: Manners = AS_EVERYWHERE  # chosen on the dashboard, not imported

    @property
    def key(self) -> str:
        """The chat key."""
        return f"{self.channel}:{self.chat}"


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge-base answer, valid for its unit and all below."""

    id: str
    title: str
    unit: str
    keywords: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a unit: itself, first, and all below it; what they are called, longest first; the articles that hold
    there, nearest first; the topmost unit above it.
    """

    units: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    root: str = ""


@dataclass(frozen=True)
class Organization:
    """The whole picture. All look-ups are by id; unknown ids give None or nothing."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)  # by chat key
    articles: tuple[Article, ...] = ()
    aways: tuple[Away, ...] = ()
    rota: tuple[Shift, ...] = ()

    @cached_property
    def _by_account(self) -> Mapping[str, Person]:
        return {key: person for person in self.people.values() for key in person.account_keys()}

    @cached_property
    def _by_unit(self) -> Mapping[str, tuple[Duty, ...]]:
        found: dict[str, list[Duty]] = {}
        for duty in self.duties:
            found.setdefault(duty.unit, []).append(duty)
        return {unit: tuple(duties) for unit, duties in found.items()}

    @cached_property
    def _chains(self) -> Mapping[str, tuple[str, ...]]:
        return {unit: tuple(self._climb(unit)) for unit in self.units}

    def _climb(self, unit: str) -> Iterator[str]:
        seen: set[str] = set()
        step: str | None = unit
        while step is not None and step in self.units and step not in seen:
            seen.add(step)
            yield step
            step = self.units[step].parent

    def person_of(self, account: str) -> Person | None:
        """The person behind an account key, where a one-time code or the org file has bound it."""
        return self._by_account.get(account)

    def chain(self, unit: str) -> tuple[str, ...]:
        """The unit and all above it, from the ground up."""
        return self._chains.get(unit, ())

    def root(self, unit: str) -> str:
        """The topmost unit above a unit: ticket numbers and the audit chain are per root."""
        chain = self.chain(unit)
        return chain[-1] if chain else unit

    def within(self, unit: str, top: str) -> bool:
        """Whether a unit is the other one or below it."""
        return top in self.chain(unit)

    @cached_property
    def _trees(self) -> Mapping[str, tuple[str, ...]]:
        trees: dict[str, list[str]] = {}
        for unit in self.units:
            for step in self.chain(unit):
                trees.setdefault(step, []).append(unit)
        return {top: (top, *(u for u in tree if u != top)) for top, tree in trees.items()}

    def below(self, top: str) -> tuple[str, ...]:
        """The unit, first, and all below it."""
        return self._trees.get(top, ())

    @cached_property
    def _around(self) -> dict[str, Around]:
        return {}

    def around(self, unit: str) -> Around:
        """What is around a unit; worked out once, since every message asks."""
        found = self._around.get(unit)
        if found is None:
            names, articles = self._names_below(unit), self._articles_over(unit)
            found = self._around[unit] = Around(self.below(unit), names, articles, self.root(unit))
        return found

    def _names_below(self, top: str) -> tuple[str, ...]:
        names = {name for unit in self.below(top) for name in self.units[unit].names}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    def _articles_over(self, unit: str) -> tuple[Article, ...]:
        chain = self.chain(unit)
        return tuple(sorted((a for a in self.articles if a.unit in chain), key=lambda a: chain.index(a.unit)))

    def place_names(self, top: str) -> tuple[str, ...]:
        """What a unit and those below it are called, longest first."""
        return self.around(top).names

    def duties_at(self, unit: str) -> tuple[Duty, ...]:
        """The duties at exactly this unit, in the order of the file."""
        return self._by_unit.get(unit, ())

    def duties_of(self, person: str) -> tuple[Duty, ...]:
        """All duties of a person."""
        return self._by_person.get(person, ())

    @cached_property
    def _by_person(self) -> Mapping[str, tuple[Duty, ...]]:
        found: dict[str, list[Duty]] = {}
        for duty in self.duties:
            found.setdefault(duty.person, []).append(duty)
        return {person: tuple(duties) for person, duties in found.items()}

    def duties_over(self, unit: str) -> Iterator[Duty]:
        """The duties at a unit and above it, from the ground up."""
        for step in self.chain(unit):
            yield from self.duties_at(step)

    def commands(self, person: str, unit: str) -> bool:
        """Whether a person is owner or supervisor at the unit or above it."""
        return any(duty.person == person and duty.role in COMMAND for duty in self.duties_over(unit))

    def stewards(self, person: str, unit: str) -> bool:
        """Whether a person may act as a unit's steward: its steward, or who commands it (product.md §3)."""
        return self.commands(person, unit) or any(
            duty.person == person and duty.role == "steward" for duty in self.duties_at(unit)
        )

    def serves(self, person: str, unit: str) -> bool:
        """Whether a person has any duty at the unit or above it."""
        return any(duty.person == person for duty in self.duties_over(unit))

    def on_duty(self, duty: Duty, now: datetime) -> bool:
        """Whether a duty's hours include this instant, in its unit's zone."""
        if duty.available is None:
            return True
        return duty.available.includes(now.astimezone(self.units[duty.unit].zone))

    def away(self, person: str, now: datetime) -> Away | None:
        """Why a person is not there at this instant; None where he is."""
        return next((away for away in self._aways.get(person, ()) if away.covers(now)), None) if self.aways else None

    @cached_property
    def _aways(self) -> Mapping[str, list[Away]]:
        found: dict[str, list[Away]] = {}
        for away in sorted(self.aways, key=lambda away: away.start, reverse=True):  # what was said of a day last, holds
            found.setdefault(away.person, []).append(away)
        return found

    def rota_at(self, unit: str) -> tuple[Shift, ...]:
        """The lines of the rota of exactly this unit."""
        return self._rota.get(unit, ()) if self.rota else ()

    @cached_property
    def _rota(self) -> Mapping[str, tuple[Shift, ...]]:
        return {unit: tuple(s for s in self.rota if s.unit == unit) for unit in {s.unit for s in self.rota}}

    def group(self, chat: str) -> Group | None:
        """The group of a chat key."""
        return self.groups.get(chat)

    def work_chat(self, unit: str) -> Group | None:
        """The staff chat of exactly this unit."""
        return self._work_chats.get(unit)

    @cached_property
    def _work_chats(self) -> Mapping[str, Group]:
        work = [group for group in self.groups.values() if group.kind == "work"]
        return {group.unit: group for group in reversed(work)}

    def articles_for(self, unit: str) -> tuple[Article, ...]:
        """The knowledge-base articles that hold for a unit, nearest first."""
        return self.around(unit).articles
