"""Hold what a replay gave against a story's expectation (the format of the scenarios: see ``Expectation``).

A condition is a literal (lists compare without order, times as instants) or an object of tests, see ``TESTS``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

Row = Mapping[str, Any]  # a ticket or a sent message as JSON
Condition = Mapping[str, Any]
Range = int | Sequence[int | None]  # a number, or [low, high] where None is open


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


TICKET_FIELDS = _names(
    """number group unit nature category urgency state title text place reporter followers assignee helpers source
    confidential supervision repeat_of rework_count transfer_count extension_count merged_into due_at original_due_at
    registered_at dispatched_at signed_at first_contact_at done_at closed_at close_reason solved rating media events"""
)
SENT_FIELDS = _names("at chat private text mentions ticket kind buttons attachments")
ASIDE = frozenset({"merged", "candidate"})  # states that count only where they are named
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


class Rule(TypedDict, total=False):
    """The rows that match ``where`` number ``count``, and each of them fits ``is``."""

    where: Condition
    count: Range


class Expectation(TypedDict, total=False):
    """What a story wants: any of these keys."""

    messages: int
    ticket_count: Range
    tickets: Sequence[Mapping[str, Any]]
    sent: Sequence[Rule]
    kept: Range


def failures(expect: Expectation, result: Mapping[str, Any]) -> list[str]:
    """One line for everything that does not hold."""
    if unknown := expect.keys() - Expectation.__annotations__.keys():
        raise ValueError(f"unknown keys in the expectation: {', '.join(sorted(unknown))}")
    tickets, sent, counts = result["tickets"], result["sent"], result["counts"]
    missing = [*_lacking(tickets, TICKET_FIELDS, "ticket"), *_lacking(sent, SENT_FIELDS, "sent")]
    if missing:
        return missing
    live = [ticket for ticket in tickets if ticket["state"] not in ASIDE]
    out = [*_counted("messages", counts["messages"], expect.get("messages", [1, None]))]
    out += _counted("ticket_count", len(live), expect.get("ticket_count", [0, None]))
    out += _counted("kept", counts["kept"], expect.get("kept", [0, None]))
    for rule in expect.get("tickets", []):
        out += _check_tickets(rule, tickets)
    for rule in expect.get("sent", []):
        out += _check_sent(rule, sent)
    return out


def _lacking(rows: Sequence[Row], fields: frozenset[str], what: str) -> Iterator[str]:
    for place, row in enumerate(rows):
        if lost := fields - row.keys():
            yield f"{what} {place}: lacks {', '.join(sorted(lost))}"


def _counted(what: str, count: int, wanted: Range) -> Iterator[str]:
    if not _in_range(count, wanted):
        yield f"{what}: wanted {wanted}, got {count}"


def _check_tickets(rule: Mapping[str, Any], tickets: Sequence[Row]) -> Iterator[str]:
    where = rule.get("where", {})
    rows = [t for t in tickets if ("state" in where or t["state"] not in ASIDE) and not _misfits(t, where)]
    yield from _counted(f"tickets where {where}", len(rows), rule.get("count", 1))
    for row in rows:
        yield from (f"ticket {row['number']}: {misfit}" for misfit in _misfits(row, rule.get("is", {})))


def _check_sent(rule: Rule, sent: Sequence[Row]) -> Iterator[str]:
    where = rule.get("where", {})
    rows = [row for row in sent if not _misfits(row, where)]
    yield from _counted(f"sent where {where}", len(rows), rule.get("count", [1, None]))


def _misfits(row: Row, conditions: Condition) -> list[str]:
    out = []
    for field, wanted in conditions.items():
        tests = wanted if isinstance(wanted, dict) else {"is": wanted}
        out += [
            f"{field}: wanted {name} {value!r}, got {row.get(field)!r}"[:300]
            for name, value in tests.items()
            if not _fits(name, row.get(field), value)
        ]
    return out


def _fits(test: str, got: Any, wanted: Any) -> bool:
    try:
        return TESTS[test](got, wanted)
    except (TypeError, AttributeError):
        return False  # a field that is null, or of another kind


def _moment(value: object) -> datetime | None:
    """The aware time that a text names, or None."""
    if not isinstance(value, str) or not _MOMENT.match(value):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo else None


def _time(value: object) -> datetime:
    time = _moment(value)
    if time is None:
        raise TypeError(f"{value!r} is no time")
    return time


def _same(got: object, wanted: object) -> bool:
    one, other = _moment(got), _moment(wanted)
    if one is not None and other is not None:
        return one == other
    if isinstance(wanted, list) and isinstance(got, list):
        return sorted(map(repr, got)) == sorted(map(repr, wanted))
    return type(got) is type(wanted) and got == wanted


def _in_range(count: int, wanted: Range) -> bool:
    low, high = (wanted, wanted) if isinstance(wanted, int) else wanted
    return (low is None or count >= low) and (high is None or count <= high)


def _listed(wanted: object) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _in_order(events: Sequence[Row], kinds: Sequence[str]) -> bool:
    seen = iter([event["kind"] for event in events])
    return all(kind in seen for kind in kinds)


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "in": lambda got, wanted: any(_same(got, one) for one in wanted),
    "not_in": lambda got, wanted: not any(_same(got, one) for one in wanted),
    "null": lambda got, wanted: (got is None) == wanted,
    "contains": lambda got, wanted: all(one in got for one in _listed(wanted)),
    "excludes": lambda got, wanted: all(one not in got for one in _listed(wanted)),
    "before": lambda got, wanted: _time(got) <= _time(wanted),
    "after": lambda got, wanted: _time(got) >= _time(wanted),
    "within": lambda got, wanted: 0 <= (_time(got) - _time(wanted[0])).total_seconds() <= wanted[1],
    "gte": lambda got, wanted: bool(got >= wanted),
    "lte": lambda got, wanted: bool(got <= wanted),
    "size": lambda got, wanted: _in_range(len(got), wanted),
    "regex": lambda got, wanted: re.search(wanted, got) is not None,
    "kinds": _in_order,
}
