"""Memory and start: what an operator sees of the cost."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.house import batches_of, open_house
from benchmarks.meter import Figures, rss_mb, scratch, weather
from benchmarks.path import GROUPS
from benchmarks.talk import Talk
from benchmarks.town import make_town
from storage.open import open_storage

COMMAND = Path(sys.executable).with_name("gridsteward")
STARTS = 5
SPOKEN = 20_000


def memory() -> Figures:
    """Resident memory of the served town, and how long the commands take to answer."""
    with scratch() as name:
        folder = Path(name)
        _found(folder / "town.db")
        starts = [_ready(folder / "town.db") for _ in range(STARTS)]
        figures: Figures = {
            "groups": GROUPS,
            "help_s": round(median(_helped() for _ in range(STARTS)), 3),
            "ready_s": round(median(seconds for seconds, _ in starts), 2),
            "rss_ready_mb": round(median(mb for _, mb in starts), 1),
        }
        return {**figures, **_after_talk(folder), **weather(folder)}


def _after_talk(folder: Path) -> Figures:
    """In this process, with the benchmark's own things aside: growth by what was said."""
    with open_house(folder) as house:
        talk = Talk(GROUPS)
        house.run(batches_of(talk.take(2000)))
        before = rss_mb()
        for _ in range(SPOKEN // 2000):
            house.run(batches_of(talk.take(2000)))
        return {"rss_growth_mb": round(rss_mb() - before, 1), "messages": SPOKEN}


def _found(database: Path) -> None:
    with open_storage(database) as storage:
        storage.desk.run(lambda uow: uow.org.replace(make_town(GROUPS)))


def _ready(database: Path) -> tuple[float, float]:
    """Seconds until ``gridsteward run`` says that it listens, and its memory then."""
    begun = time.perf_counter()
    command = [str(COMMAND), "run", "--db", str(database), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begun
        assert "listening" in line, line
        time.sleep(0.3)
        memory = _rss_of(process.pid)
        process.terminate()
    return seconds, memory


def _rss_of(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) / 1000


def _helped() -> float:
    begun = time.perf_counter()
    subprocess.run([str(COMMAND), "--help"], check=True, capture_output=True)
    return time.perf_counter() - begun
