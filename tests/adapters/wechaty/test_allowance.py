"""So many messages a day, by the days of UTC, across restarts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from adapters.wechaty.allowance import take, until_midnight
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from tests.adapters.wechaty.conftest import Ear

T = TypeVar("T")
EVENING = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


class Late(Ear):
    """An ear with a clock of its own."""

    now = EVENING

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        return await self.storage.desk.submit(lambda uow: job(uow, Organization(), self.now))


@pytest.fixture
def late(ear: Ear) -> Late:
    return Late(ear.storage)


async def test_a_new_day_brings_a_new_allowance(late: Late) -> None:
    assert [await take(late, 1, 2) for _ in range(3)] == [0, 0, 3600]
    late.now = EVENING + timedelta(hours=1)
    assert await take(late, 1, 2) == 0


async def test_photos_count(late: Late) -> None:
    assert [await take(late, count, 5) for count in (3, 3, 2)] == [0, 3600, 0]


async def test_more_than_a_day_allows_goes_out_first_thing(late: Late) -> None:
    assert [await take(late, 9, 5), await take(late, 1, 5)] == [0, 3600]


async def test_none_is_none(late: Late) -> None:
    assert await take(late, 1, 0) == 3600


def test_midnight_is_that_of_utc() -> None:
    assert until_midnight(EVENING.astimezone()) == 3600
