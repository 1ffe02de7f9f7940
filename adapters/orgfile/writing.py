"""Organization → the file that says it: ORG.toml or the sheets of org.xlsx. What is read again is the same organization."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from adapters.orgfile.schema import REMARK, TABLES, WORDS, Field, Table
from bot.domain.org import Organization
from bot.domain.rota import Away, Shift
from bot.ports import Column, Sheet

Row = Mapping[str, object]  # by field: text, a number, texts, or pairs
MARK = "、"


def as_toml(org: Organization) -> str:
    """The whole of it as text."""
    tables = [_toml(table, row) for table in TABLES.values() for row in _rows(org)[table.key]]
    return "\n\n".join(tables) + "\n"


def as_sheets(org: Organization) -> list[Sheet]:
    """The whole of it as sheets, in Chinese words."""
    rows = _rows(org)
    return [
        Sheet(table.title, (*map(_column, table.fields), Column(REMARK)), [_cells(table, r) for r in rows[table.key]])
        for table in TABLES.values()
    ]


def _rows(org: Organization) -> Mapping[str, Sequence[Row]]:
    return {
        "unit": [
            {
                "id": u.id, "name": u.name, "level": u.level, "parent": u.parent, "households": u.households,
                "aliases": u.aliases, "hours": str(u.hours), "timezone": u.timezone,
            }
            for u in org.units.values()
        ],
        "person": [
            {"id": p.id, "name": p.name, "phone": p.phone, "accounts": p.accounts} for p in org.people.values()
        ],
        "duty": [
            {
                "person": d.person, "unit": d.unit, "role": d.role, "categories": tuple(sorted(d.categories)),
                "available": str(d.available) if d.available else None,
            }
            for d in org.duties
        ],
        "group": [
            {"channel": g.channel, "chat": g.chat, "unit": g.unit, "kind": g.kind, "listen": g.listen, "title": g.title}
            for g in org.groups.values()
        ],
        "article": [
            {"id": a.id, "title": a.title, "unit": a.unit, "keywords": a.keywords, "body": a.body} for a in org.articles
        ],
        "rota": [_shift(shift) for shift in org.rota],
        "away": [_away(org, away) for away in org.aways],
    }  # fmt: skip


def _shift(shift: Shift) -> Row:
    return {
        "unit": shift.unit,
        "people": shift.people,
        "hours": str(shift.hours),
        "turn": shift.turn,
        "role": shift.role,
        "first": shift.first.isoformat(),
        "last": shift.last.isoformat() if shift.last else None,
    }


def _away(org: Organization, away: Away) -> Row:
    zone = next((org.units[d.unit].zone for d in org.duties_of(away.person) if d.unit in org.units), None)
    zone = zone or next((unit.zone for unit in org.units.values()), ZoneInfo("UTC"))
    start, end = (at.astimezone(zone) for at in (away.start, away.end))
    return {
        "person": away.person,
        "from": _said(start, start),
        "to": _said(end, end - timedelta(days=1)),
        "standin": away.standin,
        "reason": away.reason,
    }


def _said(at: datetime, day: datetime) -> str:
    """To the minute; where the instant is a midnight, the day that begins or ends there."""
    return f"{day:%Y-%m-%d}" if at.time() == time() else f"{at:%Y-%m-%d %H:%M}"


def _toml(table: Table, row: Row) -> str:
    lines = [f"{field.key} = {_value(row[field.key])}" for field in _filled(table, row)]
    return "\n".join([f"[[{table.key}]]", *lines])


def _filled(table: Table, row: Row) -> Iterator[Field]:
    yield from (field for field in table.fields if row.get(field.key) not in {None, "", ()})


def _value(value: object) -> str:
    """JSON's strings, numbers and lists are TOML's; pairs become a table, which holds one account of a channel, the newest."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in dict(value).items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _column(field: Field) -> Column:
    return Column(
        field.title, 40 if field.kind == "prose" else 18, field.note, (), field.required and not field.fallback
    )


def _cells(table: Table, row: Row) -> tuple[str | int | None, ...]:
    return (*(_cell(field, row.get(field.key)) for field in table.fields), None)


def _cell(field: Field, value: object) -> str | int | None:
    words = {code: word for word, code in reversed(WORDS.get(field.key, {}).items())}
    if isinstance(value, tuple):
        parts = [":".join(v) if isinstance(v, tuple) else words.get(str(v), str(v)) for v in value]
        return MARK.join(parts) or None
    if isinstance(value, int):
        return value
    return words.get(value, value) if isinstance(value, str) else None
