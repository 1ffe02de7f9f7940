"""Before it happens: once an hour each unit with an owner is looked at. The season calendar and clusters of similar tickets
propose; nothing is done, and nothing is said to residents, without a person's yes.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from hashlib import blake2s
from zoneinfo import ZoneInfo

from bot.domain.clusters import Cluster, Trouble, clusters
from bot.domain.org import Organization
from bot.domain.seasons import Season, Span
from bot.domain.states import CANDIDATE, CLOSED, OPEN, SWEEP
from bot.domain.ticket import Ticket
from bot.ports import Sweep, UnitOfWork, Wanted
from bot.render.masking import mask_place
from bot.usecases import sweeps
from bot.usecases.context import Context
from bot.usecases.outlook import Outlook
from bot.usecases.sweeps import Proposal, propose

REGION = "region"  # flag of a unit: which seasons it has
REST = timedelta(days=90)  # what was put to an owner is not put again, and its tickets do not count, for so long
CALM = timedelta(days=7)  # between two clusters that a unit is asked about
ANSWER = timedelta(days=14)  # for a cluster; a season may be answered while it lasts
NIGHT = 3  # the hour, in the unit's zone, in which tickets are compared
BACK = timedelta(days=180)  # two of the longest windows
COMPARED = 1500  # tickets: naming the things in one takes a fifth of a millisecond
GRIDS = 60  # who has more below him leads by his owners, not by a task for each grid
ALIKE = frozenset({"help", "complaint", "hazard", "suggestion"})  # natures that are troubles


def owned_units(org: Organization) -> list[str]:
    """The units with an owner of their own, the only ones that are asked."""
    return [unit for unit in org.units if sweeps.owner_at(org, unit) is not None]


def foresee(ctx: Context, unit: str) -> None:
    """Close what is done, and ask what is to be asked now."""
    sweeps.finish(ctx, unit)
    outlook = ctx.services.outlook
    if outlook is None or len(sweeps.grids_of(ctx.org, unit)) > GRIDS:
        return
    _propose_seasons(ctx, outlook, unit)
    if ctx.now.astimezone(ctx.unit(unit).zone).hour == NIGHT:
        _propose_cluster(ctx, outlook, unit)


# ---------------------------------------------------------------- seasons


def region_of(uow: UnitOfWork, *units: str) -> str:
    """Which seasons a unit has: the region of the first of these that has one, the unit before those above; "" for none."""
    regions = (uow.people.flag(f"unit:{unit}", REGION) for unit in units)
    return next((region for region in regions if region), "")


def set_region(uow: UnitOfWork, unit: str, region: str) -> None:
    """Say where a unit lies; "" leaves it to the units above."""
    uow.people.set_flag(f"unit:{unit}", REGION, region or None)


def _propose_seasons(ctx: Context, outlook: Outlook, unit: str) -> None:
    region = region_of(ctx.uow, *ctx.org.chain(unit))
    zone = ctx.unit(unit).zone
    today = ctx.now.astimezone(zone).date()
    for season in outlook.seasons:
        span = season.proposed(today) if region in season.regions else None
        if span is not None:
            propose(ctx, _patrol(outlook, unit, season, span, zone))


def _patrol(outlook: Outlook, unit: str, season: Season, span: Span, zone: ZoneInfo) -> Proposal:
    return Proposal(
        unit,
        f"season:{season.id}",
        str(span[0].year),
        season.category,
        outlook.season(season, span),
        outlook.patrol(season),
        datetime.combine(span[1] + timedelta(days=1), time(), zone),
        notice=outlook.notice(season, span),
    )


# ---------------------------------------------------------------- clusters


def _propose_cluster(ctx: Context, outlook: Outlook, unit: str) -> None:
    """The largest cluster that the owner does not know of; one a week."""
    before = [sweep for sweep in ctx.uow.sweeps.of_unit(unit) if not sweep.what.startswith("season:")]
    if any(ctx.now - sweep.at < CALM for sweep in before):
        return
    resting = [sweep for sweep in before if _rests(ctx, sweep)]
    known = {member for sweep in resting for member in sweep.members}
    kinds = {sweep.what for sweep in resting}
    for cluster in clusters(_troubles(ctx, outlook, unit, known), ctx.now):
        if _what(cluster) not in kinds and propose(ctx, _proposal(ctx, outlook, unit, cluster)):
            return


def _rests(ctx: Context, sweep: Sweep) -> bool:
    """Whether a class still waits, runs, or has ended (refused, lapsed or done) not long ago."""
    ticket = ctx.ticket(sweep.ticket_id)
    if ticket is None or ticket.state == CANDIDATE or ticket.closed_at is None:
        return True
    return ctx.now - ticket.closed_at < REST


def _troubles(ctx: Context, outlook: Outlook, unit: str, known: set[str]) -> Iterable[Trouble]:
    """What residents and staff have told of; never what was told in confidence, nor what a sweep has opened."""
    wanted = Wanted(ctx.org.below(unit), tuple(sorted(OPEN | {CLOSED})), since=ctx.now - BACK)
    for ticket in ctx.uow.lists.page(wanted, None, COMPARED):
        if ticket.nature in ALIKE and ticket.source != SWEEP and not ticket.confidential and ticket.id not in known:
            names = outlook.things(f"{ticket.title}\n{ticket.text}", ticket.category) or _place(ctx, ticket)
            yield Trouble(ticket.id, ticket.unit, ticket.category, ticket.building, ticket.created_at, names)


def _place(ctx: Context, ticket: Ticket) -> frozenset[str]:
    """Where no thing is named: the place, without unit and room."""
    place = mask_place(ticket.place)
    where = ctx.unit(ticket.unit).name if ticket.building else ""  # there is a number 3 in every neighbourhood
    return frozenset({f"{where}{place}"} if place else ())


def _what(cluster: Cluster) -> str:
    """The kind of trouble as it is kept: a digest, because a place is in somebody's words."""
    return f"{cluster.category}|{blake2s(cluster.name.encode(), digest_size=8).hexdigest()}"


def _proposal(ctx: Context, outlook: Outlook, unit: str, cluster: Cluster) -> Proposal:
    term = str(ctx.now.astimezone(ctx.unit(unit).zone).date())
    return Proposal(
        unit,
        _what(cluster),
        term,
        cluster.category,
        outlook.title(cluster),
        outlook.why(cluster),
        ctx.now + ANSWER,
        cluster.members,
    )
