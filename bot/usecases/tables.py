"""Lists as tables to hand out: which columns a table has is data (``bot/render/columns``), what a column holds stands here."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.org import Organization
from bot.ports import Column, Sheet, Value
from bot.render.catalog import Catalog
from bot.usecases.lineage import Effect, Lineage, Task, Voice

FOLDER = Path(__file__).parents[1] / "render" / "columns"
SETS = ("lists", "fangshan", "order_wide")
CONTENT_FROM, BASIC = 4, 3  # ratings: from here satisfied, and basically satisfied


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: what it is called, which field it holds, or always the same ``value``; codes become ``words``."""

    title: str
    field: str = ""
    value: str = ""
    width: int = 12
    words: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of a table: of which list its rows are, and its columns."""

    title: str
    list: str
    columns: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """A way to write the lists down."""

    name: str
    sheets: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes a lineage down as the fields of tables, in the words of a catalog and the time of a unit."""

    org: Organization
    catalog: Catalog
    zone: ZoneInfo

    def fields(self, row: Lineage) -> dict[str, Value]:
        """Every field by its code. What a ticket has not come to is empty."""
        return {**self._of_ticket(row), **self._of_task(row.task), **self._of_effect(row.effect)}

    def _of_ticket(self, row: Lineage) -> dict[str, Value]:
        above = {self.org.units[unit].level: self.org.units[unit].name for unit in self.org.chain(row.unit)}
        unit = self.org.units.get(row.unit)
        spot = f"{unit.name if unit else ''} {row.problem.place}".strip()
        return {
            "code": row.code,
            "told_at": self.time(row.told_at),
            "unit": unit.name if unit else "",
            "community": above.get("community", ""),
            "street": above.get("street", ""),
            "district": above.get("district", ""),
            "place": row.problem.place,
            "spot": spot,
            "nature": self.catalog.label("nature", row.nature),
            "category": self.catalog.label("category", row.category),
            "category_code": row.category,
            "urgency": self.catalog.label("urgency", row.urgency),
            "state": self.catalog.label("state", row.state),
            "state_code": row.state,
            "refusal": self.catalog.label("refusal", row.refusal),
            "title": row.problem.title,
            "voices": "\n".join(map(self._voice, row.problem.voices)),
            "people": row.problem.people,
            "merged": "、".join(map(str, row.problem.merged)),
        }

    def _of_task(self, task: Task | None) -> dict[str, Value]:
        if task is None:
            return {"overdue_code": "no", "supervised_code": "no", "reworked_code": "no"}
        return {
            "steward": task.steward,
            "helpers": "、".join(task.helpers),
            "dispatched_at": self.time(task.dispatched_at),
            "signed_at": self.time(task.signed_at),
            "due_at": self.time(task.due_at),
            "original_due_at": self.time(task.original_due_at),
            "overdue_code": _yes(task.overdue),
            "supervision": str(task.supervision or ""),
            "supervised_code": _yes(task.supervision > 0),
            "reworks": task.reworks,
            "reworked_code": _yes(task.reworks > 0),
            "progress": task.progress,
        }

    def _of_effect(self, effect: Effect | None) -> dict[str, Value]:
        if effect is None:
            return {"solved_code": "unrated", "satisfied_code": "unrated", "asked_code": "no"}
        ended = next((deed for deed in reversed(effect.trail) if deed.kind == "closed"), None)
        return {
            "result": effect.result,
            "done_at": self.time(effect.done_at),
            "closed_at": self.time(effect.closed_at),
            "closed_by": self._who(ended.who, ended.name) if ended else "",
            "close_reason": self.catalog.text("web", f"lists.why.{effect.close_reason}") if effect.close_reason else "",
            "before": len(effect.before),
            "after": len(effect.after),
            "votes": self._votes(effect.votes),
            "unsolved": effect.unsolved,
            "solved_code": _solved(effect),
            "satisfied_code": _satisfied(effect),
            "asked_code": _yes(any(deed.kind == "polled" for deed in effect.trail)),
            "trail": "\n".join(self._trail(effect)),
        }

    def _voice(self, voice: Voice) -> str:
        photos = self.catalog.text("web", "lists.photos").format(count=len(voice.photos)) if voice.photos else ""
        return " ".join(part for part in (self.time(voice.at), voice.words, photos) if part)

    def _trail(self, effect: Effect) -> Iterable[str]:
        for deed in effect.trail:
            votes = self._votes(deed.votes)
            parts = (
                self.time(deed.at),
                self.catalog.label("event", deed.kind),
                self._who(deed.who, deed.name),
                votes,
                self.catalog.text("web", "lists.unsolved").format(count=deed.unsolved) if deed.unsolved else "",
            )
            yield " ".join(part for part in parts if part)

    def _votes(self, votes: Iterable[tuple[int, int]]) -> str:
        one = self.catalog.text("web", "ticket.vote")
        return "、".join(
            one.format(rating=self.catalog.label("button", f"rate.{rating}"), count=count) for rating, count in votes
        )

    def _who(self, who: str, name: str) -> str:
        return name or self.catalog.text("web", "who.neighbour" if who == "neighbour" else "lists.by_bot")

    def time(self, at: datetime | None) -> str:
        """A local time that sorts as text: 2026-05-06 09:00; "" for none."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" if at else ""


def sheet_of(layout: Layout, rows: Iterable[Mapping[str, Value]]) -> Sheet:
    """A sheet of a table from the fields of its rows."""
    columns = tuple(Column(heading.title, heading.width) for heading in layout.columns)
    return Sheet(layout.title, columns, [tuple(value_of(one, row) for one in layout.columns) for row in rows])


def value_of(heading: Heading, row: Mapping[str, Value]) -> Value:
    """What a column holds for a row."""
    if not heading.field:
        return heading.value
    value = row.get(heading.field, "")
    return heading.words.get(str(value), "") if heading.words else value


def load_columns(name: str, folder: Path = FOLDER) -> ColumnSet:
    """The columns of a set; raises ``KeyError`` where its file lacks something."""
    data: dict[str, Any] = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    sheets = (
        Layout(sheet["title"], sheet["list"], tuple(Heading(**column) for column in sheet["columns"]))
        for sheet in data["sheet"]
    )
    return ColumnSet(data["name"], tuple(sheets))


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _solved(effect: Effect) -> str:
    """What the people say; who answers nothing is not counted as content."""
    if not effect.votes and not effect.unsolved:
        return "unrated"
    return _yes(effect.solved if effect.solved is not None else not effect.unsolved)


def _satisfied(effect: Effect) -> str:
    """The middle of the votes, the lower one of two: a single bad vote neither rules nor vanishes."""
    ratings = sorted(rating for rating, count in effect.votes for _ in range(count))
    if not ratings:
        return "unrated"
    middle = ratings[(len(ratings) - 1) // 2]
    return "content" if middle >= CONTENT_FROM else "basic" if middle == BASIC else "no"
