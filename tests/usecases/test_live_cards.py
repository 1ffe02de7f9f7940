"""A card is drawn just before its message is sent; one that cannot be drawn holds no words up."""

from bot.messages import Card
from tests.fakes import CLEAR
from tests.usecases.alive import Live


async def test_the_picture_goes_along_with_the_words(live: Live) -> None:
    seen: list[Card] = []

    def draw(card: Card) -> str:
        seen.append(card)
        return "f" * 32

    live.bot.connect([live.channel], live.alarm, draw=draw)
    await live.receive(CLEAR["drainage"])
    live.town.clock.advance(minutes=1)
    await live.receive("日报", sender="chen", private=True)
    await live.bot.work_off()

    (digest,) = [one for one in live.channel.sent if one.kind == "digest"]
    assert digest.attachments == ("f" * 32,)
    assert [card.title for card in seen] == [digest.text.splitlines()[0]]


async def test_without_a_picture_the_words_go_out(live: Live) -> None:
    def broken(_card: Card) -> str:
        raise OSError("no font")

    for draw in (broken, None):
        live.bot.connect([live.channel], live.alarm, draw=draw)
        await live.receive(CLEAR["drainage" if draw else "noise"])
        live.town.clock.advance(minutes=2)
        await live.receive("日报", sender="chen", private=True, id=f"ask-{draw is None}")
        await live.bot.work_off()

    digests = [one for one in live.channel.sent if one.kind == "digest"]
    assert [(one.attachments, "日报" in one.text) for one in digests] == [((), True)] * 2
