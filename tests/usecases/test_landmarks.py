"""Places that confirmed tickets have told of are known to triage afterwards, also after a restart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import Ids, build_services
from bot.ports import Matter, Reading, ReadingContext
from bot.usecases.engine import Engine
from bot.usecases.landmarks import MANY, Landmarks, is_landmark
from tests.fakes import TownBot, quiet_settings, town_bot
from tests.storage.making import a_ticket


class Listening:
    """Remembers the places that it was told to know."""

    def __init__(self) -> None:
        self.places: tuple[str, ...] = ()

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Any text is a trouble at the words before 的."""
        self.places = tuple(context.places)
        return Reading("new", 0.9, (Matter(text, "help", "facilities", "routine", place=text.partition("的")[0]),))


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """The town with a reader that listens."""
    with town_bot(tmp_path / "bot.db") as bot:
        refresh(bot)
        yield bot


def refresh(bot: TownBot) -> None:
    """A new process: what only lives in mind is gone."""
    services = replace(bot.engine.services, reader=Listening(), landmarks=Landmarks())
    bot.engine = Engine(services, bot.engine.renderer, bot.engine.org)


def known(bot: TownBot) -> tuple[str, ...]:
    """What the reader was told with the last message."""
    reader = bot.engine.services.reader
    assert isinstance(reader, Listening)
    return reader.places


def test_a_place_is_known_once_somebody_has_signed_for_it(bot: TownBot) -> None:
    bot.say("zhang", "老年活动室的灯坏了")
    bot.say("li", "那边的灯坏了")
    assert "老年活动室" not in known(bot)

    bot.press("zhou", "sign", 1)
    bot.say("li", "活动室的灯坏了")
    assert "老年活动室" in known(bot)
    assert "那边" not in known(bot), "nobody has signed for that"

    refresh(bot)
    bot.say("li", "又黑了")
    assert "老年活动室" in known(bot)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("菜鸟驿站", True),
        ("东门", True),
        ("3号楼", False),
        ("李婶家", False),
        ("门", False),
        ("a" * 13, False),
        ("东门 里", False),
    ],
)
def test_what_is_a_landmark(place: str, expected: bool) -> None:
    assert is_landmark(place) == expected


def test_what_is_near_for_one_is_nowhere_for_others() -> None:
    landmarks = build_services(quiet_settings(), Ids()).landmarks

    assert landmarks.of("town", lambda: ["隔壁", "楼上", "菜鸟驿站"]) == ("菜鸟驿站",)


def test_the_newest_are_known_longest_first() -> None:
    landmarks, letters = Landmarks(), [chr(0x4E00 + index) * 2 for index in range(MANY + 5)]

    assert len(landmarks.of("town", lambda: letters)) == MANY
    landmarks.learn(replace(a_ticket("t1", root="town"), place="老年活动室"))
    found = landmarks.of("town", lambda: [])
    assert (found[0], len(found)) == ("老年活动室", MANY)
    landmarks.learn(replace(a_ticket("t2", root="town"), place="李书记办公室", confidential=True))
    assert landmarks.of("town", lambda: []) == found
