"""The weekly word of thanks: switched on in a group, looked at before, begun with the next week, and switched off again."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.manners import OFF, ON, THANKS
from bot.domain.org import Group
from bot.messages import Media, OutboundMessage
from bot.ports import UnitOfWork
from bot.usecases import choices, thanking
from tests.fakes import CLEAR, SHANGHAI, TownBot, quiet_settings, town_bot

GROUP, MONDAY = "web:xueyuan", "2026-05-11T08:00"
BEFORE, AFTER = "a" * 32, "b" * 32


def choose(bot: TownBot, value: str, group: str = GROUP) -> None:
    """As the page of settings does."""

    def job(uow: UnitOfWork) -> None:
        ctx = bot.engine.context(uow, bot.clock.now())
        place = bot.engine.org.groups[group]
        if choices.choose(ctx, "chen", place, {THANKS: value}) and value == ON:
            thanking.begin(ctx, place)

    bot.read(job)
    bot.engine.org = bot.read(lambda uow: uow.org.load())


def solve(bot: TownBot, sender: str = "zhang", what: str = "drainage", **where: Any) -> None:
    """Told with a photo, mended with a photo in the group or elsewhere, voted for."""
    bot.say(sender, CLEAR[what], media=(Media("image", "1.jpg", BEFORE),))
    number = max(ticket.number or 0 for ticket in bot.tickets())
    bot.say("zhou", f"{number}号件 办结：好了", media=(Media("image", "2.jpg", AFTER),), **where)
    bot.rate(sender, number, 5)


def thanks(bot: TownBot, at: str) -> list[OutboundMessage]:
    """What goes out to residents when the calendar is looked at."""
    until = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    bot.wait(seconds=(until - bot.clock.now()).total_seconds())
    for due in bot.read(lambda uow: bot.engine.digests_due(uow, bot.clock.now())):
        bot.read(lambda uow, due=due: bot.engine.say_digest(uow, bot.clock.now(), due))  # type: ignore[misc]
    return [
        one for one in bot.let(lambda _uow, _now: None) if one.kind == "digest" and not one.chat.startswith("web:dm:")
    ]


def test_off_unless_somebody_wants_it(bot: TownBot) -> None:
    solve(bot)
    assert thanks(bot, MONDAY) == []


def test_switched_on_it_goes_out_with_both_pictures_once_a_week(bot: TownBot) -> None:
    choose(bot, ON)
    solve(bot)
    (said,) = thanks(bot, MONDAY)
    assert (said.chat, said.attachments) == (GROUP, (BEFORE, AFTER))
    assert "办好了1件" in said.text
    assert thanks(bot, "2026-05-11T12:00") == []
    assert thanks(bot, "2026-05-18T08:00") == [], "nothing was solved since"


@pytest.mark.parametrize("where", [{"private": True}, {"chat": "work"}])
def test_a_photo_for_a_colleague_or_the_bot_alone_is_not_for_residents(bot: TownBot, where: dict[str, Any]) -> None:
    choose(bot, ON)
    solve(bot, **where)
    (said,) = thanks(bot, MONDAY)
    assert said.attachments == ()
    assert "办好了1件" in said.text


def test_what_waited_for_months_is_solved_as_well(bot: TownBot) -> None:
    choose(bot, ON)
    bot.say("zhang", CLEAR["drainage"])
    bot.wait(days=200)
    bot.say("zhou", "1号件 办结：好了", private=True)
    bot.rate("zhang", 1, 5)
    later = bot.clock.now().astimezone(SHANGHAI) + timedelta(days=7)
    (said,) = thanks(bot, f"{later:%Y-%m-%d}T08:00")
    assert "办好了1件" in said.text


def test_what_a_unit_below_has_solved_counts_where_it_was_told(bot: TownBot) -> None:
    solve(bot)
    group, org = bot.engine.org.groups[GROUP], bot.engine.org
    above = org.units[group.unit].parent
    assert above is not None

    def solved(uow: UnitOfWork) -> list[int]:
        ctx = bot.engine.context(uow, datetime.fromisoformat(MONDAY).replace(tzinfo=SHANGHAI))
        week = thanking.week_of(ctx, group)
        both = (replace(group, unit=above), replace(group, unit=above, chat="elsewhere"))
        return [found.solved for one in both if (found := thanking.thanks_of(uow, org, one, week))]

    assert bot.read(solved) == [1]


def test_what_was_over_when_it_was_switched_on_is_not_made_up_for(bot: TownBot) -> None:
    solve(bot)
    assert thanks(bot, "2026-05-13T10:00") == []
    choose(bot, ON)
    assert thanks(bot, "2026-05-13T10:01") == []
    solve(bot, "li", "noise")
    (said,) = thanks(bot, "2026-05-18T08:00")
    assert "办好了1件" in said.text


def test_who_has_switched_it_off_is_not_thanked_whatever_the_house_says(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(digests={"residents": (GROUP,)})) as bot:
        choose(bot, OFF)
        solve(bot)
        assert thanks(bot, MONDAY) == []


def test_staff_are_not_thanked(bot: TownBot) -> None:
    choose(bot, ON, "web:work")
    solve(bot)
    assert thanks(bot, MONDAY) == []


@pytest.mark.parametrize("own", ["", "办好{solved}件，谢谢各位街坊！"])
def test_the_preview_is_the_message(bot: TownBot, own: str) -> None:
    if own:
        bot.read(lambda uow: uow.choices.set_manner(GROUP, "says:digest.residents", own))
    choose(bot, ON)
    solve(bot)

    def look(uow: UnitOfWork) -> tuple[str, tuple[str, ...]]:
        ctx = bot.engine.context(uow, datetime.fromisoformat(MONDAY).replace(tzinfo=SHANGHAI))
        group: Group = bot.engine.org.groups[GROUP]
        found = thanking.thanks_of(uow, ctx.org, group, thanking.week_of(ctx, group))
        assert found is not None
        return thanking.preview(ctx, bot.engine.renderer, group, found), found.pictures

    seen = bot.read(look)
    (said,) = thanks(bot, MONDAY)
    assert seen == (said.text, said.attachments)
