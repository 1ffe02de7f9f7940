"""What is done once an hour beside the bot's work: forgetting what is old enough, counting, and at night learning."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.settings import Settings
from bot.usecases.engine import Engine
from bot.usecases.learning import hand_in, homework, take_up
from storage.media import MediaFolder
from storage.open import Storage
from storage.retention import RetentionPolicy, apply_retention, unused_media
from storage.unit_of_work import SqliteUnitOfWork

COUNTED_AT_ONCE = 50  # tickets: about as many milliseconds
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
    old = media.refs_before(now - UNSENT)
    for ref in await storage.desk.submit(lambda uow: unused_media(uow, old)):
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
