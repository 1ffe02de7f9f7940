"""The monthly pack as a file to print, for who commands the unit."""

import asyncio
import re
from datetime import date
from functools import partial

from aiohttp import web

from adapters.web.dashboard.desk import Desk, look
from adapters.web.dashboard.exports import allow, download, rows_of
from adapters.web.dashboard.selection import YEARS
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest
from bot.domain.periods import MONTH, Period
from bot.ports import Sheet, UnitOfWork
from bot.usecases.analysis import Figures, catch_up, choose_period, figures, span_of
from bot.usecases.pack import PRINTED, Month, pack, selection_of
from bot.usecases.tables import Layout, Scribe, load_columns, sheet_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def routes() -> list[web.RouteDef]:
    """The file."""
    return [web.get("/desk/lists/pack.docx", document)]


async def document(request: web.Request) -> web.StreamResponse:
    """The pack of a month, the present one where none is named."""
    deps, day = request.app[DEPS], _day(request.query.get("month", ""))
    desk, (numbers, caught_up) = await look(request, partial(_figures, deps=deps, day=day), commanders=True)
    allow(request, desk)
    period, scribe = numbers.span.period, Scribe(desk.org, deps.catalog, desk.unit.zone)
    columns = await asyncio.to_thread(load_columns, "print")
    made = [await _sheet(request, period, layout, scribe) for layout in columns.sheets]
    cut = frozenset(sheet.title for sheet, more in made if more)
    month = Month(desk.unit, numbers, not caught_up, [sheet for sheet, _ in made], cut)
    report = pack(month, scribe, scribe.time(desk.now))
    content = await asyncio.to_thread(deps.office.document, report)
    return download(content, DOCX, f"{report.title}.docx")


def _figures(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, day: date | None) -> tuple[Figures, bool]:
    caught_up = catch_up(uow)
    span = span_of(choose_period(MONTH, day, desk.now, desk.unit), desk.now)
    return figures(uow, desk.unit.id, span, deps.services.scoring), caught_up


async def _sheet(request: web.Request, period: Period, layout: Layout, scribe: Scribe) -> tuple[Sheet, bool]:
    """A list of the month, and whether there is more of it."""
    rows = [row async for row in rows_of(request, selection_of(period), layout.list, PRINTED + 1)]
    return sheet_of(layout, map(scribe.fields, rows[:PRINTED])), len(rows) > PRINTED


def _day(text: str) -> date | None:
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise BadRequest("month")
    return date(int(found[1]), int(found[2]), 1)
