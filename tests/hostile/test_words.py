"""Hostile words in every place where people can write some: nothing breaks, nobody is called, no right is gained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.states import CALLBACK, DISPATCHED, IN_PROGRESS
from bot.domain.ticket import Ticket
from bot.messages import Edit, Media, OutboundMessage
from tests.fakes import CHANNEL, CLEAR, TownBot, quiet_settings, town_bot
from tests.hostile.checks import Siege, rows
from tests.hostile.corpus import COMMANDS, NAMES, SOURCES, TEMPLATES, lines

STAFF = ["web:zhou", "web:wu", "web:chen", "web:gao", "web:liu"]
pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("source", SOURCES)]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """A talkative bot with one ticket: of a resident, on the steward's desk."""
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(speaking={"budget_per_hour": 1_000_000})) as bot:
        bot.say("canary", CLEAR["drainage"])
        yield bot


@pytest.fixture
def siege(bot: TownBot) -> Siege:
    return Siege(bot, [*STAFF, "web:canary", "web:stranger"])


def canary(bot: TownBot) -> Ticket:
    """The ticket that nobody without a duty may move."""
    return bot.ticket(1)


def is_untouched(bot: TownBot) -> bool:
    """Whether it stands where it stood."""
    ticket = canary(bot)
    by = {event.by for event in bot.events(1) if event.kind not in {"followed", "noted", "corrected"}}
    return (ticket.state, ticket.assignee, ticket.reporter) == (DISPATCHED, "zhou", "web:canary") and by <= {
        "web:canary",
        "bot",
    }


def test_as_a_message(siege: Siege, bot: TownBot, source: str) -> None:
    """Twenty minutes between two lines: each is read by itself."""

    def say(line: str) -> list[OutboundMessage]:
        bot.clock.advance(minutes=20)
        return bot.say("stranger", line)

    for line in lines(source):
        siege.try_line(line, say)

    assert siege.verdict() == []
    assert is_untouched(bot)


def test_as_a_private_message(siege: Siege, bot: TownBot, source: str) -> None:
    for line in lines(source):
        siege.try_line(line, lambda line: bot.say("stranger", line, private=True))

    assert siege.verdict() == []
    assert is_untouched(bot)


def test_behind_a_clear_trouble(siege: Siege, bot: TownBot, source: str) -> None:
    """It becomes the text of a ticket: titles go to the steward, places to the group."""

    def report(line: str) -> list[OutboundMessage]:
        bot.clock.advance(minutes=20)
        said = bot.say("stranger", f"{CLEAR['facilities']} {line}")
        return [*said, *bot.say("wu", "待办", private=True), *bot.say("stranger", "我的件")]

    for line in lines(source)[::3]:
        siege.try_line(line, report)

    assert siege.verdict() == []
    assert is_untouched(bot)


def test_as_a_nickname(siege: Siege, bot: TownBot, source: str) -> None:
    """No name gives a right."""
    for line in [*lines(source), *NAMES]:
        siege.try_line(line, lambda line: bot.say("stranger", "1号件 收到", name=line))
        siege.try_line(line, lambda line: bot.say("stranger", "1号件 办结 好了", name=line, private=True))

    assert siege.verdict() == []
    assert is_untouched(bot)


def test_as_the_name_of_a_file(siege: Siege, bot: TownBot, source: str) -> None:
    before = rows(bot)
    for line in lines(source):
        media = (Media("image", line),)
        siege.try_line(line, lambda _line, media=media: bot.say("canary", "", media=media))  # type: ignore[misc]

    assert siege.verdict() == []
    assert rows(bot)["ticket"] == before["ticket"]
    ticket = canary(bot)
    names = [media.name for kept in bot.read(lambda uow: uow.words.of(ticket.id)) for media in kept.media]
    assert len(names) == ticket.media == len(lines(source))


def test_as_a_changed_message(siege: Siege, bot: TownBot, source: str) -> None:
    def edit(line: str) -> list[OutboundMessage]:
        at = bot.clock.advance(seconds=1)
        return bot.do(Edit(CHANNEL, "xueyuan", "canary", "m1", at, f"{CLEAR['drainage']} {line}"))

    for line in lines(source):
        siege.try_line(line, edit)

    assert siege.verdict() == []
    assert is_untouched(bot)


def test_as_the_result_that_the_group_reads(siege: Siege, bot: TownBot, source: str) -> None:
    """办结 from a private chat: the note is said in the group. One who is not content sends it back for the next line."""

    def finish(line: str) -> list[OutboundMessage]:
        bot.clock.advance(minutes=2)
        said = bot.say("zhou", f"1号件 办结 {line}", private=True)
        assert canary(bot).state == CALLBACK
        said += bot.rate("canary", 1, 1)
        assert canary(bot).state == IN_PROGRESS
        return said

    for line in lines(source)[::3]:
        siege.try_line(line, finish)

    assert siege.verdict() == []


def test_as_progress_that_the_group_reads(siege: Siege, bot: TownBot, source: str) -> None:
    def tell(line: str) -> list[OutboundMessage]:
        return bot.say("zhou", f"1号件 进展 {line}", private=True)

    said = {line: siege.try_line(line, tell) for line in (*TEMPLATES, *lines(source)[::3])}

    assert siege.verdict() == []
    for template in TEMPLATES:
        assert [m.text for m in said[template] if m.kind == "progress"] == [f"1号件进展：{template}"]


def test_as_a_reason_to_give_it_back(siege: Siege, bot: TownBot, source: str) -> None:
    def give_back(line: str) -> list[OutboundMessage]:
        bot.clock.advance(minutes=2)
        said = bot.say("zhou", f"1号件 退回 {line}")
        fresh = _fresh(canary(bot))
        bot.read(lambda uow: uow.tickets.save(fresh))
        return said

    bot.say("zhou", "1号件 收到")
    for line in lines(source)[::2]:
        siege.try_line(line, give_back)

    assert siege.verdict() == []


def _fresh(ticket: Ticket) -> Ticket:
    """As if it had never been given back."""
    ticket.asked, ticket.asked_by, ticket.asked_note, ticket.return_count = "", None, "", 0
    return ticket


def test_as_a_reason_to_hand_it_on(siege: Siege, bot: TownBot, source: str) -> None:
    siege.intended |= {"web:zhou", "web:chen"}

    def hand_on(line: str) -> list[OutboundMessage]:
        bot.clock.advance(minutes=2)
        said = bot.say("zhou", f"1号件 转派 @chen {line}", mentions=("chen",))
        assert canary(bot).assignee == "chen"
        return said + bot.say("chen", f"1号件 转派 @zhou {line}", mentions=("zhou",))

    for line in lines(source)[::3]:
        siege.try_line(line, hand_on)

    assert siege.verdict() == []


def test_commands_are_words_to_who_has_no_duty(siege: Siege, bot: TownBot, source: str) -> None:
    """Every command word with every line behind it, from a resident, quoted and by button."""
    receipt = bot.sent[0].message.key
    for number, line in enumerate(lines(source)[::4]):
        said = COMMANDS[number % len(COMMANDS)]
        siege.try_line(line, lambda line, said=said: bot.say("stranger", f"{said} {line}", reply_to=receipt))  # type: ignore[misc]
        siege.try_line(line, lambda line: bot.press("stranger", "done", 1, line))
        siege.try_line(line, lambda line: bot.press("stranger", line, 1))

    assert siege.verdict() == []
    assert is_untouched(bot)
