"""A restart forgets the small talk, and not of which ticket people spoke a moment ago."""

from tests.fakes import CLEAR, TownBot, new_engine


def restarted(bot: TownBot) -> TownBot:
    """The same bot with nothing in mind, after its start."""
    bot.engine = new_engine(bot.engine.services.settings, bot.engine.org, seed=2)
    bot.read(lambda uow: bot.engine.recover(uow, bot.clock.now(), lambda _channel: None))
    return bot


def test_a_neighbour_is_still_understood(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(minutes=2)

    restarted(bot).say("wang", "我家也是，臭死了")

    assert bot.ticket(1).followers == ["web:wang"]


def test_what_was_long_ago_stays_forgotten(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(hours=7)

    assert not restarted(bot).engine.services.memory.recent("web:xueyuan", bot.clock.now())


def test_the_first_word_of_a_ticket_is_the_request(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("wang", "我家也是，臭死了")
    heard = restarted(bot).engine.services.memory.recent("web:xueyuan", bot.clock.now())

    assert [(one.account, one.act) for one in heard] == [("web:zhang", "new"), ("web:wang", "metoo")]


def test_staff_are_not_taken_for_residents(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 收到")
    heard = restarted(bot).engine.services.memory.recent("web:xueyuan", bot.clock.now())

    assert [one.account for one in heard] == ["web:zhang"]
