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


APART = {
    "praise": ("我想给社区提个建议，能不能在小广场装几个椅子，老人走累了没地方坐", "昨天小周帮我把米搬上楼，真是好孩子，谢谢了"),
    "chat": ("2号楼有人要跳楼", "我眼镜找不到了"),
    "a trouble of its own": ("门口烧烤摊天天油烟，没人管", "王师傅天天上班时间打牌喝酒，没人管"),
}  # fmt: skip


@pytest.mark.parametrize("case", APART)
def test_who_speaks_of_something_else_ten_minutes_later_is_no_voice(bot: TownBot, case: str) -> None:
    """That a ticket was spoken of last does not make everything a word on it: a voice is told and asked."""
    first, then = APART[case]
    bot.say("zhang", first)
    bot.clock.advance(minutes=10)
    bot.say("li", then)

    assert bot.ticket(1).followers == []


@pytest.mark.parametrize(
    ("said", "hotline"),
    [
        ("我家孩子走丢了，5岁，穿红衣服，大家帮忙找找", "110"),
        ("我妈不见了，老年痴呆，78岁，谁看见了", "110"),
        ("老伴摔倒了起不来，身边没人", "120"),
        ("心脏不舒服，喘不上气，一个人在家", "120"),
    ],
)
def test_danger_to_the_old_and_the_young_comes_first(bot: TownBot, said: str, hotline: str) -> None:
    first, *_ = bot.say("zhang", said)

    assert (first.kind, hotline in first.text) == ("emergency", True)


@pytest.mark.parametrize(
    "said", ["这物价涨得要着火了", "我家猫走丢了，橘色的", "孩子的书包丢了，谁捡到了", "小孩找不到合适的幼儿园"]
)
def test_no_danger_is_made_of_words_that_only_sound_like_it(bot: TownBot, said: str) -> None:
    assert [message for message in bot.say("zhang", said) if message.kind == "emergency"] == []


def test_who_is_accused_is_not_spoken_of_in_the_group(bot: TownBot) -> None:
    said = bot.say("zhang", "城管收黑钱不作为")

    assert bot.tickets() == []
    assert ["私聊" in message.text for message in said] == [True]


def test_a_notice_passed_on_is_no_question(bot: TownBot) -> None:
    assert bot.say("zhang", "明天社区有疫苗接种，8点到12点，请带身份证") == []
    assert bot.tickets() == []


def test_a_kind_word_is_nothing_to_decide_on(bot: TownBot) -> None:
    said = bot.say("zhang", "物业的王师傅人真好，昨天半夜还来给我家修水管")
    said += bot.wait(hours=1)

    assert said == []
    assert [(ticket.nature, ticket.state) for ticket in bot.tickets()] == [("praise", "closed")]


def test_a_short_question_after_a_trouble_is_of_that_trouble(bot: TownBot) -> None:
    bot.say("zhang", "停水了！我们2号楼没水，麻烦看看")
    bot.clock.advance(minutes=6)
    bot.say("li", "几点来水？")

    assert bot.ticket(1).followers == ["web:li"]


def test_who_was_merged_in_from_another_group_is_asked_in_his_own(bot: TownBot) -> None:
    """He cannot read the reporter's group: neither the poll nor the question why it is not solved."""
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", CLEAR["sanitation"], chat="lvyuan")
    bot.say("chen", "合并 2→1", chat="work")
    said = bot.press("zhou", "done", 1, "疏通了")
    assert {(message.chat, message.mentions) for message in said if message.kind == "poll"} == {
        ("web:xueyuan", ("web:zhang",)),
        ("web:lvyuan", ("web:li",)),
    }

    said = bot.rate("li", 1, 1)
    [asked_why] = [message for message in said if message.kind == "question"]
    assert asked_why.chat == "web:lvyuan"


def test_a_neighbour_who_quotes_the_first_words_to_urge_is_heard(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"], id="q1")
    bot.clock.advance(minutes=30)
    [ping] = bot.say("li", "怎么还没弄好", reply_to="q1")

    assert (ping.kind, ping.mentions) == ("ping", ("web:zhou",))
    assert bot.ticket(1).followers == ["web:li"]
