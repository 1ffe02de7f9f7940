"""What is told privately in more than one message: reports that were asked for, requests without a place."""

from tests.fakes import CLEAR, TownBot

ASKED = "我要举报周敏，收了物业的好处不给我们办事"


def test_who_was_asked_to_go_private_reports_there_in_his_own_words(bot: TownBot) -> None:
    bot.say("zhang", ASKED)
    assert bot.tickets() == []

    bot.say("zhang", "你好", private=True)
    bot.say("zhang", "上个月在茶楼收的红包，我看见了", private=True)

    [report] = bot.tickets()
    assert (report.nature, report.confidential, report.assignee) == ("report", True, "chen")


def test_who_is_named_only_in_the_group_does_not_get_the_report(bot: TownBot) -> None:
    bot.say("zhang", "我要举报陈书记，收了物业的好处")
    bot.say("zhang", "上个月在茶楼收的红包，我看见了", private=True)

    [report] = bot.tickets()
    assert (report.named, report.assignee) == (["chen"], "gao")


def test_what_comes_after_the_report_is_no_report(bot: TownBot) -> None:
    bot.say("zhang", ASKED)
    bot.say("zhang", "上个月在茶楼收的红包，我看见了", private=True)
    bot.clock.advance(hours=1)
    bot.say("zhang", CLEAR["drainage"], private=True)

    assert [ticket.nature for ticket in bot.tickets()] == ["report", "help"]


def test_a_promise_of_the_day_before_yesterday_is_none(bot: TownBot) -> None:
    bot.say("zhang", ASKED)
    bot.clock.advance(hours=25)
    bot.say("zhang", "上个月在茶楼打牌打得很晚啊", private=True)

    assert bot.tickets() == []


def test_who_is_named_later_loses_the_report(bot: TownBot) -> None:
    bot.say("zhang", ASKED)
    bot.say("zhang", "上个月在茶楼收的红包，我看见了", private=True)
    bot.press("chen", "sign", 1)
    said = bot.say("zhang", "陈卫东当时也在", private=True)

    report = bot.ticket(1)
    assert (report.named, report.assignee, report.state) == (["chen", "zhou"], "gao", "dispatched")
    assert [message.chat for message in said] == ["web:dm:gao"]


def test_all_that_is_said_before_the_place_belongs_to_the_report(bot: TownBot) -> None:
    """Who is named in the first sentence is named, whatever the last one says."""
    for words in ("我要举报陈卫东贪污", "他把维修资金挪用了", "钱都进了他小舅子的公司", "学苑的"):
        bot.say("stranger", words, private=True)

    [report] = bot.tickets()
    assert (report.named, report.assignee, report.confidential) == (["chen"], "gao", True)
    assert report.text.splitlines() == ["我要举报陈卫东贪污", "他把维修资金挪用了", "钱都进了他小舅子的公司"]


def test_a_second_trouble_before_the_place_does_not_push_out_the_first(bot: TownBot) -> None:
    bot.say("stranger", "我家门口的路灯坏了，麻烦修一下", private=True)
    bot.say("stranger", "楼道里的垃圾好几天没人清了，臭得很", private=True)
    bot.say("stranger", "学苑小区", private=True)

    [ticket] = bot.tickets()
    assert "路灯" in ticket.text
    assert "垃圾" in ticket.text


def test_in_danger_a_private_writer_reads_whom_to_call_before_he_is_asked_where(bot: TownBot) -> None:
    told = bot.say("stranger", "又打起来了 还说要拿刀砍人", private=True)

    assert [message.kind for message in told] == ["emergency", "question"]
    assert "110" in told[0].text

    told = bot.say("stranger", "学苑园4号楼", private=True)
    assert [ticket.urgency for ticket in bot.tickets()] == ["emergency"]
    assert "emergency" not in [message.kind for message in told]
