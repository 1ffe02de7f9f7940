"""What is said in passing, and what it is of: the past, who is spared, irony, thanks among neighbours, duty-holders."""

import pytest

from tests.fakes import TownBot

LAMP = "3号楼门口的路灯坏了好几天了"
LIFT = "5号楼电梯又停了，老人上不去"


@pytest.mark.parametrize(
    "words",
    [
        "以前垃圾堆成山都没人管 现在好多了",
        "以前路灯坏了没人修，现在好多了",
        "原来楼道里堆满杂物，如今干净多了",
        "谢谢楼上的大哥帮我搬东西",
    ],
)
def test_what_was_bad_once_and_thanks_among_neighbours_are_talk(bot: TownBot, words: str) -> None:
    bot.say("li", LAMP)
    bot.wait(minutes=20)

    assert bot.say("wang", words) == []
    bot.wait(minutes=5)
    assert [ticket.followers for ticket in bot.tickets()] == [[]]


def test_a_trouble_told_beside_the_past_is_heard(bot: TownBot) -> None:
    bot.say("wang", "之前电梯老坏，现在好多了，就是3号楼的路灯不亮了")

    [ticket] = bot.tickets()
    assert "路灯" in ticket.reason
    assert "电梯" not in ticket.reason


@pytest.mark.parametrize("words", ["我们12号楼没停啊", "我家有水", "我们这边没停"])
def test_who_is_spared_joins_nobodys_trouble(bot: TownBot, words: str) -> None:
    bot.say("li", "好得很，又停水了，这个月第三次了")
    bot.say("wang", words)

    assert bot.ticket(1).followers == []


@pytest.mark.parametrize("words", ["真是谢谢物业了 水停一天了没人管", "表扬一下物业，路灯坏了半个月没人修"])
def test_praise_that_is_blame_is_worked_on(bot: TownBot, words: str) -> None:
    bot.say("li", words)

    [ticket] = bot.tickets()
    assert ticket.nature != "praise"
    assert ticket.state == "dispatched"


def test_praise_that_is_meant_stays_praise(bot: TownBot) -> None:
    bot.say("li", "必须表扬物业，半夜水管爆了没人管，小王一来就修好了")

    [ticket] = bot.tickets()
    assert ticket.nature == "praise"


@pytest.mark.parametrize(("words", "number"), [("路灯的事我知道了 下午电工去换", 1), ("电梯维保的师傅在路上了", 2)])
def test_who_has_a_duty_speaks_of_the_thing_that_he_names(bot: TownBot, words: str, number: int) -> None:
    bot.say("li", LAMP)
    bot.say("wang", LIFT)
    bot.say("zhou", words)

    assert [ticket.number for ticket in bot.tickets() if ticket.signed_at] == [number]


def test_what_is_not_of_the_neighbourhood_is_answered_and_opens_nothing(bot: TownBot) -> None:
    for account, words in [("li", "今天天气怎么样"), ("wang", "讲个笑话可以吗"), ("wu", "明天会下雨吗")]:
        told = bot.say(account, words, mentions=("bot",))
        assert [message.kind for message in told] == ["answer"]
    assert bot.tickets() == []


def test_weather_in_a_trouble_is_no_small_talk(bot: TownBot) -> None:
    bot.say("li", "天气这么冷暖气不热怎么办", mentions=("bot",))

    assert [ticket.category for ticket in bot.tickets()] == ["utilities"]


def test_a_number_before_a_word_of_staff_is_a_ticket(bot: TownBot) -> None:
    bot.say("zhang", LAMP)
    bot.say("li", "化粪池又堵了，臭水都冒出来了，在8号楼")
    bot.say("zhou", "1号收到")
    assert [ticket.number for ticket in bot.tickets() if ticket.signed_at] == [1]

    bot.say("zhou", "1号办结 灯泡换了")
    assert bot.ticket(1).state == "callback"
    assert bot.ticket(2).state == "dispatched"


@pytest.mark.parametrize("words", ["救命 3号楼电梯卡住了 我和孩子在里面", "电梯突然停了 我们在里面出不来"])
def test_danger_told_without_punctuation_is_danger(bot: TownBot, words: str) -> None:
    """As speech becomes text: spaces where a writer sets commas."""
    told = bot.say("li", words)

    assert told[0].kind == "emergency"
    assert "119" in told[0].text
    assert [ticket.urgency for ticket in bot.tickets()] == ["emergency"]


def test_a_lift_that_is_only_out_of_order_is_none(bot: TownBot) -> None:
    bot.say("li", "3号楼电梯坏了 里面的灯不亮")

    assert [ticket.urgency for ticket in bot.tickets()] != ["emergency"]
