"""Who is away and whose turn it is: read as part of the organization by ``storage.org``."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.hours import OfficeHours
from bot.domain.org import Organization
from bot.domain.rota import Away, Shift
from storage.mapping import Row, dump, from_ms, names, to_ms
from storage.repository import Pen, Repository
from storage.statements import insert_sql, upsert_sql
from storage.tables_rota import OrgAwayRow, OrgShiftRow

# Who has left the organization is not away from it, and has no turn.
AWAYS = (
    "SELECT person, start_at, end_at, standin, reason FROM org_away "
    "WHERE person IN (SELECT id FROM org_person) ORDER BY start_at, person"
)
ROTA = (
    "SELECT unit, people, hours, role, turn, first, last FROM org_shift "
    "WHERE unit IN (SELECT id FROM org_unit) ORDER BY imported DESC, position, key"
)
FORGET = ("DELETE FROM org_away WHERE imported = 1", "DELETE FROM org_shift WHERE imported = 1")
GONE = "DELETE FROM org_away WHERE person NOT IN (SELECT id FROM org_person)"
LAST_PLACE = "SELECT coalesce(max(position), -1) + 1 FROM org_shift WHERE imported = 0"


class Rota(Repository):
    """Absences and lines of the rota that are set while the bot runs."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._put_away = upsert_sql(OrgAwayRow, ("person", "start_at"))
        self._put_shift = insert_sql(OrgShiftRow, ignore=True)

    def put_away(self, away: Away) -> None:
        """Somebody is away."""
        self._run(self._put_away, *_away_row(away, imported=False))

    def remove_away(self, person: str, start: datetime) -> None:
        """An absence was a mistake."""
        self._run("DELETE FROM org_away WHERE person = ? AND start_at = ?", person, to_ms(start))

    def forget(self, before: datetime) -> int:
        """Absences that ended by then go, with their reasons; gives back how many."""
        return self._run("DELETE FROM org_away WHERE end_at <= ?", to_ms(before))

    def put_shift(self, shift: Shift) -> None:
        """Add a line at the end."""
        place = self._one(LAST_PLACE)
        self._run(self._put_shift, *_shift_row(shift, int(place[0]) if place else 0, imported=False))

    def remove_shift(self, key: str) -> None:
        """Take a line away."""
        self._run("DELETE FROM org_shift WHERE key = ?", key)

    def take(self, org: Organization) -> None:
        """Of an organization that has just been stored: what the file before said goes, what this one says comes."""
        for statement in (*FORGET, GONE):
            self._run(statement)
        aways = [_away_row(away, imported=True) for away in org.aways]  # what was set here of the same day stays
        self._many(insert_sql(OrgAwayRow, ignore=True), aways)
        shifts = [_shift_row(shift, place, imported=True) for place, shift in enumerate(org.rota)]
        self._many(upsert_sql(OrgShiftRow, ("key",)), shifts)


def _away_row(away: Away, *, imported: bool) -> Sequence[object]:
    return away.person, to_ms(away.start), to_ms(away.end), away.standin, away.reason, imported


def _shift_row(shift: Shift, place: int, *, imported: bool) -> Sequence[object]:
    last = shift.last.isoformat() if shift.last else None
    hours, first = str(shift.hours), shift.first.isoformat()
    return (shift.key, place, shift.unit, dump(shift.people), hours, shift.role, shift.turn, first, last, imported)


def away_of(row: Row) -> Away:
    """A row of AWAYS."""
    person, start, end, standin, reason = row
    return Away(person, from_ms(start), from_ms(end), standin, reason)


def shift_of(row: Row) -> Shift:
    """A row of ROTA."""
    unit, people, hours, role, turn, first, last = row
    until = date.fromisoformat(last) if last else None
    return Shift(unit, tuple(names(people)), OfficeHours.parse(hours), role, turn, date.fromisoformat(first), until)
