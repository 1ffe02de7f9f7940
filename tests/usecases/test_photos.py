"""The letters of a photo come to stand with the ticket: of whichever message, once, and never after an erasure."""

import pytest

from bot.messages import Media, Recall
from bot.photos import PhotoWork
from bot.ports import KeptMessage
from storage.media import CONTENT_TYPE
from tests.fakes import CHANNEL, CLEAR, TownBot

LINE = "[photo] {words}"
SAYS = "[photo] 3-2-501 WATER"


class Shelf:
    """Stored photos; what each holds is what it says."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, content: bytes, name: str) -> Media:
        ref = f"{len(self.files):032x}"
        self.files[ref] = content
        return Media("image", name, ref)

    def open(self, ref: str) -> tuple[bytes, str] | None:
        return (self.files[ref], CONTENT_TYPE) if ref in self.files else None

    def small(self, ref: str, side: int) -> bytes | None:
        return self.files.get(ref)

    def delete(self, ref: str) -> None:
        del self.files[ref]


class FakeReader:
    """Reads what the shelf holds, and remembers it."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    def words(self, content: bytes, kind: str) -> str:
        assert kind == "image"
        self.read.append(content)
        return content.decode()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
async def work(bot: TownBot, shelf: Shelf, reader: FakeReader) -> PhotoWork:
    """Switched on before anything was said."""
    made = PhotoWork(bot.storage.desk, shelf, reader, bot.clock, LINE)
    await made.work_off()
    return made


def kept(bot: TownBot, number: int = 1) -> list[KeptMessage]:
    ticket = bot.ticket(number)
    return bot.read(lambda uow: uow.words.of(ticket.id))


async def test_a_photo_with_words(bot: TownBot, shelf: Shelf, work: PhotoWork) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"3-2-501 WATER", "a"),))
    await work.work_off()

    assert [word.text for word in kept(bot)] == [f"{CLEAR['drainage']}\n{SAYS}"]
    assert bot.ticket(1).text.endswith(f"\n{SAYS}")
    assert ("noted", "bot", "photo read") in [(event.kind, event.by, event.note) for event in bot.events(1)]


async def test_a_photo_before_the_words_and_one_after(bot: TownBot, shelf: Shelf, work: PhotoWork) -> None:
    bot.say("zhang", "", media=(shelf.put(b"before", "a"),))
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhang", "", media=(shelf.put(b"after", "b"), shelf.put(b"", "c"), Media("image", "elsewhere")))
    await work.work_off()

    assert [word.text for word in kept(bot)] == ["[photo] before", CLEAR["drainage"], "[photo] after"]
    assert bot.ticket(1).text == f"{CLEAR['drainage']}\n[photo] before\n[photo] after"


async def test_a_neighbours_photo_stays_with_his_own_words(bot: TownBot, shelf: Shelf, work: PhotoWork) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", "我家也是", media=(shelf.put(b"3-2-501 WATER", "a"),))
    await work.work_off()

    assert [word.text for word in kept(bot)] == [CLEAR["drainage"], f"我家也是\n{SAYS}"]
    assert SAYS not in bot.ticket(1).text


async def test_nothing_is_said_about_it(bot: TownBot, shelf: Shelf, work: PhotoWork) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"3-2-501 WATER", "a"),))
    said = len(bot.sent)
    await work.work_off()
    bot.wait(seconds=1)

    assert len(bot.sent) == said


async def test_a_photo_is_read_once(bot: TownBot, shelf: Shelf, reader: FakeReader, work: PhotoWork) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"3-2-501 WATER", "a"),))
    await work.work_off()
    await work.work_off()

    assert reader.read == [b"3-2-501 WATER"]


async def test_read_again_after_a_crash_it_says_the_same_once(bot: TownBot, shelf: Shelf, work: PhotoWork) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"3-2-501 WATER", "a"),))
    await work.work_off()
    bot.read(lambda uow: uow.people.set_flag("bot", "photos_read", "0"))
    await work.work_off()

    assert kept(bot)[0].text.count(SAYS) == bot.ticket(1).text.count(SAYS) == 1


async def test_photos_from_before_it_was_switched_on_stay_unread(
    bot: TownBot, shelf: Shelf, reader: FakeReader
) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"3-2-501 WATER", "a"),))
    await PhotoWork(bot.storage.desk, shelf, reader, bot.clock, LINE).work_off()

    assert reader.read == []


async def test_chat_of_no_ticket_and_photos_of_staff_are_not_read(
    bot: TownBot, shelf: Shelf, reader: FakeReader, work: PhotoWork
) -> None:
    bot.say("li", "今天天气真好", media=(shelf.put(b"chat", "a"),))
    bot.say("zhang", CLEAR["drainage"])
    bot.say("zhou", "收到")
    bot.say("zhou", "1号件 进展 已经在抽了", media=(shelf.put(b"staff", "b"),))
    await work.work_off()

    assert reader.read == []


async def test_what_is_erased_while_it_is_read_does_not_come_back(
    bot: TownBot, shelf: Shelf, reader: FakeReader, work: PhotoWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.say("zhang", CLEAR["drainage"], id="m1", media=(shelf.put(b"3-2-501 WATER", "a"),))
    ticket = bot.ticket(1)

    def words(_content: bytes, _kind: str) -> str:
        bot.do(Recall(CHANNEL, "xueyuan", "zhang", "m1", bot.clock.now()))
        return "3-2-501 WATER"

    monkeypatch.setattr(reader, "words", words)
    await work.work_off()

    assert bot.ticket(1).state == "withdrawn"
    assert [word.text for word in bot.read(lambda uow: uow.words.of(ticket.id))] == [""]
    assert bot.ticket(1).text == ""


async def test_a_photo_that_cannot_be_noted_holds_up_no_other(
    bot: TownBot, shelf: Shelf, work: PhotoWork, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(shelf.put(b"bad", "a"),))
    bot.say("li", CLEAR["noise"], media=(shelf.put(b"good", "b"),))
    monkeypatch.setattr(reader, "words", lambda content, _kind: {b"good": "good"}[content])
    await work.work_off()

    assert "[photo]" not in bot.ticket(1).text
    assert bot.ticket(2).text.endswith("[photo] good")
