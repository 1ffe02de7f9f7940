"""The monthly pack as a file to print, for who commands the unit: .docx, and .pdf where something sets it."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date
from functools import partial

from aiohttp import web

from adapters.web.dashboard.desk import Desk, look
from adapters.web.dashboard.exports import allow, download, rows_of
from adapters.web.dashboard.selection import YEARS
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from bot.domain.periods import MONTH
from bot.ports import Document, Pair, Sheet, UnitOfWork
from bot.usecases.analysis import choose_period, span_of
from bot.usecases.lineage import EFFECTS, Lineage
from bot.usecases.pack import PRINTED, SET, Gathered, Month, gather, pack, pair_of, paired, selection_of
from bot.usecases.tables import Scribe, load_columns, sheet_of

DOCX, PDF = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/pdf"
SIDE = 900  # pixels of a photo: half a page wide, and twenty-four of them stay far below 10 MB
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def routes() -> list[web.RouteDef]:
    """The files."""
    return [web.get("/desk/lists/pack.docx", document), web.get("/desk/lists/pack.pdf", paper)]


async def document(request: web.Request) -> web.StreamResponse:
    """The pack of a month to edit, the present one where none is named."""
    deps, report = request.app[DEPS], await _report(request, PRINTED)
    draw = deps.press.chart if deps.press else None
    content = await asyncio.to_thread(deps.office.document, report, draw)
    return download(content, DOCX, f"{report.title}.docx")


async def paper(request: web.Request) -> web.StreamResponse:
    """The same as it is printed, with shorter lists; there is none where nothing sets it."""
    press = request.app[DEPS].press
    if press is None:
        raise Refusal("error.not_found", 404)
    report = await _report(request, SET)
    return download(await asyncio.to_thread(press.pdf, report), PDF, f"{report.title}.pdf")


async def _report(request: web.Request, limit: int) -> Document:
    deps, day = request.app[DEPS], _day(request.query.get("month", ""))
    desk, gathered = await look(request, partial(_gathered, deps=deps, day=day), commanders=True)
    allow(request, desk)
    scribe = Scribe(desk.org, deps.catalog, desk.unit.zone)
    columns = await asyncio.to_thread(load_columns, "print")
    selection = selection_of(gathered.figures.span.period)
    sheets: list[Sheet] = []
    cut: set[str] = set()
    effects: Sequence[Lineage] = ()
    for layout in columns.sheets:
        rows = [row async for row in rows_of(request, selection, layout.list, limit + 1)]
        sheets.append(await asyncio.to_thread(sheet_of, layout, map(scribe.fields, rows[:limit])))
        cut |= {layout.title} if len(rows) > limit else set()
        effects = rows if layout.list == EFFECTS else effects
    pairs = await asyncio.to_thread(_pairs, deps, effects, scribe)
    month = Month(desk.unit, gathered, sheets, frozenset(cut), pairs)
    return pack(month, scribe, scribe.time(desk.now))


def _gathered(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, day: date | None) -> Gathered:
    span = span_of(choose_period(MONTH, day, desk.now, desk.unit), desk.now)
    return gather(uow, desk.org, desk.unit, span, deps.services.scoring, desk.now)


def _pairs(deps: WebDeps, rows: Sequence[Lineage], scribe: Scribe) -> list[Pair]:
    """The photos of before and after, small; what has been deleted meanwhile is left out."""
    found = (
        (row, deps.media.small(before.ref, SIDE), deps.media.small(after.ref, SIDE))
        for row, before, after in paired(rows)
    )
    return [pair_of(row, before, after, scribe) for row, before, after in found if before and after]


def _day(text: str) -> date | None:
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise BadRequest("month")
    return date(int(found[1]), int(found[2]), 1)
