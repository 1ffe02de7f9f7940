"""The errors of storage.

StorageError
├── AlreadyOpen      another process owns the database
├── NotThere         there is no database to read
├── NewerSchema      the database was written by a newer program
├── BrokenSchema     a migration left rows without their parents
├── BackupFailed     a copy is not what it should be, or would overwrite something
└── StaleTicket      somebody changed the ticket since it was loaded

``Refused`` is a DomainError: a person sent a file that is not taken, and is told why.
"""

from bot.domain.errors import DomainError


class StorageError(Exception):
    """Something is wrong with the database or a copy of it; the text is one sentence for an operator."""


class AlreadyOpen(StorageError):
    """Another process owns the database: two writers can destroy it (SQLite before 3.51.3)."""


class NotThere(StorageError):
    """There is no database to read, and reading makes none."""


class NewerSchema(StorageError):
    """The database was written by a newer program."""


class BrokenSchema(StorageError):
    """A migration left rows that point to nothing; it was rolled back."""


class BackupFailed(StorageError):
    """A copy could not be made, verified or put in place."""


class StaleTicket(StorageError):
    """Somebody changed the ticket since it was loaded."""


class Refused(DomainError):
    """A file is not taken; the key names the sentence that says why."""
