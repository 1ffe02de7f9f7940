"""我的数据: a copy of what is kept, in words that anybody can read."""

from tests.fakes import TownBot, texts

LAMP = "4号楼前面的路灯不亮了，晚上看不见，麻烦修一下"


def test_what_is_kept_is_told_in_plain_words_and_privately(bot: TownBot) -> None:
    bot.say("zhang", LAMP)
    bot.say("li", "我家这边也不亮")
    told = bot.say("zhang", "我的数据")

    assert [message.chat for message in told] == ["web:dm:zhang"]
    [text] = texts(told)
    assert "共1件" in text
    assert "1号件 公共设施（待签收）" in text
    assert LAMP in text
    assert "也不亮" not in text
    assert not set('{}[]"') & set(text)


def test_who_has_said_nothing_reads_that_nothing_is_kept(bot: TownBot) -> None:
    assert texts(bot.say("wang", "我的数据", private=True)) == ["您没有留下任何内容。"]
