"""The town's bot, for the tests of the use cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import TownBot, town_bot


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """The whole bot on a file of its own, on a Wednesday at nine."""
    with town_bot(tmp_path / "bot.db") as bot:
        yield bot
