"""The bot's rounds: messages out, timers fired; what fails leaves doubt, not silence, and stops nobody else."""

import asyncio

import pytest

from bot.live import STRIKES
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Notice, SendResult, Timer
from bot.usecases import chase
from tests.fakes import CLEAR, MORNING, WIRE
from tests.usecases.alive import Live
from tests.usecases.hands import note


async def test_a_round_sends_what_waits_and_sets_the_alarm(live: Live) -> None:
    await live.receive(CLEAR["drainage"], id="m1")

    await live.bot.work_off()
    await live.bot.work_off()

    assert [message.kind for message in live.channel.sent] == ["receipt"]
    assert live.states() == ["sent"]
    assert live.alarm.at[-1] == live.town.read(live.town.engine.next_due)


async def test_only_what_leaves_something_to_do_asks_for_a_round(live: Live) -> None:
    live.bot._work.clear()
    await live.receive("早上好", id="m1")
    assert not live.bot._work.is_set()

    await live.receive("水有点不对", "li", id="m2")  # doubtful: its window will run out
    assert live.bot._work.is_set()

    await live.bot.work_off()
    live.bot._work.clear()
    await live.receive(CLEAR["drainage"], id="m3")
    assert live.bot._work.is_set()


async def test_clocks_come_before_words(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """More may be due than one round fires: what is to be said waits for that."""
    monkeypatch.setattr("bot.live.BURST", 1)
    live.town.say("zhang", CLEAR["facilities"])
    ticket = live.town.ticket(1)
    assert ticket.sign_due_at is not None
    live.town.clock.at = ticket.sign_due_at
    live.tell("meanwhile")

    await live.bot.work_off()
    assert live.channel.sent == []
    assert live.bot._work.is_set()

    await live.bot.work_off()
    assert "1号件进展：meanwhile" in [message.text for message in live.channel.sent]


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


async def test_who_shows_tickets_is_told_which_the_clock_has_changed(live: Live) -> None:
    told: list[set[str]] = []
    live.bot.connect([live.channel], live.alarm, lambda tickets: told.append(set(tickets)))
    live.town.say("zhang", CLEAR["facilities"])
    ticket = live.town.ticket(1)
    await live.bot.work_off()
    assert told == [{ticket.id}]
    told.clear()

    assert ticket.sign_due_at is not None
    live.town.clock.at = ticket.sign_due_at
    await live.bot.work_off()
    await live.bot.work_off()

    assert told == [{ticket.id}]


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


async def test_a_clean_stop_says_what_it_began_and_puts_the_rest_back(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was never tried must not look, after the next start, as if it might have been said."""
    said, line = asyncio.Event(), asyncio.Event()
    say = live.channel.send

    async def slowly(message: OutboundMessage) -> SendResult:
        said.set()
        await line.wait()
        return await say(message)

    monkeypatch.setattr(live.channel, "send", slowly)
    for text in ("first", "second", "third"):
        live.tell(text)
    task = asyncio.get_running_loop().create_task(live.bot.run())
    await said.wait()

    task.cancel()
    await asyncio.sleep(0)
    line.set()
    await asyncio.gather(task, return_exceptions=True)

    assert [one.text for one in live.channel.sent] == [note("first")]
    assert live.states() == ["sent", "pending", "pending"]


async def test_those_behind_a_refused_message_wait_as_long_as_it_does(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However short the platform says: the refused one waits longer each time, and the order stays."""
    refused = SendResult("retry", retry_after=0.1)
    say = live.channel.send

    async def busy(_message: OutboundMessage) -> SendResult:
        return refused

    monkeypatch.setattr(live.channel, "send", busy)
    for text in ("first", "second"):
        live.tell(text)
    await live.bot.work_off()
    monkeypatch.setattr(live.channel, "send", say)
    live.town.clock.advance(seconds=1)
    await live.bot.work_off()
    assert live.channel.sent == []

    live.town.clock.advance(seconds=1)
    await live.bot.work_off()
    assert [one.text for one in live.channel.sent] == [note("first"), note("second")]
