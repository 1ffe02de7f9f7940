"""Who is answered, and where."""

import pytest

from bot.messages import BOT
from tests.fakes import CLEAR, TownBot


def test_what_was_told_privately_is_answered_privately(bot: TownBot) -> None:
    """Also where its reporter speaks of it in the group."""
    bot.say("zhang", "我要举报，学苑小区物业经理收了回扣，私吞维修基金", private=True)
    said = bot.say("zhang", "撤回")

    assert bot.ticket(1).state == "withdrawn"
    assert {message.chat for message in said} == {"web:dm:zhang", "web:dm:chen"}


@pytest.mark.parametrize("said", ["你好", "你是谁啊", ""])
def test_who_calls_the_bot_is_answered(bot: TownBot, said: str) -> None:
    [answer] = bot.say("zhang", said, mentions=(BOT,))

    assert (answer.chat, answer.mentions) == ("web:xueyuan", ("web:zhang",))


def test_thanks_to_the_bot_and_talk_past_it_are_not_answered(bot: TownBot) -> None:
    assert bot.say("zhang", "谢谢", mentions=(BOT,)) == []
    assert bot.say("li", "你是谁啊") == []


def test_who_asks_the_bot_how_it_stands_hears_it(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["facilities"])
    bot.clock.advance(minutes=10)
    [answer] = bot.say("zhang", "修得怎么样了", mentions=(BOT,))

    assert (answer.kind, answer.number) == ("status", 1)


def test_an_owner_who_asks_for_the_settings_privately_learns_where_they_are(bot: TownBot) -> None:
    [answer] = bot.say("chen", "设置", private=True)
    [other] = bot.say("zhou", "设置", private=True)

    assert "群里" in answer.text
    assert "群里" not in other.text
