"""The town's bot, for the tests of the use cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.live import Bot
from tests.fakes import TownBot, quiet_settings, town_bot
from tests.usecases.alive import FakeAlarm, FakeChannel, Live
from tests.usecases.hands import Outbox
from tests.usecases.unsure import ASKING, Doubting, doubting


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """The whole bot on a file of its own, on a Wednesday at nine."""
    with town_bot(tmp_path / "bot.db") as bot:
        yield bot


@pytest.fixture
def outbox(bot: TownBot) -> Outbox:
    """Its outbox by hand."""
    return Outbox(bot)


@pytest.fixture
def live(bot: TownBot) -> Live:
    """The same bot in an event loop, with one platform."""
    channel, alarm = FakeChannel(), FakeAlarm()
    made = Bot(bot.engine, bot.storage.desk, bot.clock)
    made.connect([channel], alarm)
    return Live(bot, made, channel, alarm)


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Doubting]:
    """The town in doubt, with somebody to ask."""
    yield from doubting(tmp_path, quiet_settings(llm=ASKING))
