"""A table that was handed out is held against the tickets; new rows become tickets where its sender says so."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from aiohttp import BodyPartReader, web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.exports import AT_ONCE, allow
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.places import CHANNEL
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, Press
from bot.ports import Grid, UnitOfWork, Unreadable
from bot.usecases.comparing import Comparison, Fault, Fresh, Placing, Reader, codes_of, compare, corrections_of
from bot.usecases.lineage import Lineage
from bot.usecases.lists import lineage_of
from bot.usecases.tables import SETS, ColumnSet, Scribe, load_columns

PATH = "/desk/lists/import"
FILE_BYTES = 10 * 2**20
ROWS = 5_001  # of a sheet, with its titles
OPENED = 100  # new tickets of one file
SHOWN = 200  # findings of one kind on the page
REPORT = "报事 "  # the word by which a duty-holder's own trouble opens


@dataclass(frozen=True, slots=True)
class Opened:
    """A new row and the ticket that it has become; None where it became none."""

    row: Fresh
    ticket: Ticket | None


def routes() -> list[web.RouteDef]:
    """The page and its form."""
    return [web.get(PATH, show), web.post(PATH, take)]


async def show(request: web.Request) -> web.StreamResponse:
    """How to bring a table back."""
    desk, _ = await look(request, lambda _uow, _desk: None, commanders=True)
    return desk_page(request, "compare.html", desk, {"found": None, "opened": (), "shown": SHOWN, "refused": ""})


async def take(request: web.Request) -> web.StreamResponse:
    """Hold a file against the tickets; if the whole file can be read, ``do=open`` reports its new rows and ``do=correct``
    puts natures and categories right.
    """
    deps = request.app[DEPS]
    desk, _ = await look(request, lambda _uow, _desk: None, commanders=True)
    allow(request, desk)
    action, content = await _form(request)
    try:
        grids = await asyncio.to_thread(deps.office.read, content, ROWS)
    except Unreadable as error:
        words = deps.words(f"compare.{error.kind}", sheet=error.detail, count=ROWS - 1)
        return desk_page(request, "compare.html", desk, {"found": None, "opened": (), "shown": SHOWN, "refused": words})
    found = await _compared(request, desk, dict(grids))
    corrected = 0
    if action == "correct" and not found.faults:
        before = len(found.changes)
        await _correct(deps, desk, corrections_of(found.changes, deps.catalog)[:OPENED])
        found = await _compared(request, desk, dict(grids))
        corrected = before - len(found.changes)
    may_open = action == "open" and not found.faults and len(found.fresh) <= OPENED
    opened = await _report(deps, desk, found.fresh) if may_open else []
    too_many = deps.words("compare.many", count=OPENED) if len(found.fresh) > OPENED else ""
    fixable = len(corrections_of(found.changes, deps.catalog))
    context = {"found": found, "opened": opened, "shown": SHOWN, "refused": too_many}
    context |= {"corrected": corrected, "fixable": fixable}
    return desk_page(request, "compare.html", desk, context)


async def _form(request: web.Request) -> tuple[str, bytes]:
    """What to do, and the file."""
    if request.content_type != "multipart/form-data":
        raise Refusal("error.bad_request", 415)
    fields: dict[str, bytes] = {}
    left = FILE_BYTES
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name not in {"do", "file"} or part.name in fields:
            raise BadRequest("form")
        fields[part.name] = await _body(part, left)
        left -= len(fields[part.name])
    return fields.get("do", b"").decode("utf-8", "replace"), fields.get("file", b"")


async def _body(part: BodyPartReader, limit: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise Refusal("error.too_large", 413)
    return bytes(body)


async def _compared(request: web.Request, desk: Desk, grids: dict[str, Grid]) -> Comparison:
    deps, faults = request.app[DEPS], list[Fault]()
    columns = await asyncio.to_thread(_columns_of, grids)
    lines = list(Reader(columns, deps.words("export.notes")).lines(grids, faults))
    known = await _known(request, codes_of(lines))
    scribe = Scribe(desk.org, deps.catalog, desk.unit.zone)
    place = Placing(desk.org, desk.unit, desk.units)
    return await asyncio.to_thread(compare, lines, known, scribe.fields, place, faults)


def _columns_of(grids: dict[str, Grid]) -> ColumnSet:
    """The set whose sheets a file has; the lists where it has none of any."""
    every = [load_columns(name) for name in SETS]
    return next((one for one in every if any(sheet.title in grids for sheet in one.sheets)), every[0])


async def _known(request: web.Request, codes: Sequence[str]) -> dict[str, Lineage]:
    """The lineages of codes, some at a time."""
    known: dict[str, Lineage] = {}
    for start in range(0, len(codes), AT_ONCE):
        _, found = await look(request, partial(_find, codes=codes[start : start + AT_ONCE]), commanders=True)
        known |= found
    return known


def _find(uow: UnitOfWork, desk: Desk, *, codes: Sequence[str]) -> dict[str, Lineage]:
    found = {code: lineage_of(uow, desk.org, desk.units, code, desk.now) for code in codes}
    return {code: row for code, row in found.items() if row is not None}


async def _correct(deps: WebDeps, desk: Desk, wanted: Sequence[tuple[str, str]]) -> None:
    """Each as its sender's own 改类: the same rights, the same record, the same lesson. What may not be changed stays as it is."""
    account = desk.visitor.account
    for turn, (number, code) in enumerate(wanted):
        ticket = await deps.inbound.query(partial(_id_of, desk=desk, number=number))
        id_ = f"sheet-{desk.now.timestamp():.3f}-{turn}"
        tap = Press(CHANNEL, f"dm:{account}", account, id_, desk.now, "refile", ticket, text=code)
        await deps.inbound.receive(tap, lambda _uow: None)


def _id_of(uow: UnitOfWork, _org: object, _now: object, *, desk: Desk, number: str) -> str:
    """The id of a ticket by its number; "", which is none's, where it is gone meanwhile."""
    row = lineage_of(uow, desk.org, desk.units, number, desk.now)
    ticket = uow.tickets.by_public_id(row.public_id) if row else None
    return ticket.id if ticket else ""


async def _report(deps: WebDeps, desk: Desk, fresh: Sequence[Fresh]) -> list[Opened]:
    """Each new row as a report of its sender's own; the same row again is the same message, and changes nothing."""
    seen: dict[str, int] = {}
    opened = []
    for row in fresh:
        seen[row.text] = seen.get(row.text, 0) + 1
        id_ = sha256(f"{desk.unit.id}\n{row.text}\n{seen[row.text]}".encode()).hexdigest()[:32]
        account = desk.visitor.account
        message = InboundMessage(
            CHANNEL,
            f"dm:{account}",
            account,
            f"sheet-{id_}",
            desk.now,
            REPORT + row.text,
            desk.person.name,
            private=True,
        )
        await deps.inbound.receive(message, lambda _uow: None)
        opened.append(Opened(row, await deps.inbound.query(partial(_ticket, key=message.key))))
    return opened


def _ticket(uow: UnitOfWork, _org: object, _now: object, *, key: str) -> Ticket | None:
    ids = uow.words.ticket_ids(key)
    return uow.tickets.get(ids[0]) if ids else None
