"""Corrections teach: what leaves an example, what takes it away, and when something is learnt of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.housekeeping import study
from bot.ports import Example, Scores, UnitOfWork
from bot.triage.engine.learner import ALONE, Communities
from bot.usecases.engine import Engine
from bot.usecases.learning import LEAST, hand_in, homework, take_up
from tests.fakes import CLEAR, MORNING, TownBot, town_bot
from tests.storage.making import a_ticket
from tests.triage.engine.made import examples_of, new_learner
from tests.triage.engine.slang import lines

NIGHT = MORNING.replace(hour=3)
BETTER = Scores(200, (9, 9), 30, (12, 4))
WORSE = Scores(200, (9, 10), 30, (12, 4))


@pytest.fixture
def learner() -> Communities:
    """A learner that has learnt nothing yet."""
    return new_learner()


@pytest.fixture
def bot(tmp_path: Path, learner: Communities) -> Iterator[TownBot]:
    """The town's bot, which reads by the rules and learns."""
    with town_bot(tmp_path / "bot.db") as bot:
        services = replace(bot.engine.services, reader=learner.shipped.rules, learner=learner)
        bot.engine = Engine(services, bot.engine.renderer, bot.engine.org)
        yield bot


def kept(bot: TownBot) -> list[Example]:
    """The examples of the town."""
    return bot.read(lambda uow: uow.learning.examples("dongshan"))


def taught(bot: TownBot, learner: Communities, number: int = LEAST) -> None:
    """So many corrections were made, each of a ticket."""
    key = bot.read(lambda uow: uow.learning.key())
    examples = [replace(one, root="dongshan") for one in examples_of(learner, lines(number), key)]

    def job(uow: UnitOfWork) -> None:
        for example in examples:
            uow.tickets.add(a_ticket(example.ticket_id, root="dongshan", unit="xueyuan"))
            uow.learning.keep(example)

    bot.read(job)


def everything(path: Path) -> bytes:
    """All bytes of a database, with its log."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))


# ---------------------------------------------------------------- examples


def test_not_by_the_reporter_teaches_that_it_was_talk(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhang", "reject", 1)

    [example] = kept(bot)
    assert (example.labels, example.account, example.root) == ({"act": "chat"}, "web:zhang", "dongshan")
    assert bot.read(lambda uow: uow.words.count()) == 0


def test_a_candidate_that_is_registered_or_not(bot: TownBot) -> None:
    bot.say("zhang", "那个窗户关不上")
    bot.wait(minutes=5)
    bot.say("zhou", "登记", private=True)
    bot.say("li", "那个窗户又关不上了哦", chat="lvyuan")
    bot.wait(minutes=5)
    bot.say("wu", "不是", private=True)

    assert [example.labels for example in kept(bot)] == [{"act": "new"}, {"act": "chat"}]


def test_another_category_is_written_down_and_learnt(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhou", "refile", 1, "环境卫生")

    assert bot.ticket(1).category == "sanitation"
    assert [event.note for event in bot.events(1) if event.kind == "corrected"] == ["category"]
    assert [example.labels for example in kept(bot)] == [{"act": "new", "category": "sanitation"}]
    bot.say("zhou", "1号件 改类 噪音")
    assert [example.labels for example in kept(bot)] == [{"act": "new", "category": "noise"}], "the last word counts"
    bot.say("zhou", "1号件 改类 花花草草")
    assert bot.ticket(1).category == "noise"


def test_a_duty_holders_own_trouble_is_one(bot: TownBot) -> None:
    bot.say("zhou", "报事 3号楼大厅的灯坏了")

    assert [(example.labels, example.account) for example in kept(bot)] == [({"act": "new"}, "web:zhou")]


def test_nothing_is_learnt_without_a_learner(bot: TownBot) -> None:
    bot.engine = Engine(replace(bot.engine.services, learner=None), bot.engine.renderer, bot.engine.org)
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhang", "reject", 1)

    assert kept(bot) == []


def test_no_text_stays_behind_not(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhang", "reject", 1)
    [example] = kept(bot)
    path = bot.storage.path
    bot.storage.connection.execute("VACUUM")
    bot.storage.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    found = everything(path)
    assert example.grams in found
    assert not [word for word in ("化粪池", "脏水", "漫到") if word.encode() in found]


# ---------------------------------------------------------------- taken away


def test_who_is_erased_takes_his_examples_along(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhang", "reject", 1)
    bot.say("li", CLEAR["noise"])
    bot.press("li", "reject", 2)
    bot.say("zhang", "删除我的数据", private=True)

    assert [example.account for example in kept(bot)] == ["web:li"]


def test_what_is_taken_back_teaches_nothing(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhou", "refile", 1, "卫生")
    bot.say("zhang", "撤回", reply_number=1)

    assert bot.ticket(1).state == "withdrawn"
    assert kept(bot) == []


# ---------------------------------------------------------------- at night


@pytest.mark.parametrize(
    ("at", "number", "due"),
    [(NIGHT, LEAST, 1), (NIGHT, LEAST - 1, 0), (MORNING, LEAST, 0)],
    ids=["enough", "too few", "by day"],
)
def test_it_is_learnt_at_night_from_enough(
    bot: TownBot, learner: Communities, at: datetime, number: int, due: int
) -> None:
    taught(bot, learner, number)

    assert len(bot.read(lambda uow: homework(uow, bot.engine.org, at))) == due


def test_a_version_is_promoted_unless_it_loses(bot: TownBot, learner: Communities) -> None:
    taught(bot, learner)
    [task] = bot.read(lambda uow: homework(uow, bot.engine.org, NIGHT))

    first = bot.read(lambda uow: hand_in(uow, task, b"weights", BETTER, NIGHT))
    second = bot.read(lambda uow: hand_in(uow, replace(task, number=2), b"worse", WORSE, NIGHT))
    assert (first.state, second.state, second.content) == ("live", "refused", b"")
    stored = bot.read(lambda uow: uow.learning.versions("dongshan"))
    assert [(one.number, one.state) for one in stored] == [(2, "refused"), (1, "live")]
    assert stored[1].scores == BETTER


def test_nothing_new_is_not_learnt_again(bot: TownBot, learner: Communities) -> None:
    taught(bot, learner)
    [task] = bot.read(lambda uow: homework(uow, bot.engine.org, NIGHT))
    bot.read(lambda uow: hand_in(uow, task, b"weights", BETTER, NIGHT))
    tomorrow = NIGHT + timedelta(days=1)
    assert bot.read(lambda uow: homework(uow, bot.engine.org, tomorrow)) == []

    bot.say("li", CLEAR["noise"])
    bot.press("li", "reject", 1)
    assert bot.read(lambda uow: homework(uow, bot.engine.org, NIGHT + timedelta(hours=1))) == [], "once a night"
    [again] = bot.read(lambda uow: homework(uow, bot.engine.org, tomorrow))
    assert (again.number, again.live and again.live.number) == (2, 1)


def rightly_read(learner: Communities) -> int:
    """How many lines of the community, other than those that were corrected, are read rightly."""
    context, right = replace(ALONE, community="dongshan"), 0
    for line in lines(270)[100:]:
        reading = learner.read(line.text, context)
        found = reading.matters[0].category if reading.actionable and reading.matters else ""
        right += reading.actionable == (line.act == "new") and found == line.category
    return right


async def test_the_running_bot_reads_with_what_it_learnt(bot: TownBot, learner: Communities) -> None:
    taught(bot, learner, 60)
    assert not learner.own
    before = rightly_read(learner)
    await study(bot.storage, bot.engine, NIGHT)

    assert list(learner.own) == ["dongshan"]
    assert rightly_read(learner) > before
    [version] = bot.read(lambda uow: uow.learning.versions("dongshan"))
    assert (version.state, version.examples) == ("live", 60)
    assert version.scores.past_errors[1] < version.scores.past_errors[0]

    bot.read(lambda uow: uow.learning.undo("dongshan"))
    bot.read(lambda uow: take_up(uow, learner))
    assert not learner.own
