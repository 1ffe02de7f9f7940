"""The reader alone: messages a second on small talk and on requests."""

import time
from collections.abc import Sequence

from benchmarks.meter import Figures, percentile
from benchmarks.talk import START, Talk
from benchmarks.town import make_town
from bot.app import Ids, build_services
from bot.ports import Heard, OpenTicket, Reading, ReadingContext
from bot.settings import load_settings
from corpus.lessons import lessons

COUNT = 8000
SUSPECTS = 30
RECENT = tuple(Heard(f"web:r1-{n}", START, "chat") for n in range(6))


def triage() -> Figures:
    """Each kind of line read in the surroundings of a lively group."""
    read = _reader()
    figures: Figures = {}
    for name, kind in (("small_talk", "chatter"), ("requests", "request")):
        talk = Talk(1000, seed=7)
        lines = [talk.words(kind) for _ in range(COUNT)]
        spans = [_timed(read, line) for line in lines]
        figures[f"{name}_per_cpu_s"] = _best_rate(read, lines)
        figures[f"{name}_p50_us"] = round(percentile(spans, 0.5) * 1e6, 1)
        figures[f"{name}_p99_us"] = round(percentile(spans, 0.99) * 1e6, 1)
    return {**figures, **_slowest(read)}


def _slowest(read: "_Read") -> Figures:
    """The line of the corpus that takes longest, at its best of several readings."""
    lines = [lesson.text for lesson in lessons()]
    slow = sorted(lines, key=lambda line: _timed(read, line))[-SUSPECTS:]
    worst = {line: min(_timed(read, line) for _ in range(9)) for line in slow}
    line = max(worst, key=worst.__getitem__)
    return {"corpus_lines": len(lines), "slowest_us": round(worst[line] * 1e6, 1), "slowest_chars": len(line)}


class _Read:
    def __init__(self) -> None:
        self.reader = build_services(load_settings(), Ids(1)).reader
        org = make_town(20)
        self.context = ReadingContext(
            "web:r1-1", START, _no_tickets, RECENT, org.place_names("grid1"), org.articles_for("grid1"), "3栋王姐"
        )

    def __call__(self, text: str) -> Reading:
        return self.reader.read(text, self.context)


def _reader() -> _Read:
    read = _Read()
    talk = Talk(1000, seed=8)
    for kind in ("chatter", "request"):
        for _ in range(500):
            read(talk.words(kind))
    return read


def _no_tickets(_category: str | None) -> Sequence[OpenTicket]:
    return ()


def _timed(read: _Read, line: str) -> float:
    begun = time.perf_counter()
    read(line)
    return time.perf_counter() - begun


def _best_rate(read: _Read, lines: Sequence[str]) -> int:
    """The best of several slices: neighbours on the machine only ever slow it."""
    rates = []
    for at in range(0, len(lines), 1000):
        begun = time.process_time()
        for line in lines[at : at + 1000]:
            read(line)
        rates.append(1000 / (time.process_time() - begun))
    return round(max(rates))
