"""One transaction over everything that the core remembers: the repositories on one cursor."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot import ports
from storage.audit import Audit
from storage.choices import Choices
from storage.connections import Connections
from storage.digests import Digests
from storage.erasure import Erasure
from storage.facts import Facts
from storage.hooks import Hooks
from storage.inbox import Inbox, Meta, Reserve
from storage.keys import Keys
from storage.learning import Learning
from storage.lists import Lists
from storage.load import Loads
from storage.org import OrgStore
from storage.outbox import Outbox
from storage.people import People
from storage.repository import Burst, Pen
from storage.rooms import Rooms
from storage.rota import Rota
from storage.sweeps import Sweeps
from storage.tickets import Tickets
from storage.timers import Polls, Timers
from storage.words import Trash, Words


class SqliteUnitOfWork:
    """Made once for a connection and used for one transaction after another; the desk begins and commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        pen = self._pen = Pen(connection)
        meta = self.meta = Meta(pen)
        audit = self._audit = Audit(pen)
        outbox = Outbox(pen)
        self.erasure = Erasure(pen, audit, outbox, meta.secret("pseudonyms"))
        self.trash = Trash(pen)
        # Declared as ports, so that this is a ports.UnitOfWork to whoever asks for one.
        self.inbox: ports.Inbox = Inbox(pen, meta.secret("inbox"))
        self.audit: ports.Audit = audit
        self.tickets: ports.Tickets = Tickets(pen, audit)
        self.words: ports.Words = Words(pen, self.erasure)
        self.timers: ports.Timers = Timers(pen)
        self.outbox: ports.Outbox = outbox
        self.polls: ports.Polls = Polls(pen)
        self.people: ports.People = People(pen)
        self.org: ports.OrgStore = OrgStore(pen)
        self.reserve: ports.Reserve = Reserve(pen)
        self.rooms: ports.Rooms = Rooms(pen)
        self.learning: ports.Learning = Learning(pen, meta.secret("learning"))
        self.connections: ports.Connections = Connections(pen)
        self.facts: ports.Facts = Facts(pen)
        self.lists: ports.Lists = Lists(pen)
        self.digests: ports.Digests = Digests(pen)
        self.choices: ports.Choices = Choices(pen)
        self.loads: ports.Loads = Loads(pen)
        self.rota: ports.Rota = Rota(pen)
        self.sweeps: ports.Sweeps = Sweeps(pen)
        self.hooks: ports.Hooks = Hooks(pen)
        self.keys: ports.Keys = Keys(pen)

    def begin(self) -> None:
        """Begin a writing transaction at once: a reading one that writes later can fail halfway."""
        self._pen.cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it durable."""
        self._pen.cursor.execute("COMMIT")

    def rollback(self) -> None:
        """Take everything back, and forget what was remembered of it."""
        self._audit.forget()
        self._pen.waiting = False
        self._pen.last_seen.clear()
        self._pen.due.clear()
        if self.connection.in_transaction:
            self._pen.cursor.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator["SqliteUnitOfWork"]:
        """A transaction of its own, for tools and tests; the bot goes through the desk."""
        self.begin()
        try:
            yield self
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def stirred(self) -> bool:
        """Whether a timer or a notice was written since this was last asked; also where that was taken back."""
        stirred, self._pen.stirred = self._pen.stirred, False
        return stirred

    @contextmanager
    def together(self) -> Iterator[None]:
        """Much of the same follows: what is written inside is gathered and written statement by statement."""
        burst = self._pen.burst = Burst()
        try:
            yield
            self._pen.write_out(burst)
        finally:
            self._pen.burst = None

    def mark(self) -> None:
        """A job begins, one of several in this transaction."""
        self._pen.mark()

    def keep(self) -> None:
        """The job is done."""
        self._pen.keep()

    def undo(self) -> None:
        """The job failed: take back what it did, and only that."""
        self._audit.forget()
        self._pen.undo()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What raises inside is taken back alone; not for use inside another one."""
        self.mark()
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.undo()
            raise
        self.keep()
