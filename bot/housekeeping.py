"""What is done beside the bot's work: once an hour forgetting what is old enough, counting, and at night learning from
corrections; once a minute a look at the calendar of digests.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.ports import Clock, UnitOfWork
from bot.settings import Settings
from bot.usecases.digests import Due
from bot.usecases.engine import Engine
from bot.usecases.foresight import owned_units
from bot.usecases.learning import hand_in, homework, take_up
from storage.media import MediaFolder
from storage.open import Storage
from storage.retention import RetentionPolicy, UnusedMedia, apply_retention
from storage.unit_of_work import SqliteUnitOfWork

COUNTED_AT_ONCE = 50  # tickets: about as many milliseconds
STRIKES = 3  # a digest that fails so often is set aside
UNSENT = timedelta(days=1)  # a photo that was taken up and never sent is kept so long


async def keep_house(storage: Storage, media: MediaFolder, settings: Settings, now: datetime) -> None:
    """Forget what is old enough: keys, rooms, people, photos."""
    kept = settings.retention
    policy = RetentionPolicy(
        inbox=timedelta(days=kept.inbox_days),
        rooms=timedelta(days=kept.room_days),
        media=timedelta(days=kept.media_days),
        personal=timedelta(days=kept.personal_days),
    )
    complete = False
    while not complete:
        report = await storage.desk.submit(lambda uow: apply_retention(uow, now, policy))
        refs = list(report.media)
        for ref in refs:
            media.delete(ref)
        await storage.desk.submit(partial(_clear_trash, refs=refs))
        complete = report.is_complete(policy)
    unused = UnusedMedia(media.refs_before(now - UNSENT))
    while await storage.desk.submit(unused.look):
        pass
    for ref in unused.refs:
        media.delete(ref)


def _clear_trash(uow: SqliteUnitOfWork, *, refs: Sequence[str]) -> None:
    """Files gone from the disk need no note of it any more."""
    uow.trash.clear(refs)


async def count_in(storage: Storage) -> None:
    """What has changed goes into the sums of the owner's pages, in bites that no message notices."""
    while await storage.desk.submit(lambda uow: uow.facts.catch_up(COUNTED_AT_ONCE)):
        pass


async def study(storage: Storage, engine: Engine, now: datetime) -> None:
    """At night triage learns what people have corrected; what is promoted is read with at once."""
    learner = engine.services.learner
    if learner is None:
        return
    for task in await storage.desk.submit(lambda uow: homework(uow, engine.org, now)):
        content, scores = await asyncio.to_thread(learner.refit, task.examples, task.key, task.live)
        await storage.desk.submit(partial(hand_in, task=task, content=content, scores=scores, now=now))
        await storage.desk.submit(lambda uow: take_up(uow, learner))


async def foresee(storage: Storage, engine: Engine, now: datetime) -> None:
    """Each owner is asked what the calendar and the tickets suggest; a transaction each: nobody waits long, a fault falls alone."""
    for unit in owned_units(engine.org):
        try:
            await storage.desk.submit(partial(engine.foresee, now=now, unit=unit))
        except Exception as error:  # the next hour tries again
            if storage.desk.failure is not None:
                raise  # the database itself
            structlog.get_logger("house").error("foresight failed", unit=unit, reason=str(error)[:300])


async def say_digests(storage: Storage, engine: Engine, clock: Clock) -> bool:
    """Queue the digests whose hour has come, each in a transaction of its own; tells whether there is anything to send.

    What has changed is counted in before, so that they are right without counting much themselves. One that fails is tried
    again with the next look; at the last strike it is set aside for a person to look at.
    """
    said = False
    wanted = await storage.desk.submit(lambda uow: engine.digests_due(uow, clock.now()))
    if wanted:
        await count_in(storage)
    for due in wanted:
        try:
            said |= await storage.desk.submit(lambda uow, due=due: engine.say_digest(uow, clock.now(), due))  # type: ignore[misc]
        except Exception as error:
            if storage.desk.failure is not None:
                raise  # the database itself: all of it waits
            structlog.get_logger("house").error("digest failed", of=due.of, kind=due.kind, reason=str(error)[:300])
            await storage.desk.submit(partial(_strike, due=due, now=clock.now(), reason=str(error)[:300]))
    return said


def _strike(uow: UnitOfWork, *, due: Due, now: datetime, reason: str) -> None:
    if uow.reserve.put(f"digest:{due.of}:{due.kind}:{due.day}", now, reason) >= STRIKES:
        uow.digests.claim(due.of, due.kind, due.day, now)
