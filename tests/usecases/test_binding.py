"""One person on several platforms: a code makes an account a duty-holder's, and a ticket finds him wherever he is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bot.messages import InboundMessage
from tests.fakes import CLEAR, MORNING, TownBot, texts, town, town_bot

CODE = "q1w2e3r4t5y6u7i8o9p0aa"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """A town in which 周敏 works with another platform than the residents."""
    org = town()
    zhou = replace(org.people["zhou"], accounts=())
    with town_bot(tmp_path / "bot.db", replace(org, people={**org.people, "zhou": zhou})) as bot:
        digest = sha256(CODE.encode()).hexdigest()
        bot.read(lambda uow: uow.org.issue_code("zhou", digest, MORNING + timedelta(days=1)))
        yield bot


def elsewhere(bot: TownBot, text: str, id_: str = "t1", **fields: object) -> list[str]:
    """Account 77 writes privately on another platform."""
    at = bot.clock.now()
    return texts(bot.do(InboundMessage("telegram", "dm:77", "77", id_, at, text, private=True, **fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words", [f"绑定 {CODE}", f"绑定：{CODE}", f"绑定 http://127.0.0.1:8080/bind/{CODE}", f"綁定 {CODE}"]
)
def test_a_code_binds_the_account_that_writes_it(bot: TownBot, words: str) -> None:
    [said] = elsewhere(bot, words)

    assert "周敏" in said
    assert bot.engine.org.people["zhou"].account_keys() == ("telegram:77",)


def test_a_duty_holder_is_sent_a_link_that_lets_a_browser_in(bot: TownBot) -> None:
    [sent] = bot.say("chen", "看板", private=True)
    code = sent.text.split("/sign-in/")[1].split()[0]
    digest = sha256(code.encode()).hexdigest()

    assert sent.chat == "web:dm:chen"
    assert len(code) >= 22
    soon, late = MORNING + timedelta(minutes=10), MORNING + timedelta(minutes=10, seconds=1)
    assert bot.read(lambda uow: uow.org.peek_code(digest, soon)) == "chen"
    assert bot.read(lambda uow: uow.org.peek_code(digest, late)) is None


def test_a_link_that_is_asked_for_in_a_group_comes_privately(bot: TownBot) -> None:
    sent = bot.say("chen", "看板")

    assert [message.chat for message in sent] == ["web:dm:chen"]


def test_residents_get_no_link(bot: TownBot) -> None:
    said = bot.say("zhang", "看板", private=True)

    assert not any("/sign-in/" in message.text for message in said)


def test_a_code_is_good_once(bot: TownBot) -> None:
    elsewhere(bot, f"绑定 {CODE}")
    bot.do(InboundMessage("telegram", "dm:88", "88", "t2", bot.clock.now(), f"绑定 {CODE}", private=True))

    assert bot.engine.org.person_of("telegram:88") is None


def test_a_wrong_code_is_said_to_be_wrong(bot: TownBot) -> None:
    [said] = elsewhere(bot, "绑定 123456")

    assert "不对" in said


def test_a_code_in_a_group_is_spent_on_nobody(bot: TownBot) -> None:
    bot.say("li", f"绑定 {CODE}")

    assert bot.engine.org.person_of("web:li") is None
    assert "周敏" in elsewhere(bot, f"绑定 {CODE}")[0]


def test_a_ticket_of_one_platform_is_worked_on_from_another(bot: TownBot) -> None:
    elsewhere(bot, f"绑定 {CODE}")
    told = bot.say("zhang", CLEAR["drainage"])

    assert {message.chat for message in told} == {"web:xueyuan", "telegram:dm:77"}
    elsewhere(bot, "收到", "t3")
    assert (bot.ticket(1).state, bot.ticket(1).assignee) == ("in_progress", "zhou")

    elsewhere(bot, "办结：已经疏通了", "t4")
    assert bot.ticket(1).state == "callback"
    assert [sent.message.chat for sent in bot.sent if "办得怎么样" in sent.message.text] == ["web:xueyuan"]
