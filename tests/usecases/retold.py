"""A second count of every rate, from the raw audit rows alone, for ``test_rates_from_audit``.

Nothing of the rates' own code is used: limits are walked minute by minute from what was said and when, deeds are read from the
rows, and each rate is written down once more as docs say it. What a row does not hold is known because the test has said it:
what sort of trouble a sentence is, and until when a reason asks for time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from bot.domain.audit import Event
from bot.ports import UnitOfWork
from tests.fakes import CLEAR, SHANGHAI

WORTH = {5: Fraction(1), 4: Fraction(1), 3: Fraction(9, 10), 2: Fraction(0), 1: Fraction(0)}
# What is said, and the limits that such a trouble has: signing, contact, finish.
HELP = ("4wh", "1wd", "5wd")
TROUBLES = {
    CLEAR["drainage"]: ("help", ("30m", "60m", "1440m")),
    CLEAR["facilities"]: ("help", HELP),
    CLEAR["noise"]: ("complaint", HELP),
    "建议在小区门口加装一排非机动车停车棚，方便大家": ("suggestion", ("1wd", "3wd", "10wd")),
    "请问社区服务中心几点上班？": ("inquiry", ("", "", "1wd")),
    "表扬一下我们的管家周敏，楼道打扫得特别干净，给她点赞": ("praise", ("", "", "")),
}
WAITS = {"等配件": 3, "等审批": 9}  # why more time is asked for, and for how many days
MINUTE = timedelta(minutes=1)
MAKE_UP_SATURDAY = (5, 9)


@dataclass
class Story:
    """A ticket as its audit rows tell it."""

    unit: str = ""
    said: str = ""
    nature: str = ""
    state: str = ""
    refusal: str = ""
    reporter: str = ""
    followers: list[str] = field(default_factory=list)
    at: dict[str, datetime] = field(
        default_factory=dict
    )  # registered, dispatched, signed, contacted, polled, finished …
    sign: datetime | None = None
    contact: datetime | None = None
    due: datetime | None = None
    first_due: datetime | None = None
    wanted_until: datetime | None = None
    count: Counter[str] = field(default_factory=Counter)
    votes: dict[str, tuple[int | None, bool]] = field(default_factory=dict)
    repeat: bool = False


def is_open(at: datetime) -> bool:
    local = at.astimezone(SHANGHAI)
    works = local.weekday() < 5 or (local.month, local.day) == MAKE_UP_SATURDAY
    return works and 8 * 60 + 30 <= local.hour * 60 + local.minute < 17 * 60 + 30


def limit(at: datetime, span: str) -> datetime | None:
    """A limit, walked minute by minute and day by day."""
    if not span:
        return None
    amount, kind = (int(span[:-1]), "m") if span[-1] == "m" else (int(span[:-2]), span[-2:])
    if kind == "m":
        return at + amount * MINUTE
    if kind == "wh":
        left = amount * 60
        while left:
            left -= is_open(at)
            at += MINUTE
        return at
    while not is_open(at):
        at += MINUTE
    while amount:
        at += timedelta(days=1)
        amount -= is_open(at.astimezone(SHANGHAI).replace(hour=12, minute=0))
    return at


def start_clocks(one: Story, at: datetime) -> None:
    one.sign, one.contact, one.due = (limit(at, span) for span in TROUBLES[one.said][1])
    one.first_due = one.first_due or one.due


ABOVE = {"xueyuan": "xinhe", "lvyuan": "xinhe", "xinhe": "dongshan"}


def tell(rows: list[Event], said: dict[str, str], unit: str) -> Story:
    one = Story(unit=unit)
    for row in rows:
        one.count[row.kind] += 1
        if row.kind == "registered":
            one.state, one.reporter, one.said = "registered", row.by, said[row.message or ""]
            one.nature, one.at["registered"] = TROUBLES[one.said][0], row.at
        elif row.kind == "escalated" and row.note.startswith("上报 "):
            one.unit = row.note.removeprefix("上报 ")
        elif row.kind == "escalated" and row.by != "bot" and not row.note:  # erased with the words of who withdrew it
            one.unit = ABOVE[one.unit]
        note_people(one, row)
        note_limits(one, row)
        note_state(one, row)
    return one


def note_people(one: Story, row: Event) -> None:
    if row.kind == "followed":
        one.followers.append(row.by)
    elif (row.kind, row.note) == ("corrected", "reporter"):
        one.reporter = one.followers.pop(0)
    elif row.kind == "polled":
        one.votes = {}
    elif row.kind == "rated":
        rating = int(row.note[0]) if row.note[:1].isdigit() else None
        one.votes[row.by] = (rating, "not solved" not in row.note)


def note_limits(one: Story, row: Event) -> None:
    """Before the state is noted: a limit begins with the first dispatch, and anew with a rework behind it."""
    if row.kind == "dispatched" and one.due is None:
        start_clocks(one, row.at)
    elif row.kind == "noted" and "?: " in row.note:
        days = WAITS[row.note.partition("?: ")[2]]
        local = row.at.astimezone(SHANGHAI) + timedelta(days=days)
        one.wanted_until = local.replace(hour=17, minute=30, second=0)
    elif row.kind in {"held", "extended"}:
        one.due = one.wanted_until
    elif row.kind == "resumed" and one.due and one.due <= row.at:
        one.due = limit(row.at, "1wd")
    elif row.kind == "reworked" and (one.due is None or one.due <= row.at):
        start_clocks(one, row.at)


STATES = {
    "dispatched": "dispatched", "transferred": "dispatched", "signed": "in_progress", "held": "on_hold",
    "resumed": "in_progress", "done": "callback", "reworked": "in_progress", "closed": "closed", "merged": "merged",
    "withdrawn": "withdrawn",
}  # fmt: skip


def note_state(one: Story, row: Event) -> None:
    kind = row.kind
    if kind == "return_ruled" and row.note != "refused":
        kind = "dispatched"
    elif kind == "noted" and row.note.startswith("not_accepted"):
        one.state, one.refusal = "not_accepted", row.note.split(":")[0].split(" ")[1]
    one.state = STATES.get(kind, one.state)
    if kind in {"signed", "contacted"}:
        one.at.setdefault(kind, row.at)
    elif kind in {"dispatched", "done", "polled", "closed"}:
        one.at[kind] = row.at
    elif kind == "reworked":
        one.at.pop("done", None)
        one.at.pop("closed", None)


def stories(uow: UnitOfWork, said: dict[str, str]) -> list[Story]:
    """Every numbered ticket."""
    all_rows = [(uow.audit.of(ticket.id), ticket.chat.removeprefix("web:")) for ticket in uow.tickets.all()]
    numbered = [(rows, unit) for rows, unit in all_rows if any(row.kind == "registered" for row in rows)]
    told = [tell(rows, said, unit) for rows, unit in numbered]
    for index, one in enumerate(told):
        begun, unit = one.at["registered"], numbered[index][1]
        before = [tell([row for row in rows if row.at < begun], said, where) for rows, where in numbered[:index]]
        one.repeat = one.nature not in {"inquiry", "praise"} and any(
            (old.said, old.unit, old.state) == (one.said, unit, "closed")
            and old.at["closed"] >= begun - timedelta(days=30)
            for old in before
        )
    return told


def kept(deed: datetime | None, until: datetime | None) -> bool:
    return deed is not None and until is not None and deed <= until


def finished(one: Story) -> datetime | None:
    return one.at.get("done", one.at.get("closed"))


def is_solved(one: Story) -> bool:
    against = [account for account, (_, solved) in one.votes.items() if not solved]
    return bool(one.votes) and one.reporter not in against and len(against) * 3 < max(1, len(one.votes))


def standing(one: Story) -> Iterator[str]:
    if one.state in {"merged", "not_accepted", "withdrawn"}:
        yield one.state if one.refusal in {"", "other"} else one.refusal
    if one.nature == "praise":
        yield "praise"


def held_too(one: Story) -> Iterator[str]:
    yield from standing(one)
    if one.state == "on_hold":
        yield "on_hold"


def limit_of(which: str) -> Callable[[Story], Iterator[str]]:
    def reasons(one: Story) -> Iterator[str]:
        yield from standing(one)
        until = getattr(one, which)
        if until is None:
            yield "no_limit"
        elif one.first_due is not None and until > one.first_due:
            yield "limit_rewritten"

    return reasons


def waiting(one: Story) -> Iterator[str]:
    yield from standing(one)
    if not one.votes and one.state != "closed":
        yield "waiting"


def unanswered(one: Story) -> Iterator[str]:
    yield from waiting(one)
    if not one.votes:
        yield "no_contact"


def unrated(one: Story) -> Iterator[str]:
    yield from unanswered(one)
    if all(rating is None for rating, _ in one.votes.values()):
        yield "unrated"


def due(one: Story) -> datetime:
    return one.due or one.at["registered"]


def first(one: Story) -> datetime:
    return one.first_due or one.at["registered"]


# By code: when it falls due, which tickets are meant, why one is left out, and whether it counts for the rate.
RATES: dict[str, tuple[Any, Any, Any, Any]] = {
    "signed": (due, lambda t: "dispatched" in t.at, limit_of("sign"), lambda t: kept(t.at.get("signed"), t.sign)),
    "contacted": (
        due, lambda t: "dispatched" in t.at, limit_of("contact"), lambda t: kept(t.at.get("contacted"), t.contact)
    ),
    "contacted_callback": (
        due, lambda t: {"dispatched", "polled"} <= set(t.at), unanswered, lambda t: "contacted" in t.at
    ),
    "closed": (due, lambda _: True, held_too, lambda t: t.state == "closed"),
    "on_time": (due, lambda t: t.due, held_too, lambda t: kept(finished(t), t.due)),
    "on_time_original": (first, lambda t: t.first_due, standing, lambda t: kept(finished(t), t.first_due)),
    "solved": (due, lambda t: "polled" in t.at, unanswered, is_solved),
    "satisfied": (due, lambda t: "polled" in t.at, unrated, None),
    "reworked": (due, lambda t: "done" in t.at or t.count["reworked"], standing, lambda t: t.count["reworked"] > 0),
    "first_time": (due, lambda t: "done" in t.at or t.count["reworked"], standing, lambda t: not t.count["reworked"]),
    "returned": (first, lambda t: "dispatched" in t.at, standing, lambda t: t.count["return_requested"] > 0),
    "extended": (first, lambda t: "dispatched" in t.at, standing, lambda t: t.count["extended"] > 0),
    "held": (first, lambda t: "dispatched" in t.at, standing, lambda t: t.state == "on_hold"),
    "asked": (due, lambda t: t.state == "closed", standing, lambda t: "polled" in t.at),
    "reached": (due, lambda t: "polled" in t.at, waiting, lambda t: bool(t.votes)),
    "repeated": (due, lambda _: True, standing, lambda t: t.repeat),
}  # fmt: skip


def counted_again(
    code: str, told: list[Story], start: datetime, end: datetime
) -> tuple[Fraction, int, int, Counter[str]]:
    """Part, whole, the cohort, and how many are left out for which reason."""
    when, meant, reasons, holds = RATES[code]
    cohort = [one for one in told if meant(one) and start <= when(one) < end]
    left = Counter(why for one in cohort if (why := next(reasons(one), None)))
    rest = [one for one in cohort if next(reasons(one), None) is None]
    if code == "satisfied":
        votes = [rating for one in rest for rating, _ in one.votes.values() if rating is not None]
        return sum((WORTH[vote] for vote in votes), Fraction(0)), len(votes), len(cohort), left
    return Fraction(sum(map(bool, map(holds, rest)))), len(rest), len(cohort), left
