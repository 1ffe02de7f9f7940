"""Digests as they are said: known troubles give known words, once, at the hour of the place; of nothing, nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.org import Duty, Organization
from bot.messages import Media, OutboundMessage
from bot.settings import DigestSettings, Settings
from bot.usecases.digests import misnamed
from storage.open import open_storage
from tests.fakes import CLEAR, SHANGHAI, FakeClock, TownBot, new_engine, quiet_settings, texts, town, town_bot

OWNER, GROUP = "web:dm:chen", "web:xueyuan"
BEFORE, AFTER = "a" * 32, "b" * 32


def look(bot: TownBot) -> list[OutboundMessage]:
    """What the calendar does once a minute; gives back the digests that go out."""
    for due in bot.read(lambda uow: bot.engine.digests_due(uow, bot.clock.now())):
        bot.read(lambda uow, due=due: bot.engine.say_digest(uow, bot.clock.now(), due))  # type: ignore[misc]
    return [one for one in bot.let(lambda _uow, _now: None) if one.kind == "digest"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def go_to(bot: TownBot, text: str) -> None:
    """Time passes until then, with all that falls due on the way."""
    bot.wait(seconds=(at(text) - bot.clock.now()).total_seconds())


def a_day(bot: TownBot) -> None:
    """Wednesday: two troubles, one of them solved and voted on, one praised."""
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", CLEAR["noise"])
    bot.say("zhou", "1号件 办结：疏通了", private=True)
    bot.rate("zhang", 1, 5)


def test_the_morning_after_the_owner_reads_of_the_day(bot: TownBot) -> None:
    a_day(bot)
    go_to(bot, "2026-05-07T07:59")
    assert [one.text for one in look(bot) if "日报" in one.text] == []

    go_to(bot, "2026-05-07T08:00")
    (said,) = look(bot)
    assert said.chat == OWNER
    assert said.text.splitlines()[:3] == [
        "新河社区日报　5月6日",
        "新登记2件（前期0件），办结1件（前期0件），在办1件。",
        "最多的事：排水管网1件（前期0件）；噪声扰民1件（前期0件）。最多的地方：学苑小区3号楼1件（前期0件）；学苑小区9号楼1件（前期0件）。",
    ]
    assert said.card is not None
    assert "zhang" not in said.text + str(said.card)
    assert look(bot) == []


def test_of_a_day_without_anything_nothing_is_said(bot: TownBot) -> None:
    go_to(bot, "2026-05-07T08:00")
    assert look(bot) == []
    go_to(bot, "2026-06-01T08:00")
    assert look(bot) == []


def test_what_has_been_overdue_for_long_is_named_every_morning(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    go_to(bot, "2026-09-01T08:00")
    (said,) = [one for one in look(bot) if "日报" in one.text]
    assert said.text.splitlines()[1:] == [
        "新登记0件（前期0件），办结0件（前期0件），在办1件。", "超期1件：1号件排水管网超117天，该周敏办。",
    ]  # fmt: skip


def test_what_waited_for_months_and_is_done_now_is_told(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    go_to(bot, "2026-11-02T10:00")
    look(bot)
    bot.say("zhou", "1号件 办结：疏通了", private=True)
    bot.rate("zhang", 1, 5)
    go_to(bot, "2026-11-03T08:00")
    (said,) = [one for one in look(bot) if "日报" in one.text]
    assert said.text.splitlines()[1:] == ["新登记0件（前期0件），办结1件（前期0件），在办0件。", "没有超期的件。"]


def test_a_week_on_monday_and_a_month_on_the_first(bot: TownBot) -> None:
    a_day(bot)
    go_to(bot, "2026-05-11T08:00")
    kinds = [one.text.splitlines()[0] for one in look(bot)]
    assert [title for title in kinds if "周报" in title] == ["新河社区周报　5月4日至5月10日"]
    go_to(bot, "2026-06-01T08:00")
    titles = [one.text.splitlines()[0] for one in look(bot)]
    assert "新河社区月报　5月1日至5月31日" in titles


def test_an_assessed_unit_has_its_month_on_the_nineteenth(tmp_path: Path) -> None:
    settings = quiet_settings(digests={"assessed": ("dongshan",)})
    with town_bot(tmp_path / "bot.db", settings=settings) as bot:
        a_day(bot)
        go_to(bot, "2026-05-19T08:00")
        assert "新河社区月报　4月19日至5月18日" in [one.text.splitlines()[0] for one in look(bot)]


def test_switched_off_nothing_is_said(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(digests={"owners": False})) as bot:
        a_day(bot)
        go_to(bot, "2026-05-11T08:00")
        assert look(bot) == []


# ---------------------------------------------------------------- once


@contextmanager
def restarted(path: Path, now: datetime, settings: Settings | None = None) -> Iterator[TownBot]:
    """The bot anew, over what it has stored."""
    with open_storage(path, "OFF") as storage:
        org = storage.desk.run(lambda uow: uow.org.load())
        yield TownBot(storage, new_engine(settings or Settings(), org, seed=7), FakeClock(now))


def test_once_across_restarts_and_clocks_that_jump(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with town_bot(path) as bot:
        a_day(bot)
        go_to(bot, "2026-05-07T08:00")
        assert len(look(bot)) == 1
    for now in ("2026-05-07T08:01", "2026-05-06T23:00", "2026-05-07T09:00"):
        with restarted(path, at(now)) as bot:
            assert [text for text in texts(look(bot)) if "5月6日" in text.splitlines()[0]] == []


def test_after_an_outage_late_and_only_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with town_bot(path) as bot:
        a_day(bot)
    with restarted(path, at("2026-05-12T15:00")) as bot:
        said = texts(look(bot))
        daily, weekly = (next(text for text in said if kind in text) for kind in ("日报", "周报"))
        assert daily.startswith("（补发）新河社区日报　5月11日")
        assert weekly.startswith("（补发）新河社区周报　5月4日至5月10日")
        assert len(said) == 2


def test_what_is_taken_twice_at_once_is_said_once(bot: TownBot) -> None:
    a_day(bot)
    bot.clock.at = at("2026-05-07T08:00")
    due = bot.read(lambda uow: bot.engine.digests_due(uow, bot.clock.now()))
    daily = next(one for one in due if one.kind == "daily")
    said = [bot.read(lambda uow: bot.engine.say_digest(uow, bot.clock.now(), daily)) for _ in range(2)]
    assert said == [True, False]


def test_a_crash_before_the_commit_leaves_it_due(bot: TownBot) -> None:
    a_day(bot)
    bot.clock.at = at("2026-05-07T08:00")
    now = bot.clock.now()
    daily = next(one for one in bot.read(lambda uow: bot.engine.digests_due(uow, now)) if one.kind == "daily")

    def broken(uow: object) -> None:
        bot.engine.say_digest(uow, now, daily)  # type: ignore[arg-type]
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        bot.read(broken)
    assert daily in bot.read(lambda uow: bot.engine.digests_due(uow, now))


def elsewhere(zone: str) -> Organization:
    """The town, with its clocks elsewhere."""
    org = town()
    return replace(org, units={id_: replace(unit, timezone=zone) for id_, unit in org.units.items()})


def test_each_zone_has_its_own_eight_o_clock(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", elsewhere("Asia/Urumqi")) as bot:  # two hours behind
        a_day(bot)
        go_to(bot, "2026-05-07T09:59")
        assert look(bot) == []
        go_to(bot, "2026-05-07T10:00")
        assert [text.splitlines()[0] for text in texts(look(bot))] == ["新河社区日报　5月6日"]


def test_in_the_quiet_hours_it_waits(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(digests={"hour": 5})) as bot:
        a_day(bot)
        go_to(bot, "2026-05-07T05:00")
        assert look(bot) == []
        assert [text for text in texts(bot.wait(hours=2)) if "日报" in text] != []


# ---------------------------------------------------------------- who reads what


def test_an_owner_without_an_account_hears_it_as_soon_as_he_has_one(tmp_path: Path) -> None:
    org = town()
    without = replace(org, people={**org.people, "chen": replace(org.people["chen"], accounts=())})
    with town_bot(tmp_path / "bot.db", without) as bot:
        a_day(bot)
        go_to(bot, "2026-05-07T08:00")
        assert look(bot) == []
        bot.engine.org = org
        assert len(look(bot)) == 1


def test_a_report_in_confidence_is_in_no_digest(bot: TownBot) -> None:
    bot.say("zhang", "我要举报，学苑小区物业经理收了回扣，私吞维修基金", private=True)
    assert [ticket.confidential for ticket in bot.tickets()] == [True]
    go_to(bot, "2026-05-07T08:00")
    assert look(bot) == []
    assert texts(bot.say("chen", "日报", private=True)) == ["近1天没有新的事，也没有超期的件。"]


def test_another_owner_reads_of_his_own_unit_alone(tmp_path: Path) -> None:
    org = town()
    both = replace(org, duties=(*org.duties, Duty("wu", "lvyuan", "owner")))
    with town_bot(tmp_path / "bot.db", both) as bot:
        a_day(bot)
        go_to(bot, "2026-05-07T08:00")
        assert [one.chat for one in look(bot)] == [OWNER]


def test_on_demand_the_last_days_up_to_now(bot: TownBot) -> None:
    a_day(bot)
    bot.wait(minutes=1)
    (said,) = bot.say("chen", "周报", private=True)
    assert said.text.splitlines()[0] == "新河社区周报　4月29日至5月6日"
    assert "新登记2件" in said.text
    assert said.card is not None
    (own,) = bot.say("zhou", "日报", private=True)
    assert own.text.startswith("学苑小区日报")


def test_a_link_where_people_can_follow_it(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(web={"public_url": "https://wg.example.org/"})) as bot:
        a_day(bot)
        go_to(bot, "2026-05-07T08:00")
        (said,) = look(bot)
        assert said.text.endswith("细看：https://wg.example.org/desk/digest?unit=xinhe&kind=daily&day=2026-05-06")
        (asked,) = bot.say("chen", "周报", private=True)
        assert asked.text.endswith("细看：https://wg.example.org/desk/digest?unit=xinhe&kind=weekly")
        (own,) = bot.say("zhou", "周报", private=True)
        assert "细看" not in own.text


# ---------------------------------------------------------------- residents


def test_residents_who_want_it_are_thanked_with_two_pictures(tmp_path: Path) -> None:
    with town_bot(
        tmp_path / "bot.db", settings=quiet_settings(digests={"residents": (GROUP,), "owners": False})
    ) as bot:
        bot.say("zhang", CLEAR["drainage"], media=(Media("image", "1.jpg", BEFORE),))
        bot.say("zhou", "1号件 办结：疏通了", media=(Media("image", "2.jpg", AFTER),))
        bot.rate("zhang", 1, 5)
        go_to(bot, "2026-05-11T08:00")
        (said,) = look(bot)
        assert (said.chat, said.attachments) == (GROUP, (BEFORE, AFTER))
        assert said.text == "上周本群反映的事办好了1件。谢谢大家提出来，也谢谢办事的人。"
        assert look(bot) == []


def test_nobody_is_thanked_for_nothing(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(digests={"residents": (GROUP, "web:nowhere")})) as bot:
        bot.say("zhang", CLEAR["drainage"])
        go_to(bot, "2026-05-11T08:00")
        assert [one for one in look(bot) if one.chat == GROUP] == []


def test_who_does_not_opt_in_hears_nothing(bot: TownBot) -> None:
    a_day(bot)
    go_to(bot, "2026-05-11T08:00")
    assert [one.chat for one in look(bot) if one.chat != OWNER] == []


def test_days_pass_without_a_digest_while_nobody_looks_at_the_calendar(bot: TownBot) -> None:
    """A replay has no calendar."""
    a_day(bot)
    assert [one for one in bot.wait(days=30) if one.kind == "digest" and "报　" in one.text] == []


def test_check_tells_of_groups_and_units_that_there_are_not() -> None:
    chosen = DigestSettings(residents=(GROUP, "web:work", "web:nowhere"), assessed=("xinhe", "nowhere"))
    assert misnamed(chosen, town()) == [
        "digests.residents：没有这个居民群：web:work",
        "digests.residents：没有这个居民群：web:nowhere",
        "digests.assessed：没有这个单位：nowhere",
    ]
