"""Where an answer goes."""

from tests.fakes import TownBot


def test_what_was_told_privately_is_answered_privately(bot: TownBot) -> None:
    """Also where its reporter speaks of it in the group."""
    bot.say("zhang", "我要举报，学苑小区物业经理收了回扣，私吞维修基金", private=True)
    said = bot.say("zhang", "撤回")

    assert bot.ticket(1).state == "withdrawn"
    assert {message.chat for message in said} == {"web:dm:zhang", "web:dm:chen"}
