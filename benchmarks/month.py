"""A month of one lively group, replayed as ``gridsteward replay`` does it."""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.replay.player import Player
from adapters.replay.report import as_json
from adapters.replay.transcript import read_transcript
from benchmarks.feed import translate
from benchmarks.meter import Figures, scratch, weather
from benchmarks.talk import Talk
from benchmarks.town import make_town
from bot.app import Ids, build_engine, scratch_storage
from bot.settings import load_settings

MESSAGES = 20_000
DAYS = 30
WAKING = 16  # hours of a day in which people speak
BEGIN = datetime(2026, 11, 2, 6, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def replay() -> Figures:
    """From the transcript's file to the report."""
    with scratch() as name:
        file = Path(name) / "month.jsonl"
        file.write_text("".join(_lines()), encoding="utf-8")
        begun, cpu = time.perf_counter(), time.process_time()
        result = _play(file)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        tickets = result["tickets"]
        assert isinstance(tickets, list)
        return {"messages": MESSAGES, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "tickets": len(tickets),
                **weather(Path(name))}  # fmt: skip


def _play(file: Path) -> dict[str, object]:
    settings, org = load_settings(), make_town(1)
    with scratch_storage(None, settings) as storage:
        storage.desk.run(lambda uow: uow.org.replace(org))
        player = Player(build_engine(settings, org, Ids(1)), storage.desk)
        player.play(read_transcript(file, {"g0": "web"}))
        return storage.desk.run(lambda uow: as_json(uow, org, player))


def _moments() -> Iterator[datetime]:
    """All messages of a month, evenly over the waking hours."""
    a_day = MESSAGES // DAYS + 1
    for day, number in itertools.product(range(DAYS), range(a_day)):
        yield BEGIN + timedelta(days=day, seconds=number * WAKING * 3600 // a_day)


def _lines() -> Iterator[str]:
    """0.5 % new requests: a hundred in a month, as a lively group has; the rest follows."""
    talk = Talk(1, new=0.005, about=0.03)
    for at, payload in zip(_moments(), talk.take(MESSAGES), strict=False):
        message = translate(payload)
        line = {"at": at.isoformat(), "chat": "g0", "from": message.sender, "text": message.text, "id": message.id}
        if message.reply_to is not None:
            line["reply_to"] = message.reply_to
        yield json.dumps(line, ensure_ascii=False) + "\n"
