"""Who answers for a place: duties → the person a ticket goes to, and the one above him."""

from collections.abc import Iterator, Sequence

from bot.domain.attendance import Asked, answering, on_rota, standing_for
from bot.domain.org import COMMAND, Person
from bot.domain.ticket import Ticket
from bot.usecases.context import Context


def responsible(
    ctx: Context, unit: str, category: str, excluded: Sequence[str] = (), *, report: bool = False
) -> str | None:
    """The person that a new ticket goes to.

    Whose turn it is, then a steward whose categories and hours fit (the fewest open tickets first), then the next duty, the
    owner, the supervisor; for who is away his stand-in. A report never goes to a steward, and never to whom it names.
    """
    roles = ("owner", "supervisor") if report else ("steward", "owner", "supervisor")
    people = answering(ctx.org, Asked(unit, category, roles, excluded, report), ctx.now)
    return _least_loaded(ctx, people) if people else None


def _least_loaded(ctx: Context, people: Sequence[str]) -> str:
    if len(people) == 1:
        return people[0]
    return min(people, key=ctx.uow.tickets.load)


def commander(ctx: Context, ticket: Ticket, excluded: Sequence[str] = ()) -> tuple[str, str] | None:
    """The nearest owner or else supervisor at the unit or above: (person, unit). Who is away without anybody standing in
    is passed over, unless all are.
    """
    absent = _absent(ctx, ticket)
    return _commander(ctx, ticket, (*excluded, *absent)) or (_commander(ctx, ticket, excluded) if absent else None)


def _commander(ctx: Context, ticket: Ticket, excluded: Sequence[str]) -> tuple[str, str] | None:
    owners = [d for d in ctx.org.duties_over(ticket.unit) if d.role == "owner"]
    owners = [d for d in owners if d.person not in {*excluded, *ticket.named}]
    near = [d for d in owners if d.unit == owners[0].unit]
    turn = on_rota(ctx.org, near[0].unit, "owner", ctx.now) if near else ()
    if near:
        found = next((d for d in near if d.person in turn), near[0])
        return found.person, found.unit
    return next(_supervisors(ctx, ticket, excluded, ("street", "district")), None)


def _absent(ctx: Context, ticket: Ticket) -> list[str]:
    """Who has a command over the ticket's unit and is away, with nobody standing in."""
    if not ctx.org.aways:
        return []
    people = {duty.person for duty in ctx.org.duties_over(ticket.unit) if duty.role in COMMAND}
    return [person for person in sorted(people) if standing_for(ctx.org, person, ctx.now) is None]


def desk_at(ctx: Context, ticket: Ticket, level: str) -> tuple[str, str] | None:
    """The supervisor (else owner) at a level above the ticket, or at the nearest level above that has one."""
    order = {"street": ("street", "district"), "district": ("district", "street")}[level]
    there = next(_supervisors(ctx, ticket, _absent(ctx, ticket), order), None)
    return there or next(_supervisors(ctx, ticket, (), order), None) or commander(ctx, ticket)


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
