"""The bot's messages follow their ticket where a platform can change them, and only there."""

from dataclasses import replace
from functools import partial

import pytest

from bot.messages import OutboundMessage, Press
from tests.fakes import CHANNEL, CLEAR, WIRE, TownBot, make_message
from tests.usecases.hands import BUDGET, Outbox

CARDS = replace(WIRE, edits=True)


@pytest.fixture
def cards(bot: TownBot) -> TownBot:
    """The town on a platform whose messages can be changed."""
    bot.engine.speak_on({CHANNEL: CARDS})
    return bot


def actions(message: OutboundMessage) -> list[str]:
    return [button.action for button in message.buttons]


def changed(said: list[OutboundMessage]) -> list[OutboundMessage]:
    return [one for one in said if one.replaces]


def test_what_was_signed_is_shown_as_signed(cards: TownBot) -> None:
    (receipt,) = cards.say("zhang", CLEAR["drainage"])
    (card,) = cards.press("zhou", "sign", 1)

    assert (card.replaces, card.chat, card.mentions) == (receipt.key, receipt.chat, receipt.mentions)
    assert card.text == f"{receipt.text}\n〔办理中 周敏〕"
    assert (actions(receipt), actions(card)) == (["sign", "done", "return"], ["done", "return"])


def test_each_change_is_shown_once(cards: TownBot) -> None:
    cards.say("zhang", CLEAR["drainage"])
    cards.press("zhou", "sign", 1)

    assert cards.press("zhou", "sign", 1) == []
    assert cards.say("wang", "我家也是，臭死了") == []


def test_the_newest_form_is_what_changes(cards: TownBot) -> None:
    (receipt,) = cards.say("zhang", CLEAR["drainage"])
    cards.press("zhou", "sign", 1)
    said = cards.press("zhou", "done", 1, "疏通了")
    (card,) = changed(said)

    assert (card.replaces, actions(card)) == (receipt.key, [])
    assert "办理中" not in card.text
    assert [actions(one) for one in said if one != card] == [["rate"] * 5]


def test_a_card_is_no_new_word(cards: TownBot) -> None:
    """Neither the budget nor quiet hours know of it."""
    (receipt,) = cards.say("zhang", CLEAR["drainage"])
    cards.wait(hours=15)
    (card,) = [one for one in cards.press("zhou", "sign", 1) if one.replaces == receipt.key]
    counted = cards.read(lambda uow: uow.outbox.sent_since("web:xueyuan", cards.clock.now()))

    assert (card.kind, counted) == ("card", [])


def test_where_nothing_can_be_changed_nothing_is_sent(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])

    assert bot.press("zhou", "sign", 1) == []


def test_a_helper_may_still_sign_what_is_being_worked_on(cards: TownBot) -> None:
    cards.say("zhang", CLEAR["drainage"])
    cards.press("zhou", "sign", 1)
    said = cards.say("zhou", "1号件 吹哨 @刘通", mentions=("liu",))
    pings = [one for one in said if actions(one) == ["sign"]]
    assert pings

    cards.say("wang", "1号件 催办")
    shown = changed(cards.say("liu", "1号件 收到"))
    assert {one.replaces: actions(one) for one in shown} == {ping.key: [] for ping in pings}


def test_a_merged_message_stays_as_it_was(cards: TownBot, outbox: Outbox) -> None:
    """It speaks of several tickets: the words of one must not take its place."""
    for number in range(BUDGET - 1):
        outbox.tell(str(number), free=False)
        outbox.send_all()
    for text in ("drainage", "facilities", "noise"):
        request = make_message(CLEAR[text], text, id=text)
        cards.read(partial(cards.engine.handle, event=request, now=cards.clock.now()))
    (merged,) = outbox.claim(CARDS)
    outbox.settle(merged)
    assert len(merged.notices) == 3

    assert changed(cards.press("zhou", "sign", 1)) == []


def test_a_timer_changes_cards_too(cards: TownBot) -> None:
    """Nobody votes: three days later it is closed, and the answer's buttons go."""
    (answer,) = cards.say("zhang", "请问社区服务中心几点上班？")
    cards.wait(days=4)

    assert [actions(one) for one in changed([sent.message for sent in cards.sent])] == [[]]
    assert actions(answer) == ["clear", "human"]


def test_what_was_erased_does_not_come_back(cards: TownBot) -> None:
    cards.say("zhang", CLEAR["drainage"])
    ticket = cards.ticket(1)
    cards.read(lambda uow: uow.words.erase(ticket.id))

    assert changed(cards.press("zhou", "sign", 1)) == []


def test_a_change_that_a_crash_caught_is_made_again(cards: TownBot, outbox: Outbox) -> None:
    """It does no harm twice, so nobody has to decide about it; what was new is not said twice."""
    plain = replace(CARDS, keyed=False)
    cards.say("zhang", CLEAR["drainage"])
    now = cards.clock.now()
    cards.engine.speak_on({CHANNEL: plain})
    tap = Press(CHANNEL, "xueyuan", "zhou", "p1", now, "sign", number=1)
    cards.read(lambda uow: cards.engine.handle(uow, tap, now))
    outbox.tell("明天来修")
    outbox.claim(plain)

    cards.read(lambda uow: cards.engine.recover(uow, now, lambda _channel: plain))

    assert [one.kind for one in cards.read(lambda uow: uow.outbox.in_state("pending", 10))] == ["card"]
    assert [one.kind for one in cards.read(lambda uow: uow.outbox.in_state("uncertain", 10))] == ["progress"]
