"""Why something is not accepted: a code by the words of who decides, and who may say what of people."""

import pytest

from bot.domain.states import NOT_ACCEPTED, REFUSALS
from tests.fakes import CLEAR, TownBot, texts


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("不归我们管，请找12345", "out_of_scope"),
        ("这事已经起诉到法院了，等判决", "legal_route"),
        ("恶意投诉，编造的", "malicious"),
        ("要求全楼停电，不合理", "unreasonable"),
        ("楼已经拆了", "other"),
    ],
)
def test_the_words_of_the_reason_are_its_code(bot: TownBot, said: str, code: str) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("chen", f"1号件 不予受理 {said}", private=True)

    ticket = bot.ticket(1)
    assert (ticket.state, ticket.close_reason) == (NOT_ACCEPTED, code)
    assert code in REFUSALS
    (noted,) = [event for event in bot.events(1) if event.note.startswith("not_accepted")]
    assert (noted.by, noted.note) == ("chen", f"not_accepted {code}: {said}")


@pytest.mark.parametrize("said", ["恶意投诉", "诉求不合理"])
def test_to_judge_a_neighbour_is_for_who_commands(bot: TownBot, said: str) -> None:
    bot.say("zhang", CLEAR["drainage"])

    answer = texts(bot.say("zhou", f"1号件 不予受理 {said}", private=True))
    assert "这要由群主或上级来定" in answer[0]
    assert bot.ticket(1).state != NOT_ACCEPTED
    bot.say("zhou", "1号件 不予受理 不归我们管", private=True)
    assert bot.ticket(1).close_reason == "out_of_scope"


def test_without_a_reason_nothing_is_refused(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("chen", "1号件 不予受理", private=True)

    assert bot.ticket(1).state != NOT_ACCEPTED
