"""Keys of the HTTP API: who may come with one, and what he may see. A key never gives more than its person's duties do.

It is looked up with every request: who has lost a duty, or his account, has lost what his keys could do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from bot.domain.errors import DomainError
from bot.domain.org import Organization, Person
from bot.domain.ticket import Ticket
from bot.ports import ApiKey, IdSource, UnitOfWork
from bot.usecases.context import may_see
from bot.usecases.overview import units_of

SCOPES = ("read", "act", "admin")  # each may what the ones before it may
PREFIX = "gs_"  # so that a key that was put into a file by mistake is found by who looks for such
LABEL = 40  # characters
MOST = 20  # keys of one person and unit that are good at one time


@dataclass(frozen=True, slots=True)
class Caller:
    """Who comes with a key, at one instant: the person, an account of his, and the units that key and duties share."""

    org: Organization
    now: datetime
    key: ApiKey
    person: Person
    account: str
    units: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether the key is good for something of this scope."""
        return SCOPES.index(self.key.scope) >= SCOPES.index(scope)

    def commands(self, unit: str) -> bool:
        """Whether he is owner or supervisor of a unit that his key is for."""
        return unit in self.units and self.org.commands(self.person.id, unit)

    def sees(self, ticket: Ticket) -> bool:
        """Whether he may read a ticket here. Confidential ones never leave by this door, whoever asks."""
        return not ticket.confidential and ticket.unit in self.units and may_see(self.org, self.person, ticket)


def digest_of(token: str) -> str:
    """What the database keeps of a key."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def caller_of(uow: UnitOfWork, org: Organization, now: datetime, token: str) -> Caller | None:
    """Who comes with a key; None for one that is wrong, revoked, or whose person has no duty left in its unit."""
    key = uow.keys.find(digest_of(token))
    person = org.people.get(key.person) if key else None
    if key is None or person is None:
        return None
    account, units = person.account_on(""), shared_units(org, person, key.unit)
    return Caller(org, now, key, person, account, units) if account and units else None


def shared_units(org: Organization, person: Person, unit: str) -> tuple[str, ...]:
    """The units at or below a unit that a person answers for."""
    return tuple(one for one in units_of(org, person) if org.within(one, unit))


def note_use(uow: UnitOfWork, caller: Caller) -> None:
    """Remember the day, in the zone of the key's unit: a key that nobody uses is one to revoke."""
    uow.keys.used(caller.key.id, caller.now.astimezone(caller.org.units[caller.key.unit].zone).date())


def make(uow: UnitOfWork, org: Organization, ids: IdSource, wanted: ApiKey) -> str:
    """Store a key; its ``id`` is made here. Gives the key itself, which nobody can ask for again.

    Raises ``DomainError`` where it would open nothing, or nobody could tell it from others; its key is of the [web] words.
    """
    check(uow, org, wanted)
    token = f"{PREFIX}{ids.secret()}{ids.secret()}"
    id_, label = ids.time_ordered(wanted.made_at), wanted.label.strip()
    uow.keys.add(replace(wanted, id=id_, label=label), digest_of(token))
    return token


def check(uow: UnitOfWork, org: Organization, wanted: ApiKey) -> None:
    """Raise ``DomainError`` where a key had better not be made."""
    person = org.people.get(wanted.person)
    if person is None or wanted.scope not in SCOPES or not shared_units(org, person, wanted.unit):
        raise DomainError("keys.no_duty")
    if not person.account_keys():
        raise DomainError("keys.no_account")
    if not 0 < len(wanted.label.strip()) <= LABEL:
        raise DomainError("keys.no_label")
    if sum(one.person == wanted.person and one.revoked_at is None for one in uow.keys.of_units([wanted.unit])) >= MOST:
        raise DomainError("keys.too_many")


def revoke(uow: UnitOfWork, units: Sequence[str], key_id: str, now: datetime) -> bool:
    """A key of one of these units opens nothing any more; False where there is none."""
    return any(one.id == key_id for one in uow.keys.of_units(units)) and uow.keys.revoke(key_id, now)
