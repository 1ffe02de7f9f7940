"""Rows of the rota and of absences → ``Shift`` and ``Away``, in the zone of the unit or of the person's first duty."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.orgfile.problems import Report, Row
from bot.domain.attendance import ROLES as ROTA_ROLES
from bot.domain.org import Organization
from bot.domain.rota import MONDAY, Away, Shift

__all__ = ["ROTA_ROLES", "Attendance"]
_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[:：点]\s*(\d{2})(?::\d\d(?:\.\d*)?)?)?",
    re.ASCII,
)
Moment = tuple[date, int | None]  # a day, and the minute of it if one is said


class Attendance:
    """Reads days and times, and reports what contradicts itself or the duties."""

    def __init__(self, org: Organization, report: Report, zone: str) -> None:
        self.org = org
        self.report = report
        self.zone = zone

    def shift(self, row: Row, shift: Shift) -> Shift | None:
        """A line with its days; None where it could not be read."""
        first, last = self._moment(row, "first"), self._moment(row, "last")
        made = Shift(
            shift.unit,
            shift.people,
            shift.hours,
            shift.role,
            shift.turn,
            first[0] if first else MONDAY,
            last and last[0],
        )
        if made.last is not None and made.last < made.first:
            self.report.about(row, "last", "结束日期早于开始日期")
        for person in made.people if made.role == "owner" and made.unit else ():
            if person and not self.org.commands(person, made.unit):
                name = self.org.people[person].name
                self.report.about(row, "people", f"“{name}”在这里不是群主或督办，不能值群主的班")
        return made if made.unit and all(made.people) else None

    def away(self, row: Row, person: str, standin: str | None) -> Away | None:
        """An absence; a last day alone is part of it."""
        start, end = self._moment(row, "from"), self._moment(row, "to")
        if not person or start is None or end is None:
            return None
        if standin == person:
            self.report.about(row, "standin", "代班人不能是本人")
        zone = self._zone_of(person)
        until = _at(end, zone) if end[1] is not None else _at((end[0] + timedelta(days=1), 0), zone)
        if until <= _at(start, zone):
            self.report.about(row, "to", "结束不晚于开始")
        return Away(person, _at(start, zone), until, standin, str(row.cells.get("reason") or ""))

    def _zone_of(self, person: str) -> ZoneInfo:
        units = [self.org.units[duty.unit] for duty in self.org.duties_of(person) if duty.unit in self.org.units]
        try:
            return ZoneInfo(units[0].timezone if units else self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")  # reported at the unit

    def _moment(self, row: Row, column: str) -> Moment | None:
        text = str(row.cells.get(column) or "")
        found = _MOMENT.fullmatch(text)
        try:
            if found:
                return _read(found)
        except ValueError:
            found = None
        if text:
            self.report.about(row, column, f"看不懂“{text}”；请写成 2026-11-24 或 2026-11-24 13:30")
        return None


def _read(found: re.Match[str]) -> Moment:
    year, month, day = (int(found[part]) for part in (1, 2, 3))
    if found[4] is None:
        return date(year, month, day), None
    at = datetime(year, month, day, int(found[4]), int(found[5]))  # noqa: DTZ001 - which zone comes later
    return at.date(), at.hour * 60 + at.minute


def _at(moment: Moment, zone: ZoneInfo) -> datetime:
    day, minute = moment
    return datetime(day.year, day.month, day.day, *divmod(minute or 0, 60), tzinfo=zone).astimezone(UTC)
