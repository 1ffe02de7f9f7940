"""Seasons and spikes: the same season of the year before is looked up, in digests and on the page from the sums."""

from datetime import date, datetime, timedelta
from itertools import count, islice

from bot.domain.digest import Digest, Hot
from bot.domain.periods import WEEK, period
from bot.ports import UnitOfWork
from bot.usecases.analysis import span_of
from bot.usecases.digesting import collect, scope_of
from bot.usecases.foresight import set_region
from bot.usecases.sudden import seasons_of, sudden
from tests.fakes import CLEAR, SHANGHAI, TownBot

UNIT = "xinhe"
COVERED = period(WEEK, date(2026, 6, 8), SHANGHAI)  # in the rains of the north


def rain(bot: TownBot, times: int, *days: str) -> None:
    """So many troubles with drains on each of these days."""
    houses = count(1 + len(bot.tickets()))  # each another one: the same trouble of the same house is one ticket
    for day in days:
        bot.clock.at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=SHANGHAI)
        for house in islice(houses, times):
            bot.say(f"resident-{house}", CLEAR["drainage"].replace("3号楼", f"{house}号楼"))
            bot.clock.advance(minutes=4)


def told(bot: TownBot) -> tuple[Digest, tuple[Hot, ...]]:
    """The digest of the week, and what the page says of it."""
    bot.clock.at = COVERED.end
    org, outlook = bot.engine.org, bot.engine.services.outlook

    def job(uow: UnitOfWork) -> tuple[Digest, tuple[Hot, ...]]:
        seasons = seasons_of(uow, org, outlook, UNIT)
        digest = collect(
            uow,
            org,
            scope_of(org, org.units[UNIT], bot.engine.services.scoring.satisfaction, seasons),
            bot.clock.now(),
            "weekly",
            (COVERED, COVERED.before()),
        )
        while uow.facts.catch_up(1000):
            pass
        return digest, sudden(uow, UNIT, span_of(COVERED, bot.clock.now()), seasons)

    return bot.read(job)


def spikes_of(bot: TownBot, region: str) -> list[tuple[int, float, str, bool]]:
    """The same from tickets and from sums."""
    bot.read(lambda uow: set_region(uow, UNIT, region))
    digest, page = told(bot)
    of_categories = tuple(one for one in digest.spikes if one.category)
    assert of_categories == page
    return [(one.count, one.usual, one.season, one.a_year_ago) for one in page]


def test_rain_is_a_spike_unless_the_season_explains_it(bot: TownBot) -> None:
    rain(bot, 2, "2026-04-20", "2026-05-11")
    rain(bot, 6, "2026-06-09")

    assert spikes_of(bot, "") == [(6, 0.6, "", False)]
    assert spikes_of(bot, "south") == [(6, 0.6, "", False)], "its rains are over in June"
    assert spikes_of(bot, "north") == [], "more than usual, not more than three times"


def test_in_its_season_it_is_told_with_the_reason_when_it_is_far_too_much(bot: TownBot) -> None:
    rain(bot, 2, "2026-04-20", "2026-05-11")
    rain(bot, 12, "2026-06-09")

    assert spikes_of(bot, "north") == [(12, 0.6, "rain_north", False)]


def test_with_last_years_season_that_is_what_is_usual(bot: TownBot) -> None:
    rain(bot, 1, "2025-05-20")
    rain(bot, 6, "2025-06-03", "2025-06-10", "2025-06-28")
    rain(bot, 12, "2026-06-09")
    assert spikes_of(bot, "") != []
    assert spikes_of(bot, "north") == [], "as every June"


def test_more_than_in_last_years_season_is_a_spike(bot: TownBot) -> None:
    rain(bot, 1, "2025-05-20", "2025-06-10", "2026-05-11")
    rain(bot, 8, "2026-06-09")

    assert spikes_of(bot, "north") == [(8, 0.2, "rain_north", True)]


def test_who_was_not_there_before_last_years_season_has_not_seen_it(bot: TownBot) -> None:
    rain(bot, 9, "2025-06-10")
    rain(bot, 1, "2026-04-20")
    rain(bot, 12, "2026-06-09")

    assert spikes_of(bot, "north") == [(12, 0.1, "rain_north", False)]


def test_what_a_unit_gives_itself_to_do_and_praise_are_no_trouble(bot: TownBot) -> None:
    rain(bot, 1, "2026-05-11")
    bot.clock.at = COVERED.start + timedelta(hours=10)
    for n in range(6):
        bot.say(f"p{n}", "表扬一下，物业师傅把下水道修得真好，谢谢师傅", chat="xueyuan" if n % 2 else "lvyuan")
        bot.clock.advance(hours=3)
    assert sum(t.nature == "praise" for t in bot.tickets()) >= 3, "else this shows nothing"
    assert spikes_of(bot, "") == []
