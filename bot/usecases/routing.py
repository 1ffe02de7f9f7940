"""Who answers for a place: duties → the person a ticket goes to, and the one above him."""

from collections.abc import Iterator, Sequence

from bot.domain.org import COMMAND, Duty, Person
from bot.domain.ticket import Ticket
from bot.usecases.context import Context


def responsible(
    ctx: Context, unit: str, category: str, excluded: Sequence[str] = (), *, report: bool = False
) -> str | None:
    """The person that a new ticket goes to.

    A steward whose categories and hours fit (the fewest open tickets first), then the next duty, the owner, the supervisor.
    A report never goes to a steward, and never to whom it names.
    """
    roles = ("owner", "supervisor") if report else ("steward", "owner", "supervisor")
    for at_work in (True, False):  # with nobody at work the hours are set aside: nothing is left without a name
        for duties in _tiers(ctx, unit, category, roles):
            fit = [d for d in duties if d.person not in excluded and (not at_work or ctx.org.on_duty(d, ctx.now))]
            if fit:
                return _least_loaded(ctx, fit)
    return None


def _tiers(ctx: Context, unit: str, category: str, roles: Sequence[str]) -> Iterator[list[Duty]]:
    """Duties from the nearest to the farthest: special stewards, general ones, then owners and supervisors upward."""
    for role in roles:
        for step in ctx.org.chain(unit):
            duties = [d for d in ctx.org.duties_at(step) if d.role == role and d.covers(category)]
            yield [d for d in duties if d.categories]
            yield [d for d in duties if not d.categories]


def _least_loaded(ctx: Context, duties: Sequence[Duty]) -> str:
    people = list(dict.fromkeys(duty.person for duty in duties))
    if len(people) == 1:
        return people[0]
    return min(people, key=ctx.uow.tickets.load)


def commander(ctx: Context, ticket: Ticket, excluded: Sequence[str] = ()) -> tuple[str, str] | None:
    """The nearest owner or else supervisor at the unit or above: (person, unit)."""
    for duty in ctx.org.duties_over(ticket.unit):
        if duty.role == "owner" and duty.person not in {*excluded, *ticket.named}:
            return duty.person, duty.unit
    return next(_supervisors(ctx, ticket, excluded, ("street", "district")), None)


def desk_at(ctx: Context, ticket: Ticket, level: str) -> tuple[str, str] | None:
    """The supervisor (else owner) at a level above the ticket, or at the nearest level above that has one."""
    order = {"street": ("street", "district"), "district": ("district", "street")}[level]
    return next(_supervisors(ctx, ticket, (), order), None) or commander(ctx, ticket)


def _supervisors(
    ctx: Context, ticket: Ticket, excluded: Sequence[str], levels: Sequence[str]
) -> Iterator[tuple[str, str]]:
    duties = [d for d in ctx.org.duties_over(ticket.unit) if d.role in COMMAND]
    duties = [d for d in duties if d.person not in {*excluded, *ticket.named}]
    for level in levels:
        for role in ("supervisor", "owner"):
            yield from ((d.person, d.unit) for d in duties if d.role == role and ctx.unit(d.unit).level == level)


def handlers_for(ctx: Context, ticket: Ticket) -> list[str]:
    """Who can be whistled for a ticket's category: handlers at the unit or above whose duty names it."""
    return [
        duty.person
        for duty in ctx.org.duties_over(ticket.unit)
        if duty.role == "handler" and ticket.category in duty.categories and duty.person not in ticket.named
    ]


def people_named(ctx: Context, unit: str, text: str) -> list[Person]:
    """The duty-holders at a unit, above or below it whose full name, or surname with a title, stands in a text."""
    found = _around(ctx, unit)
    return [found[person] for person in sorted(found) if _is_named(ctx, found[person], text)]


def _around(ctx: Context, unit: str) -> dict[str, Person]:
    """The duty-holders at a unit, above and below it: what has moved up may be handed down again."""
    duties = (*ctx.org.duties_over(unit), *(duty for low in ctx.org.below(unit) for duty in ctx.org.duties_at(low)))
    return {duty.person: ctx.org.people[duty.person] for duty in duties if duty.person in ctx.org.people}


def _is_named(ctx: Context, person: Person, text: str) -> bool:
    if person.name in text:
        return True
    return any(f"{person.name[:1]}{title}" in text for title in ctx.services.commands.titles)


def mentioned(ctx: Context, ticket: Ticket, accounts: Sequence[str], text: str) -> Person | None:
    """The duty-holder that a command means: by mention, else by an @name that fits exactly one, else by a name in it."""
    around = _around(ctx, ticket.unit)
    people = [ctx.org.person_of(account) for account in accounts]
    serving = [p for p in people if p is not None and p.id in around]
    if serving:
        return serving[0]
    written = [
        p
        for p in around.values()
        if f"@{p.name}" in text or any(f"@{key.partition(':')[2]}" in text for key in p.account_keys())
    ]
    if not written:
        written = [p for p in around.values() if p.name in text]
    return written[0] if len(written) == 1 else None


def owner_of(ctx: Context, unit: str) -> str | None:
    """The nearest owner at a unit or above it."""
    return next((duty.person for duty in ctx.org.duties_over(unit) if duty.role == "owner"), None)
