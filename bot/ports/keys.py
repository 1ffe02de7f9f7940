"""Remembering who may come by the HTTP API: keys, and what was answered, so that a request sent twice acts once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a person for a unit and all below it. ``scope``: read, act or admin, each with the ones before it.

    The key itself is nowhere, only its digest. ``used_on`` is the last day on which it came, in its unit's zone.
    """

    id: str
    person: str
    unit: str
    scope: str
    label: str
    made_at: datetime
    made_by: str  # person; "" for the operator
    used_on: date | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a key's request was answered. ``token`` is the sender's own mark of it, ``digest`` that of what was asked."""

    key: str
    token: str
    digest: str
    status: int
    body: str
    at: datetime


class Keys(Protocol):
    """A revoked key stays to be seen; only those of a person who is gone go with him."""

    def add(self, key: ApiKey, digest: str) -> None:
        """Store a new key under the digest by which it is found."""
        ...

    def find(self, digest: str) -> ApiKey | None:
        """The key behind a digest; None also for one that was revoked."""
        ...

    def all(self) -> list[ApiKey]:
        """Every key, oldest first."""
        ...

    def of_units(self, units: Sequence[str]) -> list[ApiKey]:
        """The keys for exactly these units, oldest first."""
        ...

    def used(self, key_id: str, day: date) -> None:
        """A key came on a day; written once a day."""
        ...

    def revoke(self, key_id: str, at: datetime) -> bool:
        """It opens nothing any more; False where it did not before."""
        ...

    def answered(self, key_id: str, token: str) -> KeptAnswer | None:
        """What a request with this mark was answered."""
        ...

    def answer(self, answer: KeptAnswer) -> None:
        """Keep an answer, in the transaction of what the request did; it replaces the one before."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget answers older than this; gives back how many."""
        ...
