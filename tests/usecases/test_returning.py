"""What was done is back, and who says so names nothing."""

import pytest

from tests.fakes import TownBot, texts

LOUD = "楼下理发店的喇叭从早放到晚，吵死了"
BACK = "又放那么大声"


def done(bot: TownBot) -> None:
    bot.say("zhang", LOUD)
    bot.say("zhou", "收到", reply_number=1)
    bot.say("zhou", "办结 音量调小了", reply_number=1)
    bot.say("zhang", "满意")
    assert bot.ticket(1).state == "closed"


@pytest.mark.parametrize("words", [BACK, "昨晚又放到半夜", "怎么又这样", "唉，又开始了", "@周敏 又吵到现在"])
def test_within_three_days_it_is_a_vote_and_the_matter_is_worked_on_again(bot: TownBot, words: str) -> None:
    done(bot)
    bot.wait(hours=30)
    told = bot.say("zhang", words)

    assert (bot.ticket(1).state, bot.ticket(1).rework_count) == ("in_progress", 1)
    assert len(bot.tickets()) == 1
    assert told


@pytest.mark.parametrize(
    "words", ["又下雨了", "又涨价了", "又要上班了", "又忘带钥匙了", "又到周末了", "好了又想吃火锅"]
)
def test_what_is_of_something_else_changes_nothing(bot: TownBot, words: str) -> None:
    done(bot)
    bot.wait(hours=30)

    assert bot.say("zhang", words) == []
    assert [ticket.state for ticket in bot.tickets()] == ["closed"]


def test_who_did_not_report_votes_on_nothing(bot: TownBot) -> None:
    done(bot)
    bot.say("li", BACK)

    assert [ticket.state for ticket in bot.tickets()] == ["closed"]


def test_later_it_opens_a_ticket_linked_to_the_first(bot: TownBot) -> None:
    done(bot)
    bot.wait(days=10)
    told = bot.say("zhang", BACK)

    again = bot.ticket(2)
    assert again.repeat_of == bot.ticket(1).id
    assert (again.category, again.place, again.nature) == ("noise", bot.ticket(1).place, bot.ticket(1).nature)
    assert LOUD[:6] in again.text
    assert any("2号件已登记" in text for text in texts(told))


def test_after_a_month_it_is_talk(bot: TownBot) -> None:
    done(bot)
    bot.wait(days=31)

    assert bot.say("zhang", BACK) == []
    assert len(bot.tickets()) == 1


def test_while_another_matter_is_open_it_is_not_guessed_at(bot: TownBot) -> None:
    done(bot)
    bot.say("zhang", "3号楼的路灯不亮了")
    bot.wait(hours=5)
    bot.say("zhang", BACK)

    assert bot.ticket(1).state == "closed"
