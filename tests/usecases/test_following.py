"""What neighbours and stewards say of a ticket in their own words, without quoting it."""

import pytest

from tests.fakes import CLEAR, TownBot

LAMP = "4号楼前面的路灯不亮了，晚上看不见，麻烦修一下"


def asked(bot: TownBot, trouble: str = LAMP) -> None:
    """A trouble is done, and its reporter is asked."""
    bot.say("zhang", trouble)
    bot.clock.advance(minutes=30)
    bot.press("zhou", "done", 1, "灯泡换了")
    bot.clock.advance(minutes=30)


@pytest.mark.parametrize("said", ["灯亮了", "路灯亮了，谢谢", "这回亮了"])
def test_that_it_is_over_is_a_vote(bot: TownBot, said: str) -> None:
    asked(bot)
    bot.say("zhang", said)

    ticket = bot.ticket(1)
    assert (ticket.state, ticket.rating, ticket.solved) == ("closed", 4, True)


@pytest.mark.parametrize("said", ["灯又灭了", "还是不亮啊", "还没亮呢"])
def test_the_same_trouble_told_again_is_not_solved(bot: TownBot, said: str) -> None:
    """Silence would have closed it three days later."""
    asked(bot)
    bot.say("zhang", said)

    ticket = bot.ticket(1)
    assert (ticket.state, ticket.rework_count) == ("in_progress", 1)
    assert len(bot.tickets()) == 1


@pytest.mark.parametrize("said", ["亮了吗", "好了没有？", "还没看，晚上看看", "什么时候修的", "晚上再看看"])
def test_who_only_asks_does_not_vote(bot: TownBot, said: str) -> None:
    asked(bot)
    bot.say("zhang", said)

    ticket = bot.ticket(1)
    assert (ticket.state, ticket.rating, ticket.rework_count) == ("callback", None, 0)


def test_a_stranger_to_the_ticket_has_no_vote(bot: TownBot) -> None:
    asked(bot)
    bot.say("passerby", "灯亮了")

    assert bot.ticket(1).state == "callback"


def test_what_the_assignee_says_of_his_ticket_signs_it(bot: TownBot) -> None:
    """Nobody in the group needs to quote, to see that he is at it."""
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(minutes=10)
    bot.say("zhou", "师傅已经到了，在抽粪")

    ticket = bot.ticket(1)
    assert (ticket.state, ticket.assignee) == ("in_progress", "zhou")
    assert ticket.first_contact_at == bot.clock.now()


def test_small_talk_of_the_assignee_signs_nothing(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(minutes=10)
    bot.say("zhou", "今晚的月亮真圆")

    assert bot.ticket(1).state == "dispatched"
