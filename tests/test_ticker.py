"""The clock: what it looks at by itself, and how often."""

from datetime import timedelta

from scheduler.ticker import LOOK, Ticker


async def test_what_is_due_the_calendar_and_the_house_each_at_its_own_pace() -> None:
    async def nothing() -> None:
        pass

    async def calendar() -> None:
        pass

    ticker = Ticker(nothing, nothing, calendar)
    ticker.start()
    try:
        jobs = {job.id: job for job in ticker._scheduler.get_jobs()}
        assert {id_: job.trigger.interval for id_, job in jobs.items()} == {
            "look": LOOK, "calendar": timedelta(minutes=1), "house": timedelta(hours=1),
        }  # fmt: skip
        assert jobs["calendar"].func is calendar
    finally:
        ticker.stop()
