"""The lists as files, for who commands the unit: .xlsx by a set of columns. What is in them is masked like the pages."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import quote

from aiohttp import web

from adapters.web.dashboard.desk import Desk, look
from adapters.web.dashboard.selection import selection_of
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from bot.ports import Column, Position, Sheet, UnitOfWork
from bot.usecases.lineage import Lineage
from bot.usecases.lists import Page, Selection, page_of
from bot.usecases.tables import SETS, ColumnSet, Layout, Scribe, load_columns, sheet_of

EXPORTED = 5_000  # rows of a sheet: more would keep the machine busy for long
AT_ONCE = 100  # rows read in one transaction: others wait meanwhile
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes() -> list[web.RouteDef]:
    """The files."""
    return [web.get(f"/desk/lists/{{columns:{'|'.join(SETS)}}}.xlsx", workbook)]


async def workbook(request: web.Request) -> web.StreamResponse:
    """The lists as they are filtered, in the columns of a set."""
    deps = request.app[DEPS]
    desk, _ = await look(request, lambda _uow, _desk: None, commanders=True)
    allow(request, desk)
    columns = await asyncio.to_thread(load_columns, request.match_info["columns"])
    selection = selection_of(request.query)
    scribe = Scribe(desk.org, deps.catalog, desk.unit.zone)
    sheets = [await _sheet(request, selection, layout, scribe) for layout in columns.sheets]
    content = await asyncio.to_thread(deps.office.workbook, [*sheets, _notes(request, desk, scribe, sheets)])
    return download(content, XLSX, file_name(desk, columns, scribe.time(desk.now)[:10]))


def allow(request: web.Request, desk: Desk) -> None:
    """Files cost more than pages: only so many a minute."""
    if not request.app[DEPS].uploads.allows(desk.visitor.key, desk.now):
        raise Refusal("error.too_fast", 429)


async def _sheet(request: web.Request, selection: Selection, layout: Layout, scribe: Scribe) -> Sheet:
    rows = [row async for row in rows_of(request, selection, layout.list, EXPORTED)]
    return await asyncio.to_thread(sheet_of, layout, map(scribe.fields, rows))


async def rows_of(request: web.Request, selection: Selection, name: str, limit: int) -> AsyncIterator[Lineage]:
    """The rows of a list, some at a time; whoever loses his duty meanwhile gets no more of them."""
    after, left = None, limit
    while left > 0:
        _, page = await look(
            request,
            partial(_rows, selection=selection, name=name, after=after, limit=min(left, AT_ONCE)),
            commanders=True,
        )
        for row in page.rows:
            yield row
        after, left = page.rest, left - len(page.rows)
        if after is None:
            return


def _rows(uow: UnitOfWork, desk: Desk, *, selection: Selection, name: str, after: Position | None, limit: int) -> Page:
    wanted = selection.of(name, desk.units, desk.unit.zone, desk.now)
    return page_of(uow, desk.org, wanted, desk.now, after, limit)


def _notes(request: web.Request, desk: Desk, scribe: Scribe, sheets: list[Sheet]) -> Sheet:
    """What the file holds, and where it is not all."""
    w = request.app[DEPS].words
    lines = [w("export.of", unit=desk.unit.name, time=scribe.time(desk.now))]
    lines += [w("export.rows", sheet=sheet.title, count=len(sheet.rows)) for sheet in sheets]
    lines += [w("export.cut", sheet=sheet.title, count=EXPORTED) for sheet in sheets if len(sheet.rows) >= EXPORTED]
    lines += [w("export.masked"), w("export.back")]
    return Sheet(w("export.notes"), (Column(lines[0], 100),), [(line,) for line in lines[1:]])


def file_name(desk: Desk, columns: ColumnSet, day: str) -> str:
    """How a file is called."""
    return f"{desk.unit.name}-{columns.name}-{day}.xlsx"


def download(content: bytes, kind: str, name: str) -> web.Response:
    """A file to keep."""
    plain = name.rpartition(".")[2]
    disposition = f"attachment; filename=\"lists.{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return web.Response(body=content, content_type=kind, headers={"Content-Disposition": disposition})
