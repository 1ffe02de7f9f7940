"""Real tickets, walked through their lives, in the rates."""

from collections.abc import Iterable

from bot.domain.facts import facts_of
from bot.domain.poll import Vote, vote
from bot.domain.rates.registry import Result
from bot.domain.ticket import Ticket
from tests.domain.rates.cases import DAY, HOUR, START, of_may

REPORTER = "web:zhang"


def ticket(name: str = "t1") -> Ticket:
    found = Ticket(name, f"public-{name}", "root", "grid", "web:room", REPORTER, START)
    found.register(1, 2026, START, "bot")
    found.dispatch("wang", START)
    found.set_limits(START + 4 * HOUR, START + DAY, START + 5 * DAY)
    return found


def rate(code: str, found: Ticket, votes: Iterable[Vote] = ()) -> Result:
    return of_may(code, facts_of(found, votes))


def test_an_extension_does_not_hide_lateness() -> None:
    late = ticket()
    late.sign("wang", START + HOUR)
    late.ask("extended", "wang", "等配件", START + 9 * DAY, START + 4 * DAY)
    late.grant("chen", START + 4 * DAY)
    late.finish("wang", START + 8 * DAY, "好了")
    assert rate("on_time", late).measure.text == "100.0 %"
    assert rate("on_time_original", late).measure.text == "0.0 %"
    assert rate("extended", late).measure.text == "100.0 %"


def test_a_hold_leaves_the_denominator_and_shows_in_its_own_rate() -> None:
    stuck = ticket()
    stuck.ask("held", "wang", "等水务局", START + 20 * DAY, START + DAY)
    stuck.grant("chen", START + DAY)
    assert rate("on_time", stuck).excluded == rate("closed", stuck).excluded == (("on_hold", 1),)
    assert rate("on_time_original", stuck).measure.text == "0.0 %"
    assert rate("held", stuck).measure.text == "100.0 %"


def test_a_rework_after_the_limit_does_not_mend_a_late_signature() -> None:
    late = ticket()
    late.sign("wang", START + 8 * HOUR)
    assert rate("signed", late).measure.text == "0.0 %"
    late.finish("wang", START + 6 * DAY, "好了")
    late.poll(START + 6 * DAY)
    late.rework(START + 6 * DAY, REPORTER)
    late.set_limits(START + 6 * DAY + 4 * HOUR, START + 7 * DAY, START + 11 * DAY)
    assert rate("signed", late).excluded == rate("contacted", late).excluded == (("limit_rewritten", 1),)
    late.finish("wang", START + 7 * DAY, "真好了")
    assert rate("on_time", late).measure.text == "100.0 %"
    assert rate("on_time_original", late).measure.text == "0.0 %"
    assert rate("reworked", late).measure.text == "100.0 %"


def test_not_solved_counts_until_people_say_otherwise() -> None:
    again = ticket()
    again.sign("wang", START + HOUR)
    again.contact("wang", START + 2 * HOUR)
    again.finish("wang", START + DAY, "好了")
    again.poll(START + DAY)
    first = vote(REPORTER, 1, START + DAY, 1, words=True)
    again.rework(START + DAY, REPORTER)
    assert rate("solved", again, [first]).measure.text == "0.0 %"
    again.finish("wang", START + 2 * DAY, "真好了")
    again.poll(START + 2 * DAY)
    assert rate("solved", again, [first]).excluded == (("waiting", 1),)
    again.close("resolved", START + 3 * DAY, solved=True)
    second = vote(REPORTER, 2, START + 3 * DAY, 4, words=True)
    found = [rate(code, again, [first, second]).measure.text for code in ("solved", "satisfied", "contacted_callback")]
    assert found == ["100.0 %"] * 3


def test_silence_to_the_end_is_no_contact() -> None:
    silent = ticket()
    silent.sign("wang", START + HOUR)
    silent.finish("wang", START + DAY, "好了")
    silent.poll(START + DAY)
    silent.close("no_contact", START + 4 * DAY)
    assert rate("satisfied", silent).excluded == (("no_contact", 1),)
    assert rate("reached", silent).measure.text == "0.0 %"
    assert rate("asked", silent).measure.text == rate("on_time", silent).measure.text == "100.0 %"


def test_a_merged_ticket_is_counted_with_its_parent_only() -> None:
    parent, child = ticket("t1"), ticket("t2")
    child.merge_into(parent, START + HOUR, "wang")
    found = of_may("on_time", facts_of(parent), facts_of(child))
    assert (found.cohort, found.counted, found.excluded) == (2, 1, (("merged", 1),))


def test_what_was_asked_back_and_transferred_stays_one_ticket() -> None:
    moved = ticket()
    moved.ask_return("wang", "不归我管", START + HOUR)
    moved.rule("chen", "li", START + 2 * HOUR)
    moved.sign("li", START + 3 * HOUR)
    moved.transfer("li", "zhao", START + 5 * HOUR)
    moved.sign("zhao", START + 30 * HOUR)
    assert rate("returned", moved).measure.text == rate("signed", moved).measure.text == "100.0 %"
