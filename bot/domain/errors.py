"""The errors of the domain.

DomainError
├── NotAllowed       the person may not do this here
├── WrongState       the ticket's state does not allow it
└── Missing          a needed word (a reason, a date, a person) is not there

Each carries a ``key`` of the catalogs, so that the person is told in words what is wrong.
"""


class DomainError(Exception):
    """Something that a person asked for can't be done; ``key`` names the sentence that says why."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class NotAllowed(DomainError):
    """The person has no duty that covers this."""


class WrongState(DomainError):
    """The transition table has no such arrow."""


class Missing(DomainError):
    """A reason, a date or a person is needed and was not given."""
