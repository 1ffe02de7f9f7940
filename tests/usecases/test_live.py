"""The bot at work: poison falls alone, a failed commit acknowledges nothing, a channel that fails leaves doubt, not silence."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.live import STRIKES, Bot
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Notice, SendResult, Timer, UnitOfWork
from bot.usecases import chase, intake, telling
from tests.fakes import CLEAR, MORNING, WIRE, TownBot, make_message, make_photo

POISON = "毒"


@dataclass
class FakeChannel:
    """A platform that can be told to fail."""

    name: str = "web"
    capabilities: Capabilities = WIRE
    sent: list[OutboundMessage] = field(default_factory=list)
    fails: Callable[[OutboundMessage], bool] = lambda _message: False

    async def send(self, message: OutboundMessage) -> SendResult:
        """Take a message, or break."""
        if self.fails(message):
            raise ConnectionResetError("the line is dead")
        self.sent.append(message)
        return SendResult("sent", f"p-{len(self.sent)}")


@dataclass
class FakeAlarm:
    """Remembers what it was set to."""

    at: list[datetime | None] = field(default_factory=list)

    def sleep_until(self, at: datetime | None) -> None:
        """Ring then."""
        self.at.append(at)


@dataclass
class Live:
    """A live bot over the town's storage, and what surrounds it."""

    town: TownBot
    bot: Bot
    channel: FakeChannel
    alarm: FakeAlarm
    recorded: list[str] = field(default_factory=list)

    async def receive(self, text: str, sender: str = "zhang", **fields: object) -> str:
        """A message arrives; its channel's own record is its id."""
        message = make_message(text, sender, at=self.town.clock.now(), **fields)

        def before(uow: UnitOfWork) -> str:
            uow.people.seen("web:recorder", f"web:{message.id}", message.at)
            self.recorded.append(message.id)
            return message.id

        return await self.bot.receive(message, before)

    def tell(self, text: str, chat: str = "web:xueyuan") -> Notice:
        """Queue a notice."""
        town = self.town
        words = {"note": text, "number": 1}
        return town.read(
            lambda _uow: telling.tell(
                town.engine.context(town.storage.uow, town.clock.now()), chat, "progress", "progress", words=words
            )
        )

    def states(self) -> list[str]:
        """The states of all notices, oldest first."""
        return [row[0] for row in self.town.storage.connection.execute("SELECT state FROM outbox ORDER BY id")]


@pytest.fixture
def live(bot: TownBot) -> Live:
    channel, alarm = FakeChannel(), FakeAlarm()
    made = Bot(bot.engine, bot.storage.desk, bot.clock)
    made.connect([channel], alarm)
    return Live(bot, made, channel, alarm)


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever holds the poison breaks the bot; gives the texts that were tried."""
    tried: list[str] = []
    handle = intake.on_message

    def on_message(ctx: object, message: object) -> None:
        text = message.text  # type: ignore[attr-defined]
        tried.append(text)
        handle(ctx, message)  # type: ignore[arg-type]
        if POISON in text:
            raise ZeroDivisionError(text)

    monkeypatch.setattr(intake, "on_message", on_message)
    return tried


# ---------------------------------------------------------------- in


async def test_a_message_is_done_when_receive_returns(live: Live) -> None:
    assert await live.receive(CLEAR["drainage"], id="m1") == "m1"

    assert [ticket.number for ticket in live.town.tickets()] == [1]


async def test_the_same_message_again_has_no_effect(live: Live) -> None:
    for _ in range(3):
        await live.receive(CLEAR["drainage"], id="m1")

    assert len(live.town.tickets()) == 1
    assert len(live.states()) == 1


async def test_poison_falls_alone_and_is_set_aside_after_three_strikes(live: Live, poisoned: list[str]) -> None:
    texts = [CLEAR["drainage"], CLEAR["noise"] + POISON, CLEAR["facilities"]]

    answers = await asyncio.gather(*(live.receive(text, f"r{n}", id=f"m{n}") for n, text in enumerate(texts)))

    assert answers == ["m0", "m1", "m2"]
    assert sorted(ticket.category for ticket in live.town.tickets()) == ["drainage", "facilities"]
    assert poisoned.count(texts[1]) == STRIKES
    ((key, strikes, reason),) = live.town.read(lambda uow: uow.reserve.all())
    assert (key, strikes) == ("web:xueyuan:m1", STRIKES)
    assert reason.startswith("ZeroDivisionError")


async def test_poison_leaves_its_channels_record_and_nothing_else(live: Live, poisoned: list[str]) -> None:
    await live.receive(CLEAR["drainage"] + POISON, id="m1")

    assert live.recorded.count("m1") == STRIKES + 1  # three were taken back
    assert live.town.read(lambda uow: uow.people.is_member("web:recorder", "web:m1"))
    assert live.town.tickets() == []
    assert live.states() == []
    assert live.town.read(lambda uow: uow.words.count()) == 0


async def test_poison_that_comes_again_is_not_tried_again(live: Live, poisoned: list[str]) -> None:
    await live.receive(POISON, id="m1")
    await live.receive(POISON, id="m1")

    assert len(live.town.read(lambda uow: uow.reserve.all())) == 1


async def test_strikes_of_an_earlier_life_count(live: Live, poisoned: list[str]) -> None:
    for _ in range(STRIKES - 1):
        live.town.read(lambda uow: uow.reserve.put("web:xueyuan:m1", MORNING, "before the restart"))

    await live.receive(POISON, id="m1")

    assert len(poisoned) == 1


async def test_a_doubtful_message_is_not_lost_to_somebody_elses_poison(live: Live, poisoned: list[str]) -> None:
    """Its window runs out during the transaction of a message that falls."""
    await live.receive("下水道有味道", "li", id="doubt")
    waits = live.town.engine.services.memory.next_due()
    assert waits is not None, "triage is in no doubt about this any more: take other words"
    live.town.clock.at = waits

    await live.receive(POISON, "he", id="m1")
    await live.bot.work_off()

    assert [ticket.state for ticket in live.town.tickets()] == ["candidate"]


async def test_nothing_is_acknowledged_when_the_commit_fails(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    uow = live.town.storage.uow
    monkeypatch.setattr(uow, "commit", disk_full)

    with pytest.raises(sqlite3.OperationalError):
        await live.receive(CLEAR["drainage"], id="m1")

    monkeypatch.undo()
    assert live.town.tickets() == []
    assert live.town.read(lambda uow: uow.reserve.all()) == []  # the database's fault is no strike against the message


async def test_after_a_failed_commit_the_platform_comes_again_and_it_is_one_ticket(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.town.storage.uow, "commit", disk_full)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            await live.receive(CLEAR["drainage"], id="m1", media=(make_photo(),))
    monkeypatch.undo()

    await live.receive(CLEAR["drainage"], id="m1", media=(make_photo(),))

    (ticket,) = live.town.tickets()
    assert (ticket.number, ticket.media, ticket.text) == (1, 1, CLEAR["drainage"])
    assert live.town.read(lambda uow: uow.audit.verify()) == []


def disk_full() -> None:
    """What SQLite says."""
    raise sqlite3.OperationalError("database or disk is full")


# ---------------------------------------------------------------- out


async def test_a_round_sends_what_waits_and_sets_the_alarm(live: Live) -> None:
    await live.receive(CLEAR["drainage"], id="m1")

    await live.bot.work_off()
    await live.bot.work_off()

    assert [message.kind for message in live.channel.sent] == ["receipt"]
    assert live.states() == ["sent"]
    assert live.alarm.at[-1] == live.town.read(live.town.engine.next_due)


async def test_a_channel_that_breaks_leaves_its_message_in_doubt_and_others_go_on(live: Live) -> None:
    for text in ("one", "two", "three"):
        live.tell(text)
    live.channel.fails = lambda message: "two" in message.text

    await live.bot.work_off()
    await live.bot.work_off()

    assert live.states() == ["sent", "uncertain", "sent"]
    assert len(live.channel.sent) == 2
    shown = live.town.read(lambda uow: uow.outbox.in_state("uncertain", 9))
    assert [notice.params["note"] for notice in shown] == ["two"]


async def test_each_chat_keeps_its_order(live: Live) -> None:
    for number in range(4):
        live.tell(f"{number}")
        live.tell(f"{number}", "web:lvyuan")

    await live.bot.work_off()

    for chat in ("web:xueyuan", "web:lvyuan"):
        said = [message.text[-1] for message in live.channel.sent if message.chat == chat]
        assert said == ["0", "1", "2", "3"]


async def test_what_waits_for_a_channel_that_is_away_does_not_spin(live: Live) -> None:
    live.bot.connect([], live.alarm)
    live.tell("nobody is there to say it")

    await live.bot.work_off()

    assert live.states() == ["pending"]
    assert not live.bot._work.is_set()  # spinning means that it asks for the next round at once
    assert live.alarm.at[-1] is None or live.alarm.at[-1] > live.town.clock.now()


async def test_a_notice_without_words_falls_alone(live: Live) -> None:
    live.town.read(
        lambda uow: uow.outbox.add(Notice("0-broken", "web:xueyuan", "progress", "no.such.sentence", MORNING))
    )
    live.tell("fine")

    await live.bot.work_off()

    assert [message.text for message in live.channel.sent] == ["1号件进展：fine"]
    assert live.states() == ["dead", "sent"]


@pytest.fixture
def broken_timer(live: Live, monkeypatch: pytest.MonkeyPatch) -> Timer:
    """A ticket whose sign limit cannot be handled."""
    live.town.say("zhang", CLEAR["facilities"])
    ticket = live.town.ticket(1)
    monkeypatch.setitem(chase.STEPS, "sign", lambda _ctx, _ticket: 1 // 0)
    assert ticket.sign_due_at is not None
    return Timer(ticket.id, "sign", ticket.sign_due_at)


async def test_a_timer_that_breaks_falls_alone_and_is_set_aside(live: Live, broken_timer: Timer) -> None:
    live.town.say("li", CLEAR["parking"], "lvyuan")
    live.town.clock.at = broken_timer.due_at
    live.tell("unharmed")

    for _ in range(STRIKES + 2):
        await live.bot.work_off()
        live.town.clock.advance(minutes=6)

    assert "1号件进展：unharmed" in [message.text for message in live.channel.sent]
    strikes = [row[1] for row in live.town.read(lambda uow: uow.reserve.all())]
    assert strikes == [STRIKES, STRIKES]  # of both tickets
    left = live.town.storage.connection.execute("SELECT kind FROM timer WHERE kind = 'sign'").fetchall()
    assert left == []


async def test_the_loop_survives_a_round_that_fails(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = asyncio.Queue[int]()
    look, failures = live.bot._look, 2

    async def fragile() -> None:
        nonlocal failures
        failures -= 1
        rounds.put_nowait(failures)
        if failures >= 0:
            raise OSError("no more files")
        await look()

    monkeypatch.setattr(live.bot, "_look", fragile)
    live.tell("in the end")
    task = asyncio.get_running_loop().create_task(live.bot.run())
    for expected in (1, 0, -1, -2):
        await live.bot.wake()
        assert await rounds.get() == expected
    monkeypatch.undo()
    await live.bot.work_off()
    task.cancel()

    assert [message.text for message in live.channel.sent] == ["1号件进展：in the end"]


@pytest.mark.parametrize(("keyed", "state"), [(True, "sent"), (False, "uncertain")])
async def test_a_start_recovers_what_was_caught_in_the_middle(live: Live, keyed: bool, state: str) -> None:
    live.channel.capabilities = Capabilities(keyed=keyed)
    live.tell("before the crash")
    live.town.read(lambda uow: live.town.engine.claim(uow, MORNING, lambda _channel: WIRE))
    task = asyncio.get_running_loop().create_task(live.bot.run())
    for _ in range(200):
        await live.bot.query(lambda _uow, _org, _now: None)
        if live.states() == [state]:
            break
    task.cancel()

    assert live.states() == [state]
    assert len(live.channel.sent) == int(keyed)
