"""The live bot asks somebody wiser, and goes on where that fails."""

from pathlib import Path

import pytest

from bot.live import Bot
from bot.ports import UnitOfWork
from tests.fakes import quiet_settings, texts
from tests.usecases.alive import FakeAlarm, FakeChannel, Live
from tests.usecases.unsure import ASKING, DOUBT, YES, Doubting, FakeSecond, doubting


@pytest.fixture
def second() -> FakeSecond:
    return FakeSecond()


@pytest.fixture
def live(it: Doubting, second: FakeSecond) -> Live:
    channel, alarm = FakeChannel(), FakeAlarm()
    made = Bot(it.town.engine, it.town.storage.desk, it.town.clock)
    made.connect([channel], alarm, second=second)
    return Live(it.town, made, channel, alarm)


async def test_the_live_bot_asks_and_speaks(live: Live, second: FakeSecond) -> None:
    second.opinion = YES
    await live.receive(DOUBT, id="m1")
    await live.bot.work_off()
    await live.bot.work_off()

    assert second.asked == [DOUBT]
    assert [ticket.category for ticket in live.town.tickets()] == ["noise"]
    assert len(live.channel.sent) == 1


@pytest.mark.parametrize("fails", [True, False])
async def test_the_live_bot_goes_on_without(live: Live, second: FakeSecond, it: Doubting, fails: bool) -> None:
    second.fails = fails
    await live.receive(DOUBT, id="m1")
    await live.bot.work_off()
    it.town.clock.advance(minutes=4)
    await live.bot.work_off()

    assert it.states() == ["candidate"]


async def test_a_commit_that_fails_with_an_answer_stops_nothing(
    live: Live, second: FakeSecond, monkeypatch: pytest.MonkeyPatch
) -> None:
    second.opinion = YES

    def broken(_uow: UnitOfWork, *_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(live.town.engine, "heed", broken)
    await live.receive(DOUBT, id="m1")
    await live.bot.work_off()

    assert live.town.tickets() == []


@pytest.mark.parametrize(("asking", "says_so"), [(ASKING, True), ({}, False)])
def test_where_a_model_is_asked_the_privacy_notice_says_so(
    tmp_path: Path, asking: dict[str, object], says_so: bool
) -> None:
    for it in doubting(tmp_path, quiet_settings(llm=asking)):
        (notice,) = texts(it.town.say("zhang", "隐私"))
        assert ("语言模型" in notice) is says_so
