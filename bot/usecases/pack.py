"""The monthly pack: a month of a unit in numbers and in the three lists, as a report to print and sign."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.org import Unit
from bot.domain.periods import Period
from bot.domain.rates.registry import Result
from bot.ports import Column, Document, Section, Sheet, Value
from bot.render.catalog import Catalog
from bot.usecases.analysis import Figures
from bot.usecases.lists import Selection
from bot.usecases.tables import Scribe

PRINTED = 300  # rows of a list: more is for a table, not for paper
VOTED = "satisfied"  # the rate whose whole is votes


@dataclass(frozen=True, slots=True)
class Month:
    """What a pack is made of: the unit, its numbers, and its lists, with the titles of those that go on beyond the paper."""

    unit: Unit
    figures: Figures
    behind: bool  # the numbers are still being counted
    lists: Sequence[Sheet]
    cut: frozenset[str]


def selection_of(month: Period) -> Selection:
    """The tickets of a period, by local days."""
    return Selection(first=month.day, last=last_day(month))


def last_day(month: Period) -> date:
    """The last local day of a whole period that begins at midnight."""
    return month.after().day - timedelta(days=1)


def pack(month: Month, scribe: Scribe, printed: str) -> Document:
    """The report. ``printed`` is when, in words."""
    words = _Words(scribe.catalog)
    period = month.figures.span.period
    span = words("rates.span", start=period.day, end=last_day(period))
    title = words("pack.title", unit=month.unit.name, year=period.day.year, month=period.day.month)
    sections = [_summary(month, words, scribe), *(_list(sheet, month, words) for sheet in month.lists)]
    signing = Section(words("pack.sign"), (words("pack.signature"),))
    numbered = (
        replace(section, heading=f"{number}. {section.heading}")
        for number, section in enumerate([*sections, signing], 1)
    )
    return Document(title, f"{span}　{words('pack.printed', time=printed)}", tuple(numbered), title)


@dataclass(frozen=True, slots=True)
class _Words:
    catalog: Catalog

    def __call__(self, key: str, **slots: object) -> str:
        return self.catalog.text("web", key).format(**slots)


def _summary(month: Month, words: _Words, scribe: Scribe) -> Section:
    funnel, span = month.figures.funnel, month.figures.span
    lines = [
        words(
            "pack.funnel", heard=funnel.heard, accepted=funnel.accepted, assigned=funnel.assigned, closed=funnel.closed
        )
    ]
    lines += [words("rates.cut", at=scribe.time(span.cut))] if span.is_running else []
    lines += [words("rates.behind")] if month.behind else []
    rows = [_rate(result, words) for result in month.figures.results.values()]
    columns = (Column(words("rates.rate"), 24), Column(words("rates.now"), 12), Column("n", 18), Column("95 %", 24))
    return Section(words("pack.summary"), tuple(lines), Sheet(words("rates.rates"), columns, rows))


def _rate(result: Result, words: _Words) -> tuple[Value, ...]:
    measure = result.measure
    counted = (
        words("rates.votes", n=measure.n) if result.code == VOTED else words("rates.of", n=measure.n, part=measure.part)
    )
    between = ""
    if measure.interval is not None:
        low, high = (f"{100 * bound:.1f}" for bound in measure.interval)
        between = words("rates.interval", low=low, high=high)
    return words(f"rates.name.{result.code}"), measure.text, counted, between


def _list(sheet: Sheet, month: Month, words: _Words) -> Section:
    lines = [] if sheet.rows else [words("list.none")]
    if sheet.title in month.cut:
        lines.append(words("pack.cut", count=len(sheet.rows)))
    return Section(sheet.title, tuple(lines), sheet)
