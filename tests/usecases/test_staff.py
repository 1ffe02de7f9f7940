"""What owners and stewards type to each other."""

from tests.fakes import CLEAR, TownBot


def test_an_owner_who_urges_pings_the_steward_and_tells_residents_nothing(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    said = bot.say("chen", "1号件 催办", chat="work")

    assert [(message.chat, message.kind, message.mentions) for message in said] == [
        ("web:work", "ping", ("web:zhou",)),
    ]
    ticket = bot.ticket(1)
    assert (ticket.followers, ticket.first_contact_at) == ([], None)


def test_what_has_moved_up_may_be_handed_down_again(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 上报", chat="work")
    assert (bot.ticket(1).unit, bot.ticket(1).assignee) == ("xinhe", "chen")

    bot.say("chen", "1号件 转派 @吴刚", chat="work")

    assert (bot.ticket(1).state, bot.ticket(1).assignee) == ("dispatched", "wu")


def test_a_steward_of_the_grid_next_door_is_given_nothing(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("chen", "1号件 转派 @吴刚", chat="work")

    assert bot.ticket(1).assignee == "zhou"
