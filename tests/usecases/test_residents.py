"""Residents take back what was not meant for here, and ask how theirs stands."""

import pytest

from tests.fakes import TownBot

LAMP = "4号楼前面的路灯不亮了，晚上看不见，麻烦修一下"


@pytest.mark.parametrize("words", ["发错群了", "不好意思发错了", "开玩笑的"])
def test_what_was_not_meant_for_here_is_withdrawn_without_a_quote(bot: TownBot, words: str) -> None:
    bot.say("zhang", LAMP)
    bot.clock.advance(minutes=1)
    bot.say("zhang", words)

    [ticket] = bot.tickets()
    assert (ticket.state, ticket.text) == ("withdrawn", "")


def test_later_or_of_others_or_signed_it_means_nothing(bot: TownBot) -> None:
    bot.say("zhang", LAMP)
    bot.say("li", "发错群了")
    bot.clock.advance(minutes=20)
    bot.say("zhang", "发错群了")
    assert bot.ticket(1).state == "dispatched"

    bot.say("wang", "3号楼的电梯坏了，人上不去")
    bot.say("zhou", "2号件 收到")
    bot.say("wang", "发错群了")
    assert bot.ticket(2).state == "in_progress"


def test_how_his_own_stands_is_told_who_asks_privately(bot: TownBot) -> None:
    bot.say("zhang", LAMP, private=True)
    bot.say("zhang", "学苑园", private=True)
    bot.clock.advance(hours=1)
    [told] = bot.say("zhang", "怎么样了？", private=True)

    assert told.kind == "status"
    assert "1号件" in told.text
