"""Every page of the dashboard, and what goes on beside it, over a million tickets: how long it takes, and whom it keeps waiting.

The database is kept as ``var/million.db`` until somebody removes it: making it takes long.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from aiohttp.test_utils import TestClient, TestServer

from adapters.office import OfficeFiles
from adapters.web import Hub, WebChannel, WebDeps, build_web, code_digest
from benchmarks.district import GRIDS, fill
from benchmarks.house import FollowingClock
from benchmarks.meter import SCRATCH, Figures, cost, milliseconds, rss_mb, weather
from benchmarks.talk import START
from bot.app import Ids, build_engine, calm_collector
from bot.cli.facts import count_in
from bot.domain.org import Organization
from bot.housekeeping import count_in as count_gently
from bot.housekeeping import foresee, keep_house
from bot.live import Bot
from bot.ports import UnitOfWork
from bot.render.catalog import load_catalog
from bot.settings import AnalysisSettings, Settings
from storage.media import MediaFolder
from storage.open import Storage, open_storage

TICKETS = 1_000_000
TURNS, WARM = 20, 2
PATIENCE = 12.0  # seconds for one page: of what is slow fewer turns are taken
ROLES = {"chief": "district", "v0": "street0", "o0": "community0", "s0": "grid0"}
LISTS = ("problems", "tasks", "effects")
FILTERS = (
    "category=noise", "nature=hazard", "nature=wish", "state=closed", "state=merged", "state=dispatched", "due=overdue",
    "steward=s1", "first=2024-05-01&last=2024-05-31", "category=utilities&first=2025-01-01&last=2025-01-07",
)  # fmt: skip
PAGES = (
    "/desk", "/desk/board", "/desk/board?category=noise&due=overdue", "/desk/candidates", "/desk/people",
    "/desk/people?from=60", "/desk/knowledge", "/desk/knowledge?q=居住证怎么办", "/desk/knowledge/article",
    "/desk/classes", "/desk/outbox", "/desk/health", "/desk/settings", "/desk/settings?group=web:g0",
    "/desk/settings/words?group=web:g0", "/desk/lists/import", "/tickets", "/people", "/dm", "/room/g0", "/healthz",
    *(f"/desk/analysis?kind={kind}" for kind in ("day", "week", "month")),
    "/desk/analysis.json", *(f"/desk/digest?kind={kind}" for kind in ("daily", "weekly", "monthly")),
    *(f"/desk/lists/{name}" for name in LISTS), *(f"/desk/lists/tasks?{one}" for one in FILTERS),
)  # fmt: skip
OPEN_PAGES = ("/u/district", "/u/street0", "/u/community0")
FILES = ("/desk/lists/lists.xlsx", "/desk/lists/pack.docx?month=2026-10")


@dataclass(slots=True)
class Holds:
    """How long each transaction had the one storage thread: whoever speaks meanwhile waits. Seconds of CPU and of the clock."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    _begun: tuple[float, float] = (0.0, 0.0)

    def __call__(self, point: str) -> None:
        """A point of the desk."""
        if point == "begin":
            self._begun = time.thread_time(), time.perf_counter()
        elif point == "post_commit":
            self.cpu.append(time.thread_time() - self._begun[0])
            self.wall.append(time.perf_counter() - self._begun[1])

    def clear(self) -> None:
        """Forget."""
        self.cpu.clear()
        self.wall.clear()


@dataclass(frozen=True, slots=True)
class Measured:
    """A page of a role: medians of CPU and clock and the longest transaction, in milliseconds; how large it is, in kB."""

    role: str
    page: str
    status: int
    cpu: float
    wall: float
    hold: float
    size: float

    def row(self) -> str:
        """Of the table."""
        return (
            f"| {self.role} | {self.page} | {self.status} | {self.cpu:.0f} | {self.wall:.0f} | {self.hold:.0f} | "
            f"{self.size:.0f} |"
        )


def million(count: int = TICKETS, database: Path = SCRATCH / "million.db") -> Figures:
    """Print the table of pages; then the figures of the rest."""
    figures = {} if database.exists() else make(database, count)
    holds = Holds()
    with open_storage(database, "FULL", holds) as storage:
        org = storage.desk.run(lambda uow: uow.org.load())
        figures |= {"tickets": _one(storage, "SELECT max(number) FROM ticket"), "grids": GRIDS}
        figures |= {"mb": round(database.stat().st_size / 1e6), "sums": _one(storage, "SELECT count(*) FROM fact")}
        measured = asyncio.run(Visit(storage, org, holds).tour())
        print(
            "| who | page | status | CPU ms | clock ms | longest transaction, CPU ms | kB |\n|---|---|---|---|---|---|---|"
        )
        for one in measured:
            print(one.row(), flush=True)
        pages = [one for one in measured if one.page not in FILES]
        figures |= {"pages": len(pages), "slowest_page_ms": round(max(one.cpu for one in pages))}
        figures |= {"longest_transaction_ms": round(max(one.hold for one in measured))}
        figures |= asyncio.run(_jobs(storage, org, holds))
        return {**figures, "rss_mb": rss_mb(), **weather(database.parent)}


def make(database: Path, count: int, grids: int = GRIDS) -> Figures:
    """Write the tickets and count them in; nothing is fast about it."""
    database.parent.mkdir(exist_ok=True)
    with open_storage(database, "OFF") as storage:
        filled = cost(count, lambda: fill(storage, count, grids))
        caught = cost(count, lambda: count_in(storage))
        checked = cost(count, lambda: _verify(storage))
        return {
            "filled_cpu_s": round(filled.cpu),
            "caught_up_per_cpu_s": round(caught.per_cpu_s),
            "caught_up_s": round(caught.wall),
            "verified_per_cpu_s": round(checked.per_cpu_s),
            "verified_s": round(checked.wall),
        }


def _verify(storage: Storage) -> None:
    faults = storage.desk.run(lambda uow: uow.facts.verify())
    assert faults == [], faults


class Visit:
    """One look at every page by somebody of every level."""

    def __init__(self, storage: Storage, org: Organization, holds: Holds) -> None:
        self.storage, self.holds, self.clock = storage, holds, FollowingClock(START)
        settings = Settings(analysis=AnalysisSettings(public=[page.rpartition("/")[2] for page in OPEN_PAGES]))
        engine = build_engine(settings, org, Ids(3))
        bot = Bot(engine, storage.desk, self.clock)
        hub = Hub(bot.query)
        bot.connect([WebChannel(bot.query, hub)], changed=hub.changed)
        media = MediaFolder(storage.path.with_suffix(".media"), 1_000_000, 1_000_000)
        catalog = load_catalog("zh_CN")
        self.deps = WebDeps(bot, hub, media, settings, catalog, self.clock, "secret", engine.services, OfficeFiles())
        calm_collector()

    async def tour(self) -> list[Measured]:
        """Role by role."""
        measured = []
        for person, unit in ROLES.items():
            async with TestClient(TestServer(build_web(self.deps))) as client:
                await self._sign_in(client, person)
                for page in (*PAGES, *self._tickets(unit), *FILES, *(OPEN_PAGES if person == "chief" else ())):
                    measured.append(await self._measure(client, unit, page))
                    print(measured[-1].row(), flush=True)
        return measured

    async def _sign_in(self, client: "TestClient", person: str) -> None:  # type: ignore[type-arg]
        code = f"code-of-22-characters-{person}"
        until = self.clock.now() + timedelta(days=1)
        self.storage.desk.run(lambda uow: uow.org.issue_code(person, code_digest(code), until))
        answer = await client.post(f"/bind/{code}", headers={"Origin": str(client.make_url("")).rstrip("/")})
        assert answer.status == 200, answer.status

    def _tickets(self, unit: str) -> list[str]:
        """The page of a ticket, its row in a list, and a page in the middle of a list."""
        sql = "SELECT public_id, year || '-' || number, created_at || '-' || id FROM ticket WHERE unit = 'grid0' "
        sql += "AND state = 'closed' AND confidential = 0 AND created_at < ? ORDER BY created_at DESC LIMIT 1"
        at = int((START - timedelta(days=500)).timestamp() * 1000)
        public, code, place = self.storage.connection.execute(sql, (at,)).fetchone()
        return [f"/t/{public}", f"/desk/lists/problems?code={code}", f"/desk/lists/effects?after={place}"]

    async def _measure(self, client: "TestClient", unit: str, page: str) -> Measured:  # type: ignore[type-arg]
        address = page if page.startswith("/u/") else f"{page}{'&' if '?' in page else '?'}unit={unit}"
        cpu, wall, begun = [], [], time.perf_counter()
        for turn in range(WARM + TURNS):
            if turn == WARM:
                self.holds.clear()
            self.clock.at += timedelta(seconds=61 if page in FILES else 1)
            before, clock = time.process_time(), time.perf_counter()
            async with client.get(address) as answer:
                body = await answer.read()
            if turn >= WARM:
                cpu.append(time.process_time() - before)
                wall.append(time.perf_counter() - clock)
            if cpu and time.perf_counter() - begun > PATIENCE:
                break
        held = max(self.holds.cpu, default=0.0)
        spans = milliseconds(median(cpu)), milliseconds(median(wall)), milliseconds(held)
        return Measured(unit, page, answer.status, *spans, len(body) / 1000)


async def _jobs(storage: Storage, org: Organization, holds: Holds) -> Figures:
    """What is done each hour: how long in all, and the longest bite."""
    settings = Settings()
    engine, at = build_engine(settings, org, Ids(4)), START + timedelta(hours=1)
    media = MediaFolder(storage.path.with_suffix(".media"), 1_000_000, 1_000_000)
    jobs: dict[str, Callable[[], Awaitable[None]]] = {
        "retention": lambda: keep_house(storage, media, settings, at),
        "counting": lambda: count_gently(storage),
        "foresight": lambda: foresee(storage, engine, at),
        "clusters": lambda: foresee(storage, engine, START.replace(hour=19)),  # three o'clock at night
    }
    figures: Figures = {}
    for name, job in jobs.items():
        holds.clear()
        begun = time.process_time()
        await job()
        figures[f"{name}_cpu_s"] = round(time.process_time() - begun, 1)
        figures[f"{name}_longest_ms"] = milliseconds(max(holds.cpu, default=0.0))
    return figures


def _one(storage: Storage, sql: str) -> int:
    def job(_uow: UnitOfWork) -> int:
        return int(storage.connection.execute(sql).fetchone()[0])

    return storage.desk.run(job)
