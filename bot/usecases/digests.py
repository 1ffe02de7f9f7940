"""日汇总, 周评价, 月分析 for owners, and a word of thanks for residents: each once, at its hour, late rather than never.

What is due follows from the settings, the clock of the place and what has been said (``ports.Digests``); nothing else is
remembered. Of each kind only the newest is said: older ones have been overtaken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from bot.domain.halfdays import begin_of, half_day
from bot.domain.org import COMMAND, Organization, Person, Unit
from bot.domain.periods import ASSESSMENT_MONTH, DAY, MONTH, WEEK, Period
from bot.domain.slots import due_at, newest_due
from bot.messages import InboundMessage, private_chat
from bot.settings import DigestSettings
from bot.usecases import telling, thanking
from bot.usecases.context import Context
from bot.usecases.digesting import Scope, collect, scope_of
from bot.usecases.overview import units_of
from bot.usecases.sudden import seasons_of
from bot.usecases.thanking import RESIDENTS

DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
PERIODS = {DAILY: DAY, WEEKLY: WEEK, MONTHLY: MONTH}
DAYS = {DAILY: 1, WEEKLY: 7, MONTHLY: 30}  # of a digest on demand: up to now
LATE = timedelta(hours=1)  # held up by an outage: it says so


@dataclass(frozen=True, slots=True)
class Due:
    """A digest whose hour has come: ``of`` a unit, or for residents of a group."""

    of: str
    kind: str
    covered: Period

    @property
    def day(self) -> str:
        """What it is known by, beside the other two."""
        return self.covered.day.isoformat()


def misnamed(chosen: DigestSettings, org: Organization) -> list[str]:
    """What the settings of digests name and the organization has not, a sentence each."""
    groups = [
        f"digests.residents：没有这个居民群：{key}" for key in chosen.residents if not thanking.is_for(org.group(key))
    ]
    units = [f"digests.assessed：没有这个单位：{unit}" for unit in chosen.assessed if unit not in org.units]
    return groups + units


# ---------------------------------------------------------------- what is due


def due(ctx: Context) -> list[Due]:
    """The digests whose hour has come and that have not been said."""
    found = [*_for_owners(ctx), *_for_residents(ctx)]
    return [one for one in found if not ctx.uow.digests.is_said(one.of, one.kind, one.day)]


def _for_owners(ctx: Context) -> Iterator[Due]:
    if not ctx.settings.digests.owners:
        return
    owned = dict.fromkeys(duty.unit for duty in ctx.org.duties if duty.role == "owner")
    for unit in (ctx.org.units[unit] for unit in owned if unit in ctx.org.units):
        if _owners(ctx, unit.id):
            yield from (_due(ctx, unit, unit.id, kind) for kind in PERIODS)


def _for_residents(ctx: Context) -> Iterator[Due]:
    for group in ctx.org.groups.values():
        if thanking.is_wanted(ctx.settings.digests, group):
            yield Due(group.key, RESIDENTS, thanking.week_of(ctx, group))


def _due(ctx: Context, unit: Unit, of: str, kind: str) -> Due:
    wanted = ctx.settings.digests
    period = period_kind(ctx.org, unit.id, kind, wanted.assessed)
    return Due(of, kind, newest_due(period, ctx.now, unit.zone, wanted.hour, wanted.weekday - 1))


def period_kind(org: Organization, unit: str, kind: str, assessed: Sequence[str]) -> str:
    """The kind of period that a digest covers; months run from the 19th to the 18th at and below ``assessed`` units."""
    if kind == MONTHLY and any(org.within(unit, top) for top in assessed):
        return ASSESSMENT_MONTH
    return PERIODS.get(kind, WEEK)


def _owners(ctx: Context, unit: str) -> list[str]:
    """The owners of exactly this unit who can be reached."""
    people = dict.fromkeys(duty.person for duty in ctx.org.duties_at(unit) if duty.role == "owner")
    return [person for person in people if telling.staff_account(ctx, person) is not None]


# ---------------------------------------------------------------- saying it


def say(ctx: Context, one: Due) -> bool:
    """Queue a digest, in the transaction that notes it as said; False where there was nothing to say or nobody to hear it."""
    if not ctx.uow.digests.claim(one.of, one.kind, one.day, ctx.now):
        return False
    if one.kind == RESIDENTS:
        group = ctx.group(one.of)
        return group is not None and thanking.thank(ctx, group, one.covered)
    return _tell_owners(ctx, one)


def _tell_owners(ctx: Context, one: Due) -> bool:
    unit = ctx.unit(one.of)
    seasons = seasons_of(ctx.uow, ctx.org, ctx.services.outlook, unit.id)
    scope = scope_of(ctx.org, unit, ctx.services.scoring.satisfaction, seasons)
    digest = collect(ctx.uow, ctx.org, scope, ctx.now, one.kind, (one.covered, one.covered.before()))
    if digest.is_empty or not (digest.happened or one.kind == DAILY):  # what is overdue, each day says
        return False
    wanted = ctx.settings.digests
    late = ctx.now - due_at(one.covered, wanted.hour, wanted.weekday - 1) > LATE
    url = link_to(ctx.settings.web.public_url, unit.id, one.kind, one.day)
    words = {"digest": digest.as_json(), "url": url, "late": "1" if late else ""}
    for person in _owners(ctx, one.of):
        telling.tell_staff(ctx, person, "digest", "digest", None, words=words)
    return True


def link_to(public_url: str, unit: str, kind: str, day: str) -> str:
    """The page behind a digest, the newest one without a ``day``; "" where nobody has said how people reach the pages."""
    query = urlencode({"unit": unit, "kind": kind} | ({"day": day} if day else {}))
    return f"{public_url.rstrip('/')}/desk/digest?{query}" if public_url else ""


def on_demand(ctx: Context, message: InboundMessage, person: Person, kind: str) -> None:
    """日报, 周报, 月报 typed by somebody with a duty: the last days up to now, privately."""
    units = units_of(ctx.org, person)
    commanded = [duty.unit for duty in ctx.org.duties_of(person.id) if duty.role in COMMAND]
    tops = commanded or units
    name = "、".join(dict.fromkeys(ctx.unit(unit).name for unit in tops))
    spans = _last_days(ctx, tops[0] if tops else "", DAYS[kind])
    seasons = seasons_of(ctx.uow, ctx.org, ctx.services.outlook, tops[0]) if tops else ()
    scope = Scope(name, tuple(units), ctx.services.scoring.satisfaction, seasons)
    digest = collect(ctx.uow, ctx.org, scope, ctx.now, kind, spans)
    if digest.is_empty:
        telling.answer_privately(ctx, message.account, "digest.none", words={"days": DAYS[kind]})
        return
    url = link_to(ctx.settings.web.public_url, commanded[0], kind, "") if commanded else ""
    words = {"digest": digest.as_json(), "url": url, "late": ""}
    chat = private_chat(message.account)
    telling.tell(ctx, chat, "digest", "digest", mentions=[message.account], urgent=True, words=words)


def _last_days(ctx: Context, unit: str, days: int) -> tuple[Period, Period]:
    """In whole half days, the present one with them: the sums cut nothing finer."""
    zone, length = ctx.unit(unit).zone, timedelta(days=days)
    present = half_day(ctx.now, zone)
    day = ctx.now.astimezone(zone).date()
    before, start, end = (begin_of(slot, zone) for slot in (present - 4 * days, present - 2 * days, present + 1))
    return Period(DAY, day, zone, start, end), Period(DAY, day - length, zone, before, start)
