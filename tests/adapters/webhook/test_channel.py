"""Webhooks through the real outbox: what an answer means, that nothing is lost or held up, and who is told nothing."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.webhook import Poster, WebhookChannel
from adapters.webhook.channel import PAUSES, TRIES, verdict
from adapters.webhook.posting import Answer
from bot.domain.hook import FAILING, GONE, IN_A_ROW, ON, Hook
from bot.live import Bot
from bot.ports import Notice
from bot.usecases import hooks, leftovers
from bot.usecases.outbox import ATTEMPTS
from tests.adapters.webhook.receiver import Receiver, is_genuine, status
from tests.fakes import CLEAR, TownBot, quiet_settings, town, town_bot
from tests.usecases.alive import FakeAlarm, FakeChannel, Live

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Desk:
    """The town's live bot with the group chats and webhooks."""

    live: Live

    @property
    def town(self) -> TownBot:
        """The town."""
        return self.live.town

    def subscribe(self, url: str, unit: str = "xinhe", person: str = "chen", **more: Any) -> Hook:
        """Somebody subscribes."""

        def job(uow: Any) -> Hook:
            ctx = self.town.engine.context(uow, self.town.clock.now())
            return hooks.subscribe(ctx, ctx.org.people[person], unit, url, more.get("kinds", ()))

        return self.town.read(job)

    def hook(self, hook: Hook) -> Hook:
        """How it stands now."""
        found = self.town.read(lambda uow: uow.hooks.get(hook.id))
        assert found is not None
        return found

    def notices(self, hook: Hook) -> list[Notice]:
        """All that was queued for it, in order."""
        rows = self.town.storage.connection.execute("SELECT id FROM outbox WHERE chat = ? ORDER BY id", (hook.chat,))
        found = [self.town.read(lambda uow, id_=id_: uow.outbox.get(id_)) for (id_,) in rows.fetchall()]  # type: ignore[misc]
        return [one for one in found if one is not None]

    def states(self, hook: Hook) -> list[str]:
        """What became of each."""
        return [notice.state for notice in self.notices(hook)]

    async def rounds(self, hook: Hook, count: int) -> None:
        """Let each next attempt come due."""
        for _ in range(count):
            due = [notice.not_before for notice in self.notices(hook) if notice.state == "pending"]
            self.town.clock.at = max([self.town.clock.at, *filter(None, due)])
            await self.live.bot.work_off()


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """The town, where loopback is a network of its own."""
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(webhooks={"networks": LOOPBACK})) as made:
        yield made


@pytest.fixture
async def desk(bot: TownBot) -> Desk:
    """The bot in an event loop."""
    return Desk(alive(bot))


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a state."""
    while True:
        if holds():
            return
        await asyncio.sleep(0.01)


def alive(town: TownBot) -> Live:
    """A bot as after a start."""
    channel, alarm = FakeChannel(), FakeAlarm()
    made = Bot(town.engine, town.storage.desk, town.clock)
    made.connect([channel, WebhookChannel(made.query, Poster(LOOPBACK).post, town.clock)], alarm)
    return Live(town, made, channel, alarm)


async def test_it_arrives_signed_and_once(desk: Desk, receiver: Receiver) -> None:
    hook = desk.subscribe(receiver.url)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.live.bot.work_off()
    await desk.live.bot.work_off()

    assert receiver.types == ["ticket.registered", "ticket.dispatched"]
    assert len(receiver.heard) == 2
    assert all(is_genuine(hook.secret, headers, body) for headers, body in receiver.heard)
    assert receiver.ids == [notice.id for notice in desk.notices(hook)]
    assert desk.states(hook) == ["sent", "sent"]
    stands = desk.hook(hook)
    assert (stands.last, stands.last_at, stands.failures) == ("http 204", desk.town.clock.now(), 0)


async def test_after_an_outage_everything_arrives_under_the_keys_of_before(desk: Desk, receiver: Receiver) -> None:
    hook = desk.subscribe(receiver.url, kinds=("registered", "dispatched"))
    receiver.answer = status(500)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.rounds(hook, 5)
    before, receiver.answer = list(receiver.heard), status(204)
    await desk.rounds(hook, 2)

    assert desk.states(hook) == ["sent", "sent"]
    assert set(receiver.ids) == {notice.id for notice in desk.notices(hook)}
    first = before[0]
    assert all(body == first[1] for headers, body in receiver.heard if headers["webhook-id"] == first[0]["webhook-id"])
    assert len({headers["webhook-timestamp"] for headers, _ in before}) > 1
    assert receiver.types == ["ticket.registered", "ticket.dispatched"]


async def test_a_crash_before_the_verdict_sends_it_again_under_the_same_key(desk: Desk, receiver: Receiver) -> None:
    hook = desk.subscribe(receiver.url)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    parcels = desk.town.read(lambda uow: desk.town.engine.claim(uow, desk.town.clock.now(), desk.live.bot._sending.can))
    for parcel in parcels:  # the first goes out, and then the process dies
        if parcel.message.chat == hook.chat:
            await desk.live.bot._sending.channels["webhook"].send(parcel.message)
            break
    assert desk.states(hook) == ["sending", "sending"]

    again = alive(desk.town)
    desk.town.read(lambda uow: desk.town.engine.recover(uow, desk.town.clock.now(), again.bot._sending.can))
    await again.bot.work_off()

    assert desk.states(hook) == ["sent", "sent"]
    assert len(receiver.ids) == 3
    assert receiver.types == ["ticket.registered", "ticket.dispatched"]


async def test_who_is_slow_holds_up_nobody_else(desk: Desk, receiver: Receiver) -> None:
    slow, done = asyncio.Event(), asyncio.Event()

    async def sleeps(request: web.Request) -> web.StreamResponse:
        if request.path != "/in":
            slow.set()
            await done.wait()
        return web.Response()

    receiver.answer = sleeps
    dull, quick = desk.subscribe(f"{receiver.url}/slow"), desk.subscribe(receiver.url)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    running = asyncio.create_task(desk.live.bot.run())
    await slow.wait()
    await until(lambda: desk.states(quick) == ["sent", "sent"] and bool(desk.live.channel.sent))
    said = len(desk.live.channel.sent)
    await desk.live.receive(CLEAR["noise"], id="m2")
    await until(lambda: len(desk.live.channel.sent) > said)

    assert "sent" not in desk.states(dull)
    done.set()
    await until(lambda: set(desk.states(dull)) == {"sent"})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_receiver_that_says_no_is_asked_a_few_times(desk: Desk, receiver: Receiver) -> None:
    hook, receiver.answer = desk.subscribe(receiver.url, kinds=("registered",)), status(404)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.rounds(hook, TRIES + 3)

    assert len(receiver.heard) == TRIES
    assert desk.states(hook) == ["dead"]
    assert (desk.hook(hook).state, desk.hook(hook).failures, desk.hook(hook).last) == (ON, 1, "http 404")


async def test_what_was_given_up_waits_for_a_person_of_the_unit(desk: Desk, receiver: Receiver) -> None:
    hook, receiver.answer = desk.subscribe(receiver.url, kinds=("registered",)), status(404)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.rounds(hook, TRIES)
    org = desk.town.engine.org

    def of(person: str, units: list[str]) -> list[leftovers.Unsent]:
        return desk.town.read(lambda uow: leftovers.of_desk(uow, org, org.people[person], units))

    assert of("wu", ["lvyuan"]) == []
    (unsent,) = of("chen", ["xinhe"])
    assert (unsent.name, unsent.kind, unsent.state) == (hook.host, "webhook", "dead")

    receiver.answer = status(200)
    desk.town.read(lambda uow: leftovers.resend(uow, desk.town.clock.now(), unsent.id, "chen"))
    await desk.live.bot.work_off()
    assert desk.states(hook) == ["sent"]
    assert len(set(receiver.ids)) == 1


async def test_it_is_left_alone_as_long_as_it_wants(desk: Desk, receiver: Receiver) -> None:
    hook, receiver.answer = desk.subscribe(receiver.url, kinds=("registered",)), status(503, Retry_After="900")
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.live.bot.work_off()

    (waits,) = desk.notices(hook)
    assert waits.state == "pending"
    assert waits.not_before is not None
    assert (waits.not_before - desk.town.clock.now()).total_seconds() == 900


async def test_who_is_gone_is_told_nothing_more(desk: Desk, receiver: Receiver) -> None:
    hook, receiver.answer = desk.subscribe(receiver.url), status(410)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.live.bot.work_off()
    await desk.live.receive("1号件 收到", "zhou", id="m2")
    await desk.live.bot.work_off()

    assert desk.hook(hook).state == GONE
    assert len(receiver.heard) == 1
    assert desk.states(hook) == ["dropped", "dropped"]


async def test_given_up_on_it_is_off_until_a_person_says_otherwise(desk: Desk, receiver: Receiver) -> None:
    hook = desk.subscribe(receiver.url, kinds=("signed",))
    failing = replace(hook, state=FAILING, failures=IN_A_ROW)
    await desk.live.receive(CLEAR["drainage"], id="m1")
    await desk.live.receive("1号件 收到", "zhou", id="m2")
    desk.town.read(lambda uow: uow.hooks.put(failing))
    await desk.live.bot.work_off()
    assert (receiver.heard, desk.states(hook)) == ([], ["dead"])

    notice = desk.notices(hook)[0].id
    desk.town.read(lambda uow: leftovers.resend(uow, desk.town.clock.now(), notice))
    desk.town.read(lambda uow: uow.hooks.put(hook))
    await desk.live.bot.work_off()
    assert receiver.types == ["ticket.signed"]


async def test_removed_or_without_right_what_is_queued_goes_nowhere(desk: Desk, receiver: Receiver) -> None:
    removed, demoted = desk.subscribe(receiver.url), desk.subscribe(receiver.url, "dongshan", "gao")
    await desk.live.receive(CLEAR["drainage"], id="m1")
    desk.town.read(lambda uow: uow.hooks.remove(removed.id))
    org = town()
    desk.town.engine.org = replace(org, duties=tuple(duty for duty in org.duties if duty.person != "gao"))
    await desk.live.bot.work_off()

    assert receiver.heard == []
    assert {*desk.states(removed), *desk.states(demoted)} == {"dropped"}


async def test_a_ticket_changed_by_a_page_is_told_of_too(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.url, kinds=("signed",))
    await desk.live.receive(CLEAR["drainage"], id="m1")

    def sign(uow: Any, _org: object, now: Any) -> None:
        (ticket,) = uow.tickets.all()
        ticket.sign("zhou", now)
        uow.tickets.save(ticket)

    await desk.live.bot.query(sign)
    await desk.live.bot.work_off()
    assert receiver.types == ["ticket.signed"]


@pytest.mark.parametrize(
    ("answer", "attempt", "state"),
    [
        (Answer(200, ""), 1, "sent"), (Answer(299, ""), ATTEMPTS, "sent"), (Answer(410, ""), 1, "dropped"),
        (Answer(301, ""), 1, "retry"), (Answer(301, ""), TRIES, "dead"), (Answer(400, ""), TRIES, "dead"),
        (Answer(0, "address"), TRIES, "dead"), (Answer(429, ""), TRIES, "retry"), (Answer(503, ""), TRIES, "retry"),
        (Answer(0, "timeout"), ATTEMPTS - 1, "retry"), (Answer(0, "timeout"), ATTEMPTS, "dead"),
        (Answer(500, ""), ATTEMPTS, "dead"), (Answer(100, ""), 1, "retry"),
    ],
)  # fmt: skip
def test_what_an_answer_means(answer: Answer, attempt: int, state: str) -> None:
    assert verdict(answer, attempt).state == state


def test_the_pauses_grow_and_the_receivers_wish_counts() -> None:
    waits = [verdict(Answer(500, ""), attempt).retry_after for attempt in range(1, ATTEMPTS)]

    assert waits == list(PAUSES)
    assert waits == sorted(waits)
    assert sum(waits) > 7 * 3600
    assert verdict(Answer(429, "", 77), 1).retry_after == 77
    assert verdict(Answer(429, "", 1), 1).retry_after == PAUSES[0]
