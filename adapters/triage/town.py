"""The organization that the rows of a table are heard in: that of an org file, and a unit for each group that it does not name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.triage.stream import CHANNEL, Row, chat_of
from bot.domain.org import Duty, Group, Organization, Person, Unit


def town_of(rows: Sequence[Row], is_staff: Callable[[str], bool]) -> Organization:
    """An organization for conversations without one: a unit a group; who is called like staff has a duty there."""
    units = {group: Unit(_unit(group), f"{group}群", "grid") for group in dict.fromkeys(row.group for row in rows)}
    people, duties = {}, []
    for group, user in dict.fromkeys((row.group, row.user) for row in rows):
        if is_staff(user):
            people[_unit(user)] = Person(_unit(user), user, accounts=((CHANNEL, user),))
            duties.append(Duty(_unit(user), _unit(group), "steward"))
    groups = [Group(CHANNEL, chat_of(group), _unit(group), listen="all") for group in units]
    return Organization(
        {unit.id: unit for unit in units.values()}, people, tuple(duties), {group.key: group for group in groups}
    )


def _unit(name: str) -> str:
    """An id that no org file gives."""
    return f"#{name}"


def town_around(org: Organization, rows: Sequence[Row], is_staff: Callable[[str], bool]) -> Organization:
    """An org file's organization, heard through a table: a row's group is a chat of the file, its user an account or a name."""
    known = {group.chat: group for group in org.groups.values()}
    users = set(_users(org))
    strangers = town_of(
        [row for row in rows if row.group not in known], lambda user: user not in users and is_staff(user)
    )
    heard = [replace(group, channel=CHANNEL, chat=chat_of(chat), listen="all") for chat, group in known.items()]
    return Organization(
        {**org.units, **strangers.units},
        {**_people(org), **strangers.people},
        (*org.duties, *strangers.duties),
        {**{group.key: group for group in heard}, **strangers.groups},
        org.articles,
    )


def _users(org: Organization) -> Iterator[str]:
    """What the persons of an org file may be called in a table: their accounts, and their names."""
    yield from (account for person in org.people.values() for _, account in person.accounts)
    yield from (person.name for person in org.people.values())


def _people(org: Organization) -> dict[str, Person]:
    """The persons with what they are called in the table; an account goes before somebody else's name."""
    taken: dict[str, str] = {}
    for person in org.people.values():
        taken.update((account, person.id) for _, account in person.accounts if account not in taken)
    for person in org.people.values():
        taken.setdefault(person.name, person.id)
    return {id_: replace(person, accounts=_called(taken, id_)) for id_, person in org.people.items()}


def _called(taken: dict[str, str], person: str) -> tuple[tuple[str, str], ...]:
    users: Iterable[str] = (user for user, owner in taken.items() if owner == person)
    return tuple((CHANNEL, user) for user in users)
