"""The calendar of digests beside the bot's work: one that fails holds up no other and is set aside in the end."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.digest import from_json
from bot.housekeeping import STRIKES, say_digests
from bot.ports import UnitOfWork
from bot.usecases.digests import Due
from bot.usecases.engine import Engine
from storage.open import open_storage
from tests.fakes import CLEAR, FakeClock, TownBot, new_database, new_engine, quiet_settings, town


@pytest.fixture
def morning_after(tmp_path: Path) -> TownBot:
    """Thursday at eight, after a day with a trouble."""
    storage = open_storage(new_database(tmp_path / "bot.db"), "OFF")
    bot = TownBot(storage, new_engine(quiet_settings(), town()), FakeClock())
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(hours=23)
    return bot


async def test_what_is_due_is_said_once(morning_after: TownBot) -> None:
    with morning_after.storage as storage:
        said = [await say_digests(storage, morning_after.engine, morning_after.clock) for _ in range(2)]
        assert said == [True, False]
        (notice,) = storage.desk.run(lambda uow: [n for n in uow.outbox.in_state("pending", 99) if n.key == "digest"])
        assert notice.chat == "web:dm:chen"


async def test_all_is_counted_in_before_anything_is_said(
    morning_after: TownBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.analysis.CAUGHT_UP", 0)  # a digest itself counts nothing now
    with morning_after.storage as storage:
        await say_digests(storage, morning_after.engine, morning_after.clock)
        assert storage.desk.run(lambda uow: uow.facts.waiting()) == 0
        (notice,) = storage.desk.run(lambda uow: [n for n in uow.outbox.in_state("pending", 99) if n.key == "digest"])
    assert from_json(str(notice.params["digest"])).heard == (1, 0)


async def test_one_that_fails_is_set_aside_and_holds_up_no_other(
    morning_after: TownBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, real = morning_after, Engine.say_digest

    def say(engine: Engine, uow: UnitOfWork, now: datetime, due: Due) -> bool:
        if due.kind == "daily":
            raise RuntimeError("no words for it")
        return real(engine, uow, now, due)

    monkeypatch.setattr(Engine, "say_digest", say)
    with bot.storage as storage:
        for _ in range(STRIKES + 1):
            await say_digests(storage, bot.engine, bot.clock)
        assert storage.desk.run(lambda uow: uow.reserve.all()) == [
            ("digest:xinhe:daily:2026-05-06", STRIKES, "no words for it")
        ]
        assert storage.desk.run(lambda uow: uow.digests.is_said("xinhe", "weekly", "2026-04-27"))
