"""Bugs to plant in a forked bot, each the kind that looks fine until somebody pulls the plug. The harness has to catch them all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.poll import Vote
from bot.messages import InboundEvent
from bot.ports import Notice, SendResult, Timer, UnitOfWork
from bot.usecases import chase, outbox
from bot.usecases.engine import LATE, Engine
from tests.crash.child import Can, Rig, put
from tests.fakes import able

MANY = 500


def ack_before_commit(rig: Rig) -> None:
    """The platform is told before anything is written."""

    async def deliver(number: int, event: InboundEvent) -> None:
        rig.wire.acknowledge(number)
        await rig.bot.receive(event, lambda _uow: None)

    put(rig.wire, "deliver", deliver)


def commit_not_awaited(rig: Rig) -> None:
    """Every answer goes out while its transaction is still open; the next one commits it."""
    uow, commit = rig.storage.uow, rig.storage.uow.commit
    begin = uow.begin

    def begin_after_commit() -> None:
        if uow.connection.in_transaction:
            commit()
        begin()

    put(uow, "begin", begin_after_commit)
    put(uow, "commit", lambda: None)


def no_inbox_key(rig: Rig) -> None:
    """What comes again is new again."""
    put(rig.storage.uow.inbox, "claim", lambda key, at: True)


def key_claimed_apart(rig: Rig) -> None:
    """The message key is committed in a transaction of its own, before the effects."""
    receive = rig.bot.receive

    async def in_two_steps(event: InboundEvent, before: Callable[[UnitOfWork], Any]) -> Any:
        inbox = rig.storage.uow.inbox
        claim = type(inbox).claim
        key = repr(event)
        known = not await rig.bot.query(lambda uow, _org, now: claim(uow.inbox, key, now))
        if known:
            return None
        put(inbox, "claim", lambda key, at: True)
        return await receive(event, before)

    put(rig.bot, "receive", in_two_steps)


def outbox_after_commit(rig: Rig) -> None:
    """Replies are written in a second transaction, when the first has succeeded."""
    store, receive = rig.storage.uow.outbox, rig.bot.receive
    add, waiting = store.add, list[Notice]()
    put(store, "add", waiting.append)

    def write(_uow: UnitOfWork, *_rest: object) -> None:
        taken, waiting[:] = waiting[:], []
        for notice in taken:
            add(notice)

    async def receive_then_write(event: InboundEvent, before: Callable[[UnitOfWork], Any]) -> Any:
        result = await receive(event, before)
        await rig.bot.query(write)
        return result

    fire = rig.engine.fire_due

    def fire_and_write(uow: UnitOfWork, now: datetime, limit: int = MANY) -> int:
        fired = fire(uow, now, limit)
        write(uow)
        return fired

    put(rig.bot, "receive", receive_then_write)
    put(rig.engine, "fire_due", fire_and_write)


def timer_removed_apart(rig: Rig) -> None:
    """A timer's row is taken away in one transaction, its effect comes in the next."""
    engine, fire_due, taken = rig.engine, rig.engine.fire_due, list[Timer]()

    def take(uow: UnitOfWork, _org: object, now: datetime) -> None:
        taken[:] = [timer for timer in uow.timers.due(now, MANY) if uow.timers.remove(timer)]

    def fire_taken(uow: UnitOfWork, now: datetime) -> int:
        for timer in taken:
            _fire(engine, uow, now, timer)
        return fire_due(uow, now, 0) + len(taken)

    put(engine, "fire_due", fire_taken)
    _around_rounds(rig, before=take)


def timer_kept_apart(rig: Rig) -> None:
    """The effect comes first, the timer's row goes with the next transaction."""
    engine, fire_due, fired = rig.engine, rig.engine.fire_due, list[Timer]()

    def fire_kept(uow: UnitOfWork, now: datetime) -> int:
        fired[:] = uow.timers.due(now, MANY)
        for timer in fired:
            _fire(engine, uow, now, timer)
        return fire_due(uow, now, 0) + len(fired)

    def remove(uow: UnitOfWork, *_rest: object) -> None:
        for timer in fired:
            uow.timers.remove(timer)

    put(engine, "fire_due", fire_kept)
    _around_rounds(rig, after=remove)


def _fire(engine: Engine, uow: UnitOfWork, now: datetime, timer: Timer) -> None:
    ctx = engine.context(uow, now)
    ctx.late = now - timer.due_at > LATE
    chase.fire(ctx, timer)


def _around_rounds(
    rig: Rig, before: Callable[..., None] | None = None, after: Callable[..., None] | None = None
) -> None:
    """Transactions of their own before or after each of the bot's rounds."""
    look = rig.bot._look

    async def in_two_steps() -> None:
        if before is not None:
            await rig.bot.query(before)
        await look()
        if after is not None:
            await rig.bot.query(after)

    put(rig.bot, "_look", in_two_steps)


def changing_key(rig: Rig) -> None:
    """The idempotency key tells the attempt, so the platform cannot know the message again."""
    claim = rig.engine.claim

    def claim_anew(uow: UnitOfWork, now: datetime, can: Can) -> list[outbox.Parcel]:
        parcels = claim(uow, now, can)
        return [
            outbox.Parcel(p.notices, replace(p.message, key=f"{p.message.key}-{p.notices[0].attempts}"))
            for p in parcels
        ]

    put(rig.engine, "claim", claim_anew)


def sent_when_claimed(rig: Rig) -> None:
    """A message counts as sent as soon as somebody means to send it."""
    claim, engine = rig.engine.claim, rig.engine

    def claim_and_settle(uow: UnitOfWork, now: datetime, can: Can) -> list[outbox.Parcel]:
        parcels = claim(uow, now, can)
        for parcel in parcels:
            outbox.settle(engine.context(uow, now), parcel, SendResult("sent", parcel.message.key))
        return parcels

    put(engine, "claim", claim_and_settle)


def never_recovered(rig: Rig) -> None:
    """Nobody looks for what a crash caught between claim and settle."""
    put(rig.engine, "recover", lambda uow, now, can: 0)


def blind_resend(rig: Rig) -> None:
    """On a platform without keys, what may have been delivered is sent again."""
    engine = rig.engine
    put(engine, "recover", lambda uow, now, can: outbox.recover(engine.context(uow, now), able()))


def votes_without_key(rig: Rig) -> None:
    """The table of votes has lost its key, and votes are only ever added."""
    connection, polls = rig.storage.connection, rig.storage.uow.polls
    connection.execute("CREATE TABLE IF NOT EXISTS vote_2 AS SELECT * FROM vote")
    connection.execute("DROP TABLE vote")
    connection.execute("ALTER TABLE vote_2 RENAME TO vote")

    def add(ticket_id: str, vote: Vote) -> None:
        row = (ticket_id, vote.round, vote.account, int(vote.at.timestamp() * 1000), vote.rating, vote.solved)
        connection.execute("INSERT INTO vote VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, vote.from_words))

    put(polls, "put", add)


def number_from_memory(rig: Rig) -> None:
    """Ticket numbers are counted in memory, and a start begins where the last look at the table was."""
    tickets, given = rig.storage.uow.tickets, dict[str, int]()

    def next_number(root: str, year: int) -> int:
        last = given.get(root, 0)
        given[root] = last + 1
        return last + 1

    put(tickets, "next_number", next_number)


BUGS: dict[str, Callable[[Rig], None]] = {
    bug.__name__: bug
    for bug in (
        ack_before_commit, commit_not_awaited, no_inbox_key, key_claimed_apart, outbox_after_commit, timer_removed_apart,
        timer_kept_apart, changing_key, sent_when_claimed, never_recovered, blind_resend, votes_without_key,
        number_from_memory,
    )
}  # fmt: skip
KEYLESS = {"blind_resend"}  # bugs that only show where the platform knows no keys
SEEN_BY_DAY = {"votes_without_key"}  # bugs that show without any death: somebody changes his vote
