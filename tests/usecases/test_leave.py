"""Leave in one's own words: understood with dates, answered, undone; handed over only when somebody says so."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from bot.domain.rota import Away
from bot.domain.ticket import Ticket
from bot.ports import Change, UnitOfWork
from tests.fakes import CLEAR, TownBot, texts, to_bot

TOMORROW = datetime(2026, 5, 6, 16, 0, tzinfo=UTC)  # midnight of the 7th in Shanghai
FRIDAY_ENDS = datetime(2026, 5, 8, 16, 0, tzinfo=UTC)
LEAVE = "请假 明天到周五 吴刚代班"


def said(bot: TownBot, text: str, sender: str = "zhou", **fields: Any) -> list[str]:
    """What somebody says, and what only he is answered."""
    fields.setdefault("private", True)
    return texts([message for message in bot.say(sender, text, **fields) if message.chat == f"web:dm:{sender}"])


def aways(bot: TownBot) -> tuple[Away, ...]:
    return bot.engine.org.aways


def noted(bot: TownBot) -> list[Change]:
    return bot.read(lambda uow: uow.choices.changes("xueyuan", "away:zhou", 9))


def _save(uow: UnitOfWork, ticket: Ticket) -> None:
    uow.tickets.save(ticket)


@pytest.mark.parametrize(
    "text",
    [
        LEAVE,
        "我明天到周五请假，吴刚代班",
        "明天到周五我请假，请吴刚替我",
        "請假 明天到週五 吳剛代班 吴刚",
        "本人7号到8号出差，吴刚顶班",
    ],
)
def test_leave_is_understood_and_repeated_with_dates(bot: TownBot, text: str) -> None:
    answers = said(bot, text)

    assert aways(bot) == (Away("zhou", TOMORROW, FRIDAY_ENDS, "wu"),)
    assert "记下了：5月7日 00:00到5月8日 23:59请假，吴刚代班" in answers[0]
    assert "撤销请假" in answers[0]


def test_who_stands_in_is_told_and_the_answer_is_private(bot: TownBot) -> None:
    sent = bot.do(to_bot("请假 明天到周五 吴刚代班", "zhou", id="m1", at=bot.clock.now()))

    assert {(message.chat, "代班" in message.text) for message in sent} == {("web:dm:zhou", True), ("web:dm:wu", True)}


def test_in_the_group_words_that_are_not_meant_for_the_bot_change_nothing(bot: TownBot) -> None:
    said(bot, LEAVE, private=False)

    assert aways(bot) == ()


def test_in_the_staff_chat_it_counts(bot: TownBot) -> None:
    said(bot, LEAVE, private=False, chat="work")

    assert len(aways(bot)) == 1


@pytest.mark.parametrize("text", ["请假", "请假 吴刚代班", "我要请假", "请假 2026-05-01"])
def test_without_a_day_it_asks_with_two_examples(bot: TownBot, text: str) -> None:
    answers = said(bot, text)

    assert aways(bot) == ()
    assert "“请假 明天到周五 王芳代班”" in answers[0]
    assert "“请假 11月25日下午”" in answers[0]


@pytest.mark.parametrize(
    "text", ["请假 明天 王芳代班", "请假 明天 吴刚或刘通代班", "请假 明天 张大爷替我", "请假 明天 周敏代班"]
)
def test_without_exactly_one_colleague_it_asks_who(bot: TownBot, text: str) -> None:
    answers = said(bot, text)

    assert aways(bot) == ()
    assert "没认准谁代班" in answers[0]


def test_without_a_stand_in_the_owner_hears_who_gets_it(bot: TownBot) -> None:
    said(bot, "请假 明天到周五")

    [told] = [sent.message.text for sent in bot.sent if sent.message.chat == "web:dm:chen"]
    assert told == "周敏5月7日 00:00到5月8日 23:59请假，没有人代班。学苑小区的新件这段时间派给陈卫东。"


def test_back_again_early(bot: TownBot) -> None:
    said(bot, "请假 今天 吴刚代班")
    bot.clock.advance(hours=1)
    bot.say("zhang", CLEAR["drainage"])

    answers = said(bot, "我回来了")
    bot.say("li", CLEAR["facilities"])

    assert "新件又派给您" in answers[0]
    assert [ticket.assignee for ticket in bot.tickets()] == ["wu", "zhou"]
    assert "没有请假" in said(bot, "我回来了")[0]


def test_what_was_understood_wrongly_is_taken_back(bot: TownBot) -> None:
    said(bot, LEAVE)

    assert "不算" in said(bot, "撤销请假")[0]
    assert aways(bot) == ()
    assert "没有请假" in said(bot, "撤销请假")[0]


def test_every_change_is_noted_without_the_reason(bot: TownBot) -> None:
    said(bot, "请假 明天到周五 吴刚代班 去肿瘤医院")
    said(bot, "撤销请假")

    undone, done = noted(bot)
    assert (done.by, done.before) == ("zhou", "")
    assert done.after == f"{TOMORROW.isoformat()}/{FRIDAY_ENDS.isoformat()}/wu"
    assert (undone.before, undone.after) == (done.after, "")
    assert "肿瘤" not in f"{noted(bot)}{aways(bot)}"


def test_open_tickets_are_handed_over_only_by_choice_and_their_clocks_go_on(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", CLEAR["facilities"])
    bot.say("zhou", "2号件 收到", private=True)
    due = bot.ticket(1).due_at

    answers = said(bot, LEAVE)
    assert "手上2件还是您的" in answers[0]
    assert {ticket.assignee for ticket in bot.tickets()} == {"zhou"}

    said(bot, "都交接")

    assert {(ticket.assignee, ticket.state) for ticket in bot.tickets()} == {("wu", "dispatched")}
    assert bot.ticket(1).due_at == due
    assert any("交给您：" in sent.message.text and sent.message.chat == "web:dm:wu" for sent in bot.sent)


def test_what_names_the_stand_in_or_is_confidential_is_not_handed_over(bot: TownBot) -> None:
    for sender, text in zip(("zhang", "li"), CLEAR.values(), strict=False):
        bot.say(sender, text)
    named, secret = bot.tickets()
    named.named, secret.confidential = ["wu"], True
    for ticket in (named, secret):
        bot.read(partial(_save, ticket=ticket))
    said(bot, LEAVE)

    said(bot, "都交接")

    assert {ticket.assignee for ticket in bot.tickets()} == {"zhou"}


def test_without_a_stand_in_nothing_is_handed_over(bot: TownBot) -> None:
    assert "没有交接" in said(bot, "都交接")[0]


@pytest.mark.parametrize("sender", ["zhang", "stranger"])
def test_who_has_no_duty_takes_no_leave(bot: TownBot, sender: str) -> None:
    said(bot, LEAVE, sender)

    assert aways(bot) == ()


@pytest.mark.parametrize("text", ["3号楼的保安明天请假了没人看门", "王师傅明天请假", "灯坏了，物业说明天请假没人修"])
def test_somebody_elses_leave_is_no_leave(bot: TownBot, text: str) -> None:
    said(bot, text)

    assert aways(bot) == ()
