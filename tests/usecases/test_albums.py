"""Photos go where they have not been seen: with a ping to who works elsewhere, with the result to those who wait."""

from dataclasses import replace

import pytest

from bot.domain.org import Organization
from bot.messages import Media, OutboundMessage
from tests.fakes import CHANNEL, CLEAR, TownBot

REFS = [f"{number:032x}" for number in range(5)]


def shot(*numbers: int) -> tuple[Media, ...]:
    """Stored photos."""
    return tuple(Media("image", "photo.jpg", REFS[number]) for number in numbers)


def shown(said: list[OutboundMessage]) -> dict[str, tuple[str, ...]]:
    """The photos by the chat in which they are shown."""
    return {one.chat: one.attachments for one in said if one.attachments}


@pytest.fixture
def apart(bot: TownBot) -> TownBot:
    """The steward works on another platform: he reads no group of the web."""
    org: Organization = bot.engine.org
    zhou = replace(org.people["zhou"], accounts=(("feishu", "zhou"),))
    bot.engine.org = replace(org, people={**org.people, "zhou": zhou})
    return bot


def test_a_ping_to_another_platform_takes_the_photos_along(apart: TownBot) -> None:
    said = apart.say("zhang", CLEAR["drainage"], media=shot(0, 1))

    assert shown(said) == {"feishu:dm:zhou": (REFS[0], REFS[1])}


def test_a_photo_that_comes_after_the_words_follows(apart: TownBot) -> None:
    apart.say("zhang", CLEAR["drainage"])
    (said,) = apart.say("zhang", "", media=shot(0))

    assert (said.chat, said.text, said.attachments) == ("feishu:dm:zhou", "1号件有新照片", (REFS[0],))


def test_at_most_three_photos_the_newest(apart: TownBot) -> None:
    said = apart.say("zhang", CLEAR["drainage"], media=shot(0, 1, 2, 3))

    assert shown(said) == {"feishu:dm:zhou": tuple(REFS[1:4])}


def test_who_reads_the_group_has_seen_them(bot: TownBot) -> None:
    assert shown(bot.say("zhang", CLEAR["drainage"], media=shot(0))) == {}
    assert bot.say("zhang", "", media=shot(1)) == []


def test_the_result_is_shown_where_people_wait(bot: TownBot) -> None:
    """The steward has sent his photo to the bot alone."""
    bot.say("zhang", CLEAR["drainage"], media=shot(0))
    said = bot.say("zhou", "1号件 办结：疏通了", private=True, media=shot(1))

    assert shown(said) == {"web:xueyuan": (REFS[1],)}


def test_a_result_that_was_shown_in_the_group_is_not_shown_again(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    said = bot.say("zhou", "1号件 办结：疏通了", media=shot(1))

    assert shown(said) == {}


def test_what_residents_show_never_goes_back_to_a_group(bot: TownBot) -> None:
    """A photo sent to the bot alone is for staff."""
    said = bot.say("wang", CLEAR["drainage"].replace("3号楼", "学苑小区3号楼"), private=True, media=shot(0))
    said += bot.say("zhou", "1号件 办结：疏通了", private=True)

    assert all(chat.startswith(f"{CHANNEL}:dm:") for chat in shown(said))


def test_a_photo_that_could_not_be_stored_is_no_photo(apart: TownBot) -> None:
    apart.say("zhang", CLEAR["drainage"])

    assert apart.say("zhang", "", media=(Media("image", "photo.jpg"),)) == []


def test_what_was_erased_is_not_shown(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 收到", private=True)
    bot.say("zhou", "1号件 进展：在挖了", private=True, media=shot(1))
    ticket = bot.ticket(1)
    bot.read(lambda uow: uow.words.erase(ticket.id))

    assert shown(bot.say("zhou", "1号件 办结：疏通了", private=True)) == {}


def test_a_photo_before_the_word_is_part_of_the_result(bot: TownBot) -> None:
    """On a phone the photo comes first, or last, and nobody quotes anything."""
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "", private=True, media=shot(0))
    bot.say("zhou", "", private=True, media=shot(1))
    said = bot.say("zhou", "1号件 办结：疏通了", private=True)

    assert shown(said) == {"web:xueyuan": (REFS[0], REFS[1])}
    assert bot.ticket(1).media == 2


def test_a_photo_after_the_word_follows_it(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 办结：疏通了", private=True)
    bot.clock.advance(minutes=2)
    said = bot.say("zhou", "", private=True, media=shot(1))

    assert [(one.chat, one.text) for one in said] == [("web:xueyuan", "1号件有新照片")]
    assert shown(said) == {"web:xueyuan": (REFS[1],)}


def test_a_photo_much_later_belongs_to_nothing(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 办结：疏通了", private=True)
    bot.clock.advance(minutes=4)

    assert bot.say("zhou", "", private=True, media=shot(1)) == []
    assert bot.ticket(1).media == 0


def test_a_photo_is_used_once(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", CLEAR["noise"])
    bot.say("zhou", "", private=True, media=shot(0))
    bot.say("zhou", "1号件 办结：疏通了", private=True)

    assert shown(bot.say("zhou", "2号件 办结：劝住了", private=True)) == {}


def test_a_residents_photo_after_a_stewards_word_is_the_residents(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "1号件 进展：在挖了")
    bot.say("wang", "", media=shot(1))

    assert bot.ticket(1).media == 0
