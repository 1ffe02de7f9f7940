"""When a ticket's limits fall: the limits of a nature and urgency, and the instants that they give for a start.

Limits are data (``presets/*.toml``): a row for each urgency and, for routine matters, for natures that have their own:
``routine = { sign = "4wh", contact = "1wd", finish = "5wd" }``. Rules: product.md §4.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.states import NATURES, URGENCIES
from bot.domain.workingtime import DAY, WorkingTime

__all__ = [
    "NO_LIMITS", "Deadlines", "Limit", "LimitTable", "Limits", "WorkingTime",
    "deadlines", "deadlines_until", "limits_for", "parse_preset",
]  # fmt: skip

REMIND_DAYS = 2  # the inner deadline: so many working days before the limit
REMIND_SHARE = 0.75  # or this share of it, where the limit is no longer than that

_UNITS = {"m": "min", "min": "min", "h": "h", "wh": "wh", "wd": "wd", "d": "d"}
_LIMIT = re.compile(r"([1-9]\d{0,3})\s*(min|m|h|wh|wd|d)$")
_ABOUT = {"title", "source", "note"}  # what a preset says about itself


@dataclass(frozen=True, slots=True)
class Limit:
    """A span of time: ``min``, ``h`` by the wall clock, ``wh`` working hours, ``wd``, ``d`` working, calendar days."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read "30m", "2h", "4wh", "5wd" or "7d". ValueError says what is wrong."""
        found = _LIMIT.match(text.strip().lower())
        if not found:
            raise ValueError(f"{text!r} is not a limit like 30m, 2h, 4wh, 5wd or 7d (1 to 9999)")
        return cls(int(found[1]), _UNITS[found[2]])

    @property
    def wall(self) -> bool:
        """Whether the limit runs by the wall clock, day and night."""
        return self.unit in {"min", "h"}

    def after(self, start: datetime, working_time: WorkingTime) -> datetime:
        """The instant at which the limit ends, aware UTC."""
        match self.unit:
            case "min":
                return start + timedelta(minutes=self.amount)
            case "h":
                return start + timedelta(hours=self.amount)
            case "wh":
                return working_time.add_hours(start, self.amount)
            case "wd":
                return working_time.add_days(start, self.amount)
            case _:
                return working_time.add_calendar_days(start, self.amount)

    def __str__(self) -> str:
        return f"{self.amount}{'m' if self.unit == 'min' else self.unit}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long until signed, until the reporter is spoken to, and until done; None = no limit."""

    sign: Limit | None = None
    contact: Limit | None = None
    finish: Limit | None = None


LimitTable = Mapping[str, Limits]  # by urgency, and by nature where routine matters of it have their own
NO_LIMITS = Limits()
STEPS = ("sign", "contact", "finish")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The instants at which a ticket's limits fall, aware UTC; None where there is no such limit.

    ``remind_at`` is the inner deadline, ``red_at`` the step to red supervision after ``due``; ``wall`` tells that the
    finish limit runs by the wall clock; ``provisional`` that a year without official calendar data is involved.
    """

    sign_due: datetime | None = None
    contact_due: datetime | None = None
    due: datetime | None = None
    remind_at: datetime | None = None
    red_at: datetime | None = None
    wall: bool = False
    provisional: bool = False


def limits_for(table: LimitTable, nature: str, urgency: str) -> Limits:
    """The limits of a matter: by urgency; routine matters of some natures have their own, praise has none."""
    if nature == "praise":
        return NO_LIMITS
    return table[nature] if urgency == "routine" and nature in table else table[urgency]


def deadlines(limits: Limits, start: datetime, working_time: WorkingTime) -> Deadlines:
    """All instants for a matter that was taken in at ``start``."""
    steps = (limits.sign, limits.contact, limits.finish)
    ends = [limit.after(start, working_time) if limit else None for limit in steps]
    sign, contact, due = ends
    wall = limits.finish is not None and limits.finish.wall
    found = deadlines_until(due, start, working_time, wall) if due else Deadlines()
    counted = [end for limit, end in zip(steps, ends, strict=True) if end and limit and not limit.wall]
    provisional = bool(counted) and working_time.provisional(start, max(counted))  # the wall clock knows no calendar
    return replace(found, sign_due=sign, contact_due=contact, provisional=provisional)


def deadlines_until(due: datetime, start: datetime, working_time: WorkingTime, wall: bool = False) -> Deadlines:
    """The reminder before and the red step after a finish limit that a person has set, such as an extension's date."""
    if wall:
        return Deadlines(due=due, remind_at=start + (due - start) * REMIND_SHARE, red_at=due + DAY, wall=True)
    remind = working_time.subtract_days(due, REMIND_DAYS)
    if remind <= working_time.next_opening(start):
        remind = working_time.part_way(start, due, REMIND_SHARE)
    provisional = working_time.provisional(start, due)
    return Deadlines(due=due, remind_at=remind, red_at=working_time.shift(due, 1), provisional=provisional)


def parse_preset(data: Mapping[str, object], base: LimitTable | None = None) -> LimitTable:
    """Read a preset, as TOML gives it; cells that are not there come from ``base``, "-" takes a limit away.

    ValueError lists every fault, one a line: unknown rows and cells, unreadable limits, urgencies without a row.
    """
    faults: list[str] = []
    table = dict(base or {})
    for name, row in data.items():
        if name in URGENCIES or name in NATURES:
            table[name] = _limits(name, row, table.get(name, NO_LIMITS), faults)
        elif name not in _ABOUT:
            faults.append(f"{name}: unknown row; expected one of {', '.join((*URGENCIES, *NATURES))}")
    faults += [f"{name}: the row is missing" for name in URGENCIES if name not in table]
    endless = (name for name in URGENCIES if name in data and not table[name].finish)
    faults += [f"{name}: finish: every urgency needs one" for name in endless]
    if faults:
        raise ValueError("\n".join(dict.fromkeys(faults)))
    return table


def _limits(name: str, row: object, before: Limits, faults: list[str]) -> Limits:
    if not isinstance(row, Mapping):
        faults.append(f'{name}: expected cells such as finish = "5wd"')
        return before
    faults += [f"{name}: {cell}: unknown; expected {', '.join(STEPS)}" for cell in row if cell not in STEPS]
    return replace(before, **dict(_cells(name, row, faults)))


def _cells(name: str, row: Mapping[str, object], faults: list[str]) -> Iterator[tuple[str, Limit | None]]:
    for cell in STEPS:
        if cell not in row:
            continue
        try:
            yield cell, None if row[cell] == "-" else Limit.parse(str(row[cell]))
        except ValueError as error:
            faults.append(f"{name}: {cell}: {error}")
