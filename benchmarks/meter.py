"""Measuring on a shared machine: CPU seconds, alternation, percentiles, and how fast the machine is just now."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

Figures = dict[str, object]
SCRATCH = Path(__file__).parent.parent / "var"  # beside the data of a checkout: never a file system in memory


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took. ``cpu`` counts all threads of the process."""

    count: int
    cpu: float
    wall: float

    @property
    def per_cpu_s(self) -> float:
        """Pieces a CPU second."""
        return self.count / self.cpu

    @property
    def per_s(self) -> float:
        """Pieces a second on the clock."""
        return self.count / self.wall


def cost(count: int, work: Callable[[], object]) -> Cost:
    """Do something once and say what it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(count, time.process_time() - cpu, time.perf_counter() - wall)


@dataclass(frozen=True, slots=True)
class Pair:
    """The legs of two ways of doing the same, taken alternately."""

    ours: list[Cost]
    theirs: list[Cost]

    def ratio(self, figure: Callable[[Cost], float]) -> list[float]:
        """Ours ÷ theirs of each round."""
        return [figure(a) / figure(b) for a, b in zip(self.ours, self.theirs, strict=True)]


def alternate(rounds: int, ours: Callable[[], Cost], theirs: Callable[[], Cost]) -> Pair:
    """ABBA: the machine's speed wanders, and both sides shall meet the same weather."""
    pair = Pair([], [])
    for turn in range(rounds):
        for side in ("ab", "ba")[turn % 2]:
            if side == "a":
                pair.ours.append(ours())
            else:
                pair.theirs.append(theirs())
    return pair


def best(costs: Sequence[Cost]) -> int:
    """The best leg, pieces a CPU second: noise of neighbours only ever slows."""
    return round(max(leg.per_cpu_s for leg in costs))


def middle(values: Sequence[float]) -> float:
    """The median."""
    return round(statistics.median(values), 3)


def spread(values: Sequence[float]) -> list[float]:
    """The range."""
    return [round(min(values), 3), round(max(values), 3)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all stays below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: float) -> float:
    """For people."""
    return round(seconds * 1000, 2)


def weather(folder: Path) -> Figures:
    """How the machine does while we measure: a fixed piece of work, one fsync, the load."""
    return {"calib_us": _calibration(), "fsync_us": _fsync(folder), "load1": round(os.getloadavg()[0], 1)}


def _calibration() -> float:
    spans = []
    for _ in range(50):
        begun = time.perf_counter()
        sum(range(1000))
        spans.append(time.perf_counter() - begun)
    return round(statistics.median(spans) * 1e6, 1)


def _fsync(folder: Path) -> int:
    file = os.open(folder / "fsync", os.O_CREAT | os.O_WRONLY)
    spans = []
    for _ in range(50):
        os.write(file, bytes(8192))
        begun = time.perf_counter()
        os.fdatasync(file)
        spans.append(time.perf_counter() - begun)
    os.close(file)
    return round(statistics.median(spans) * 1e6)


def rss_mb() -> float:
    """Resident memory of this process."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return round(int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def scratch() -> TemporaryDirectory[str]:
    """A folder on the disk that the data of a checkout lie on."""
    SCRATCH.mkdir(exist_ok=True)
    return TemporaryDirectory(prefix="bench-", dir=SCRATCH)
