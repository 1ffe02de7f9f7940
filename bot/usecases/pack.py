"""The monthly pack: a month of a unit in numbers, in the three lists, in photos, as a report to print and sign."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.org import Organization, Unit
from bot.domain.periods import Period
from bot.domain.rates.registry import Result
from bot.domain.rates.scoring import Scoring
from bot.ports import Column, Document, Pair, Section, Sheet, UnitOfWork, Value
from bot.usecases.analysis import Figures, Heat, Point, Span, catch_up, figures, heat, spot_of, trend
from bot.usecases.board import Card, pressing
from bot.usecases.charts import Words, category_chart, funnel_chart, limits_chart, place_chart, trend_chart
from bot.usecases.lineage import PROBLEMS, Lineage, Photo, title_shown
from bot.usecases.lists import Selection, page_of
from bot.usecases.tables import Scribe

PRINTED = 300  # rows of a list: more is for a table, not for paper
SET = 50  # rows of a list in the file that is set, to be read at a meeting
PAIRS = 12  # matters with photos of before and after
NAMED = 30  # open matters, and praise
VOTED = "satisfied"  # the rate whose whole is votes


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is read at once: numbers, what is open now (the most pressing first), and praise of the month."""

    figures: Figures
    behind: bool  # the numbers are still being counted
    points: Sequence[Point]
    heat: Heat
    open: Sequence[Card]
    praise: Sequence[Lineage]


@dataclass(frozen=True, slots=True)
class Month:
    """What a pack is made of: the unit, its numbers, its lists, with the titles of those that go on beyond the paper, photos."""

    unit: Unit
    gathered: Gathered
    lists: Sequence[Sheet]
    cut: frozenset[str]
    pairs: Sequence[Pair] = ()


def gather(uow: UnitOfWork, org: Organization, unit: Unit, span: Span, scoring: Scoring, now: datetime) -> Gathered:
    """The numbers of a unit and all below it, and tickets; no reports in confidence are among those."""
    caught_up, units = catch_up(uow), org.below(unit.id)
    thanks = replace(selection_of(span.period), nature="praise").of(PROBLEMS, units, unit.zone, now)
    return Gathered(
        figures(uow, unit.id, span, scoring),
        not caught_up,
        trend(uow, unit.id, span),
        heat(uow, org, unit, span),
        pressing(uow, org, units, now),
        page_of(uow, org, thanks, now, None, NAMED).rows,
    )


def selection_of(month: Period) -> Selection:
    """The tickets of a period, by local days."""
    return Selection(first=month.day, last=last_day(month))


def last_day(month: Period) -> date:
    """The last local day of a whole period that begins at midnight."""
    return month.after().day - timedelta(days=1)


# ---------------------------------------------------------------- photos


def paired(rows: Sequence[Lineage]) -> list[tuple[Lineage, Photo, Photo]]:
    """The newest matters that have a photo of before and one of after which the unit may be shown: the first, and the last."""
    found = (
        (row, [p for p in row.effect.before if p.shared], [p for p in row.effect.after if p.shared])
        for row in rows
        if row.effect is not None
    )
    return [(row, before[0], after[-1]) for row, before, after in found if before and after][:PAIRS]


def pair_of(row: Lineage, before: bytes, after: bytes, scribe: Scribe) -> Pair:
    """Two photos with what was done and what people say of it."""
    words, fields = Words(scribe.catalog), scribe.fields(row)
    told = (fields["result"], fields["votes"] or words("lists.no_votes"))
    caption = f"{row.code} {row.problem.title}"
    return Pair(
        caption, tuple(str(one) for one in told if one), (words("lists.before"), words("lists.after")), before, after
    )


# ---------------------------------------------------------------- the report


def pack(month: Month, scribe: Scribe, printed: str) -> Document:
    """The report. ``printed`` is when, in words."""
    words = Words(scribe.catalog)
    period = month.gathered.figures.span.period
    span = words("rates.span", start=period.day, end=last_day(period))
    title = words("pack.title", unit=month.unit.name, year=period.day.year, month=period.day.month)
    sections = [_summary(month, words, scribe), _where(month, words, scribe)]
    sections += [_list(sheet, month, words) for sheet in month.lists]
    sections += [Section(words("pack.pairs"), pairs=tuple(month.pairs))] if month.pairs else []
    sections += [_open(month.gathered.open, words, scribe), _praise(month.gathered.praise, words, scribe)]
    signing = Section(words("pack.sign"), (words("pack.signature"), words("pack.stamp")))
    numbered = (
        replace(section, heading=f"{number}. {section.heading}")
        for number, section in enumerate([*sections, signing], 1)
    )
    subtitle = f"{span}　{words('pack.printed', time=printed)}"
    own = month.unit.name, scribe.catalog.locale
    return Document(title, subtitle, tuple(numbered), title, words("pack.contents"), *own)


def _summary(month: Month, words: Words, scribe: Scribe) -> Section:
    numbers = month.gathered.figures
    funnel, span = numbers.funnel, numbers.span
    lines = [
        words(
            "pack.funnel", heard=funnel.heard, accepted=funnel.accepted, assigned=funnel.assigned, closed=funnel.closed
        )
    ]
    lines += [words("rates.cut", at=scribe.time(span.cut))] if span.is_running else []
    lines += [words("rates.behind")] if month.gathered.behind else []
    rows = [_rate(result, words) for result in numbers.results.values()]
    columns = (Column(words("rates.rate"), 24), Column(words("rates.now"), 12), Column("n", 18), Column("95 %", 24))
    charts = (funnel_chart(words, funnel), limits_chart(words, numbers))
    return Section(words("pack.summary"), tuple(lines), Sheet(words("rates.rates"), columns, rows), charts)


def _rate(result: Result, words: Words) -> tuple[Value, ...]:
    measure = result.measure
    counted = (
        words("rates.votes", n=measure.n) if result.code == VOTED else words("rates.of", n=measure.n, part=measure.part)
    )
    between = ""
    if measure.interval is not None:
        low, high = (f"{100 * bound:.1f}" for bound in measure.interval)
        between = words("rates.interval", low=low, high=high)
    return words(f"rates.name.{result.code}"), measure.text, counted, between


def _where(month: Month, words: Words, scribe: Scribe) -> Section:
    """When, what and where."""
    numbers = month.gathered
    names = [spot_of(scribe.catalog, row, scribe.org, month.unit) for row in numbers.heat.rows]
    charts = [trend_chart(words, numbers.points)]
    charts += [category_chart(words, numbers.figures.funnel)] if numbers.figures.funnel.categories else []
    charts += [place_chart(words, numbers.heat, names)] if names else []
    return Section(words("pack.where"), charts=tuple(charts))


def _list(sheet: Sheet, month: Month, words: Words) -> Section:
    lines = [] if sheet.rows else [words("list.none")]
    if sheet.title in month.cut:
        lines.append(words("pack.cut", count=len(sheet.rows)))
    return Section(sheet.title, tuple(lines), sheet)


def _open(cards: Sequence[Card], words: Words, scribe: Scribe) -> Section:
    """What is not done when it is printed, and whose move it is."""
    late = sum(card.overdue for card in cards)
    lines = [words("pack.still", count=len(cards), overdue=late)]
    lines += [words("pack.most", count=NAMED)] if len(cards) > NAMED else []
    columns = (
        Column(words("pack.matter"), 30), Column(words("list.state"), 12), Column(words("ticket.due"), 14),
        Column(words("pack.move"), 20),
    )  # fmt: skip
    rows = [_still(card, words, scribe) for card in cards[:NAMED]]
    return Section(words("pack.open"), tuple(lines), Sheet(words("pack.open"), columns, rows))


def _still(card: Card, words: Words, scribe: Scribe) -> tuple[Value, ...]:
    ticket, label = card.ticket, scribe.catalog.label
    asked = label("event", "return_requested" if ticket.asked == "return" else ticket.asked) if ticket.asked else ""
    until = scribe.time(ticket.review_at)
    move = words(f"board.move.{card.move}", name=card.name or words("ticket.nobody"), until=until, what=asked)
    due = f"{scribe.time(ticket.due_at)}\n{words('ticket.overdue') if card.overdue else ''}".strip()
    matter = f"{words('ticket.title', number=ticket.number)} {title_shown(ticket)}"
    return matter, label("state", ticket.state), due, move


def _praise(rows: Sequence[Lineage], words: Words, scribe: Scribe) -> Section:
    columns = (Column(words("pack.when"), 14), Column(words("pack.said"), 60))
    said = [(scribe.time(row.told_at), "\n".join(voice.words for voice in row.problem.voices)) for row in rows]
    lines = () if rows else (words("pack.no_praise"),)
    return Section(words("pack.praise"), lines, Sheet(words("pack.praise"), columns, said))
