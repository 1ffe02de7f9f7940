"""Rows → Organization: ids, references between the tables, and codes; what does not fit is reported."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from adapters.orgfile.attendance import ROTA_ROLES, Attendance
from adapters.orgfile.problems import Report, Row
from adapters.orgfile.schema import TABLES, WORDS
from bot.domain.hours import DEFAULT_HOURS, OfficeHours
from bot.domain.org import LEVELS, LISTEN, ROLES, Article, Duty, Group, Organization, Person, Unit
from bot.domain.rota import ALWAYS, TURNS, Shift
from bot.domain.states import CATEGORIES

DEFAULT_ZONE = "Asia/Shanghai"
KINDS = ("residents", "work")

_ID = re.compile(r"\w[\w.-]*")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]*")
_PHONE = re.compile(r"\+?[\d\s()\-转]{3,}")


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of a table. In a sheet people also write names; these must then be unique."""

    title: str
    ids: frozenset[str]
    names: dict[str, frozenset[str]]

    def find(self, row: Row, column: str, report: Report) -> str:
        """The id that a cell means; "" where it is empty or means nothing, which is reported."""
        return self.known(row, column, _text(row, column), report)

    def known(self, row: Row, column: str, text: str, report: Report) -> str:
        """The id that a text in a cell means."""
        ids = frozenset({text}) if text in self.ids else self.names.get(text, frozenset())
        if len(ids) > 1:
            report.about(row, column, f"有 {len(ids)} 个“{text}”，请写编号")
        elif text and not ids:
            report.about(row, column, f"没有“{text}”这个{self.title}")
        return next(iter(ids)) if len(ids) == 1 else ""


class Assembly:
    """Builds the parts of one organization from checked rows and reports what does not fit together."""

    def __init__(self, rows: list[Row], report: Report, zone: str | None, by_name: bool) -> None:
        self.report = report
        self.by_name = by_name
        self.zone = zone or DEFAULT_ZONE
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.rows[row.table].append(row)
        self.units = self._known("unit")
        self.people = self._known("person")

    def organization(self) -> Organization:
        """The organization; only good where nothing was reported."""
        self._zone_ok(self.zone)
        for missing in (key for key, table in TABLES.items() if table.required and not self.rows[key]):
            self.report.add("至少要有一行（示例不算）", missing)
        units = {unit.id: unit for unit in map(self._unit, self.rows["unit"])}
        self._check_tree(units)
        people = {person.id: person for person in map(self._person, self.rows["person"])}
        self._check_accounts()
        groups = {group.key: group for group in map(self._group, self.rows["group"])}
        articles = tuple(map(self._article, self.rows["article"]))
        for table in ("unit", "person", "article"):
            self._check_unique(table, ((_text(row, "id"), row) for row in self.rows[table]), "id", "编号")
        keys = ((f"{_text(row, 'channel')}:{_text(row, 'chat')}", row) for row in self.rows["group"])
        self._check_unique("group", keys, "chat", "群")
        org = Organization(units, people, tuple(self._duties()), groups, articles)
        attendance = Attendance(org, self.report, self.zone)
        rota = tuple(shift for row in self.rows["rota"] if (shift := attendance.shift(row, self._shift(row))))
        aways = (
            attendance.away(row, self.people.find(row, "person", self.report), self._standin(row))
            for row in self.rows["away"]
        )
        return replace(org, rota=rota, aways=tuple(away for away in aways if away))

    # ------------------------------------------------------------ rows

    def _unit(self, row: Row) -> Unit:
        households = row.cells.get("households")
        zone = _text(row, "timezone") or self.zone
        self._zone_ok(zone, row)
        return Unit(
            id=self._id(row),
            name=_text(row, "name"),
            level=self._code(row, "level", LEVELS),
            parent=self.units.find(row, "parent", self.report) or None,
            households=households if isinstance(households, int) else None,
            aliases=_list(row, "aliases"),
            hours=self._hours(row, "hours") or DEFAULT_HOURS,
            timezone=zone,
        )

    def _person(self, row: Row) -> Person:
        phone = _text(row, "phone")
        if phone and not _PHONE.fullmatch(phone):
            self.report.about(row, "phone", f"“{phone}”不像电话号码")
        return Person(self._id(row), _text(row, "name"), phone or None, _accounts(row))

    def _duties(self) -> Iterable[Duty]:
        for row in self.rows["person"]:  # a sheet of people may name one duty each
            if bool(_text(row, "unit")) != bool(_text(row, "role")):
                self.report.about(row, "unit" if _text(row, "role") else "role", "所属单位和角色要一起填")
            elif _text(row, "unit"):
                yield self._duty(row, _text(row, "id"))
        for row in self.rows["duty"]:
            yield self._duty(row, self.people.find(row, "person", self.report))

    def _duty(self, row: Row, person: str) -> Duty:
        categories = _list(row, "categories")
        for category in categories:
            if category not in CATEGORIES:
                self._unknown(row, "categories", category, CATEGORIES)
        unit = self.units.find(row, "unit", self.report)
        role = self._code(row, "role", ROLES)
        return Duty(person, unit, role, frozenset(categories), self._hours(row, "available"))

    def _group(self, row: Row) -> Group:
        channel = _text(row, "channel")
        self._channel_ok(row, "channel", channel)
        return Group(
            channel=channel,
            chat=_text(row, "chat"),
            unit=self.units.find(row, "unit", self.report),
            kind=self._code(row, "kind", KINDS, "residents"),
            listen=self._code(row, "listen", LISTEN, "addressed"),
            title=_text(row, "title"),
        )

    def _shift(self, row: Row) -> Shift:
        people = tuple(self.people.known(row, "people", text, self.report) for text in _list(row, "people"))
        return Shift(
            self.units.find(row, "unit", self.report),
            people,
            self._hours(row, "hours") or ALWAYS,
            self._code(row, "role", ROTA_ROLES, "steward"),
            self._code(row, "turn", TURNS, "day"),
        )

    def _standin(self, row: Row) -> str | None:
        return self.people.find(row, "standin", self.report) or None

    def _article(self, row: Row) -> Article:
        unit = self.units.find(row, "unit", self.report)
        return Article(self._id(row), _text(row, "title"), unit, _list(row, "keywords"), _text(row, "body"))

    # ------------------------------------------------------------ cells

    def _known(self, table: str) -> Known:
        names: dict[str, set[str]] = defaultdict(set)
        for row in self.rows[table]:
            if self.by_name:
                names[_text(row, "name")].add(_text(row, "id"))
        ids = frozenset(_text(row, "id") for row in self.rows[table])
        return Known(TABLES[table].title, ids - {""}, {name: frozenset(found) for name, found in names.items()})

    def _id(self, row: Row) -> str:
        text = _text(row, "id")
        if text and not _ID.fullmatch(text):
            self.report.about(row, "id", f"“{text}”只能用文字、数字、- _ . ，不能有空格")
        return text

    def _code(self, row: Row, column: str, codes: tuple[str, ...], default: str = "") -> str:
        text = _text(row, column) or default
        if text and text not in codes:
            self._unknown(row, column, text, codes)
        return text

    def _unknown(self, row: Row, column: str, text: str, codes: tuple[str, ...]) -> None:
        words = {code: word for word, code in reversed(WORDS[column].items())} if self.by_name else {}
        self.report.about(row, column, f"不认识“{text}”；可用 {'、'.join(words.get(code, code) for code in codes)}")

    def _hours(self, row: Row, column: str) -> OfficeHours | None:
        text = _text(row, column)
        try:
            return OfficeHours.parse(text) if text else None
        except ValueError:
            self.report.about(row, column, f"看不懂“{text}”；请写成 Mon-Fri 08:30-17:30 或 周一至周五 8:30-17:30")
            return None

    def _zone_ok(self, zone: str, row: Row | None = None) -> None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):  # unknown, a path, a folder
            message = f"没有“{zone}”这个时区；请写成 Asia/Shanghai 这样"
            if row is None:
                self.report.add(message, column="timezone")
            elif row.cells.get("timezone"):
                self.report.about(row, "timezone", message)

    def _channel_ok(self, row: Row, column: str, channel: str) -> None:
        if channel and not _CHANNEL.fullmatch(channel):
            self.report.about(row, column, f"平台“{channel}”应是小写字母，如 web、wecom")

    # ------------------------------------------------------------ the whole

    def _check_unique(self, table: str, keys: Iterable[tuple[str, Row]], column: str, what: str) -> None:
        seen: dict[str, int] = {}
        for key, row in keys:
            first = seen.setdefault(key, row.number)
            if key.strip(":") and first != row.number:
                self.report.about(row, column, f"{what}“{key}”与第 {first} 行重复")

    def _check_accounts(self) -> None:
        owners: dict[tuple[str, str], Row] = {}
        for row in self.rows["person"]:
            for channel, account in _accounts(row):
                self._channel_ok(row, "accounts", channel)
                if not channel or not account:
                    self.report.about(row, "accounts", "平台和账号都要填")
                    continue
                other = owners.setdefault((channel, account), row)
                if other is not row:
                    self.report.about(
                        row,
                        "accounts",
                        f"账号“{channel}:{account}”已属于{_text(other, 'name')}（第 {other.number} 行）",
                    )

    def _check_tree(self, units: dict[str, Unit]) -> None:
        """Each unit's parent is on a higher level, and nobody is above himself."""
        for row in self.rows["unit"]:
            unit = units[_text(row, "id")]
            parent = units.get(unit.parent or "")
            if parent is None or unit.level not in LEVELS or parent.level not in LEVELS:
                continue
            if parent is unit or _is_circle(unit, units):
                self.report.about(row, "parent", f"“{unit.name}”的上级绕了一圈又回到自己")
            elif LEVELS.index(parent.level) <= LEVELS.index(unit.level):
                self.report.about(row, "parent", f"上级“{parent.name}”的层级不比“{unit.name}”高")


def _is_circle(unit: Unit, units: dict[str, Unit]) -> bool:
    seen: set[str] = set()
    step: Unit | None = unit
    while step and step.id not in seen:
        seen.add(step.id)
        step = units.get(step.parent or "")
    return step is unit


def _text(row: Row, column: str) -> str:
    value = row.cells.get(column)
    return value if isinstance(value, str) else ""


def _list(row: Row, column: str) -> tuple[str, ...]:
    value = row.cells.get(column)
    return tuple(str(item) for item in value) if isinstance(value, tuple) else ()


def _accounts(row: Row) -> tuple[tuple[str, str], ...]:
    value = row.cells.get("accounts")
    return tuple((str(channel), str(account)) for channel, account in value) if isinstance(value, tuple) else ()
