"""The rates that the analysis page shows are those of ``retold``, a second count from the raw audit, for random histories."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.periods import KINDS, Period
from bot.domain.rates import scoring
from bot.domain.rates.registry import Result
from bot.domain.states import CLOSED, WITHDRAWN
from bot.domain.summed import Sums
from bot.ports import UnitOfWork
from bot.usecases import analysis
from bot.usecases.digesting import collect, scope_of
from tests.fakes import SHANGHAI, TownBot, town_bot
from tests.usecases.retold import RATES, TROUBLES, WAITS, counted_again, stories

SCORING = scoring.load_scoring(Path(scoring.__file__).with_name("scoring.toml"))


# ---------------------------------------------------------------- what happens


@dataclass
class Town:
    """The bot, and what was said to it under which key."""

    bot: TownBot
    said: dict[str, str] = field(default_factory=dict)

    def numbered(self, choice: int) -> int:
        """A ticket, the newer ones first; 0 where there is none."""
        known = [ticket.number for ticket in self.bot.tickets() if ticket.number]
        return known[-1 - choice % len(known)] if known else 0


Step = Callable[[Town, int, int], None]


def say(town: Town, who: int, what: int) -> None:
    town.bot.wait(minutes=10)  # else it might be taken for more words on what was said before
    chat, key, words = (
        "lvyuan" if who % 5 == 4 else "xueyuan",
        f"s{len(town.said)}",
        list(TROUBLES)[what % len(TROUBLES)],
    )
    town.said[f"web:{chat}:{key}"] = words
    town.bot.say(f"r{who % 3}", words, chat, id=key)


def press(action: str, person: str, words: str = "") -> Step:
    def act(town: Town, one: int, _other: int) -> None:
        if number := town.numbered(one):
            town.bot.press(person, action, number, words)

    return act


def ask_time(action: str) -> Step:
    def act(town: Town, one: int, other: int) -> None:
        reason, days = list(WAITS.items())[other % 2]
        until = town.bot.clock.now().astimezone(SHANGHAI) + timedelta(days=days)
        if number := town.numbered(one):
            town.bot.press("zhou", action, number, f"{reason} 到{until.month}月{until.day}日")

    return act


def rate(town: Town, one: int, other: int) -> None:
    if number := town.numbered(one):
        voices = town.bot.ticket(number).voices
        town.bot.rate(voices[other % len(voices)].removeprefix("web:"), number, other % 5 + 1)


def merge(town: Town, one: int, other: int) -> None:
    if (number := town.numbered(one)) and (parent := town.numbered(other)):
        town.bot.say("chen", f"合并 {number}→{parent}")


def withdraw(town: Town, one: int, _other: int) -> None:
    if number := town.numbered(one):
        town.bot.say(town.bot.ticket(number).reporter.removeprefix("web:"), f"撤回 {number}")


def wait(town: Town, _one: int, other: int) -> None:
    town.bot.wait(hours=(1, 3, 8, 20, 70)[other % 5])


STEPS: dict[str, Step] = {
    "say": say, "wait": wait, "rate": rate, "merge": merge, "withdraw": withdraw, "sign": press("sign", "zhou"),
    "done": press("done", "zhou", "修好了"), "done by owner": press("done", "chen", "办好了"),
    "progress": press("progress", "zhou", "正在办"), "transfer": press("transfer", "zhou", "@刘通 请接手"),
    "hold": ask_time("hold"), "extend": ask_time("extend"), "grant": press("grant", "chen"),
    "refuse": press("refuse", "chen"), "resume": press("resume", "zhou"), "return": press("return", "zhou", "不归我管"),
    "rule": press("rule", "chen", "@刘通"), "raise": press("raise", "zhou", "办不了"),
    "not accept": press("not_accept", "chen", "无此事"),
}  # fmt: skip
LIKELY = (
    ("wait",), ("sign",), ("sign", "progress"), ("hold", "grant"), ("extend", "grant"), ("done",), ("done", "rate"),
    ("sign", "done", "rate", "rate"), ("return", "rule"),
)  # fmt: skip
TURNS = st.sampled_from([*LIKELY, *LIKELY, *((step,) for step in STEPS)])
# A sentence, and what is done to the newest ticket then, or to one before it.
MATTER = st.tuples(
    st.integers(0, 9),
    st.integers(0, len(TROUBLES) - 1),
    st.lists(st.tuples(TURNS, st.sampled_from([0, 0, 0, 1, 2]), st.integers(0, 9)), min_size=2, max_size=7),
)
LIVES = st.lists(MATTER, min_size=2, max_size=9)
AFTERWARDS = st.integers(0, 14)  # days until somebody looks


def live(town: Town, who: int, what: int, turns: list[tuple[tuple[str, ...], int, int]]) -> None:
    say(town, who, what)
    for steps, one, other in turns:
        for step in steps:
            STEPS[step](town, one, other)


# ---------------------------------------------------------------- and what the page says of it


def shown(result: Result) -> tuple[Fraction, int, int, Counter[str]]:
    return Fraction(result.measure.part), result.measure.n, result.cohort, Counter(dict(result.excluded))


def last_noon_or_midnight(now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    return local.replace(hour=local.hour // 12 * 12, minute=0, second=0, microsecond=0)


def check(town: Town, uow: UnitOfWork) -> None:
    now, org = town.bot.clock.now(), town.bot.engine.org
    told = stories(uow, town.said)
    assert analysis.catch_up(uow)
    for kind in KINDS:
        present = analysis.choose_period(kind, None, now, org.units["xinhe"])
        for period in (present, present.before()):
            end = min(period.end, max(period.start, last_noon_or_midnight(now)))
            for unit in ("xinhe", "xueyuan", "lvyuan"):
                here = [one for one in told if one.unit in org.below(unit)]
                found = analysis.figures(uow, unit, analysis.span_of(period, now), SCORING).results
                expected = {code: counted_again(code, here, period.start, end) for code in RATES}
                assert {code: shown(result) for code, result in found.items()} == expected
                check_digest(town, uow, unit, period, found)


def check_digest(town: Town, uow: UnitOfWork, unit: str, period: Period, rates: Mapping[str, Result]) -> None:
    """A digest has the rates of the page, and what was closed in the period, however old it is."""
    now, org = town.bot.clock.now(), town.bot.engine.org
    scope = scope_of(org, org.units[unit], SCORING.satisfaction)
    told = collect(uow, org, scope, now, "weekly", (period, period.before()))
    page = {code: rates[code].measure for code in ("on_time", "solved", "satisfied")}
    assert [(one.code, one.text, one.n) for one in told.rates] == [(c, m.text, m.n) for c, m in page.items() if m.n]
    span = analysis.span_of(period, now)
    sums = Sums(uow.facts.sums(unit, span.since, span.came))
    assert told.closed[0] == sums.count("closed") - sums.count("closed.nature.praise")
    here = [one for one in uow.tickets.all() if one.unit in org.below(unit) and one.nature != "praise"]
    assert told.closed[0] == sum(one.state == CLOSED and one.closed_at in period for one in here)
    assert told.heard[0] == sum(one.state != WITHDRAWN and one.registered_at in period for one in here)


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LIVES, AFTERWARDS)
def test_the_rates_shown_are_those_of_the_raw_audit(
    lives: list[tuple[int, int, list[tuple[tuple[str, ...], int, int]]]], days: int
) -> None:
    with TemporaryDirectory(prefix="gridsteward-tests-") as folder, town_bot(Path(folder) / "bot.db") as bot:
        town = Town(bot)
        for life in lives:
            live(town, *life)
        town.bot.wait(days=days)
        bot.read(lambda uow: check(town, uow))
