"""The tables: SQLModel classes, no behaviour.

They are the one place that names columns: statements are compiled from them, migrations are held equal to them by a test.
Times are epoch milliseconds UTC, lists are JSON text; ``storage.mapping`` converts both. No ORM session uses these classes.
"""

# No `from __future__ import annotations` here: SQLModel reads the annotations when a class is made.
from typing import Annotated

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

# Constraints get names, so that a later migration can find them; has to stand before the first table.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[str, Field(primary_key=True)]
IntKey = Annotated[int, Field(primary_key=True)]
BlobKey = Annotated[bytes, Field(primary_key=True)]
TicketKey = Annotated[str, Field(primary_key=True, foreign_key="ticket.id")]
TicketLink = Annotated[str, Field(foreign_key="ticket.id")]
Millis = Annotated[int, Field(sa_type=BigInteger)]
MillisKey = Annotated[int, Field(primary_key=True, sa_type=BigInteger)]
MaybeMillis = Annotated[int | None, Field(sa_type=BigInteger)]
CLUSTERED = {"sqlite_with_rowid": False}  # small rows that are looked up by key: one B-tree instead of two


class MetaRow(SQLModel, table=True):
    """What the database knows of itself, such as the key of its hashes."""

    __tablename__ = "meta"
    __table_args__ = CLUSTERED
    name: Key
    value: bytes


class InboxRow(SQLModel, table=True):
    """A message seen before, as a keyed hash."""

    __tablename__ = "inbox"
    __table_args__ = CLUSTERED
    digest: BlobKey
    at: Millis


class TicketRow(SQLModel, table=True):
    """A ticket. The first columns are the domain's fields in their order; the last ones are storage's own.

    ``listed`` is ``open`` or ``closed`` where triage may find the ticket (not confidential), else empty. ``alive`` is 1 for
    open tickets and candidates. ``privacy`` has a bit for what was taken away: 1 media, 2 names by age, 4 words on request.
    ``audit_seq`` is the ticket's newest row in the audit, so that a cut-off tail shows.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("public_id"),
        UniqueConstraint("root", "number", "year"),
        Index("ix_ticket_near", "unit", "category", "id", sqlite_where=text("listed = 'open'")),
        Index("ix_ticket_near_any", "unit", "id", sqlite_where=text("listed = 'open'")),
        Index("ix_ticket_closed", "unit", "category", "closed_at", sqlite_where=text("listed = 'closed'")),
        Index("ix_ticket_chat", "chat", "id", sqlite_where=text("alive = 1")),
        Index("ix_ticket_assignee", "assignee", "id", "state", sqlite_where=text("alive = 1")),
        Index("ix_ticket_asked", "unit", "id", sqlite_where=text("asked <> ''")),
        Index("ix_ticket_unit", "unit", "state", "id"),
        Index("ix_ticket_listing", "unit", "created_at", "id", "nature", sqlite_where=text("confidential = 0")),
        Index(
            "ix_ticket_listing_category", "unit", "category", "created_at", "id", "nature",
            sqlite_where=text("confidential = 0"),
        ),
        Index(
            "ix_ticket_listing_open", "unit", "created_at", "id", "state", "due_at", "category", "nature",
            sqlite_where=text("alive = 1 AND confidential = 0"),
        ),
        Index(
            "ix_ticket_listing_steward", "assignee", "created_at", "id", "unit", "category", "nature",
            sqlite_where=text("confidential = 0"),
        ),
        Index("ix_ticket_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
        Index("ix_ticket_ended", "privacy", "closed_at", sqlite_where=text("closed_at IS NOT NULL")),
    )  # fmt: skip
    id: Key
    public_id: str
    root: str
    unit: str
    chat: str
    reporter: str
    created_at: Millis
    nature: str
    category: str
    urgency: str
    state: str
    title: str
    text: str
    place: str
    building: str
    source: str
    year: int
    number: int | None
    reporter_name: str
    confidential: bool
    reason: str
    assignee: str | None
    followers: str
    helpers: str
    acknowledged: str
    named: str
    supervision: int
    repeat_of: str | None
    merged_into: str | None
    rework_count: int
    transfer_count: int
    return_count: int
    extension_count: int
    poll_round: int
    media: int
    asked: str
    asked_by: str | None
    asked_until: MaybeMillis
    asked_note: str
    provisional: bool
    due_at: MaybeMillis
    original_due_at: MaybeMillis
    sign_due_at: MaybeMillis
    contact_due_at: MaybeMillis
    registered_at: MaybeMillis
    dispatched_at: MaybeMillis
    signed_at: MaybeMillis
    first_contact_at: MaybeMillis
    done_at: MaybeMillis
    polled_at: MaybeMillis
    closed_at: MaybeMillis
    review_at: MaybeMillis
    close_reason: str | None
    solved: bool | None
    rating: int | None
    version: int
    listed: str
    alive: int
    privacy: int
    audit_seq: int


class ParticipantRow(SQLModel, table=True):
    """Who has to do with a ticket, to find tickets by: accounts that reported or follow, persons called in to help."""

    __tablename__ = "participant"
    __table_args__ = CLUSTERED
    account: Key
    ticket_id: TicketKey
    role: Key
    root: str


class NumberRow(SQLModel, table=True):
    """The last number given in a root unit and year."""

    __tablename__ = "number"
    __table_args__ = CLUSTERED
    root: Key
    year: IntKey
    last: int


class AuditRow(SQLModel, table=True):
    """One event. Triggers allow nothing but new rows and the erasure of ``actor`` and ``note`` with their salts."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_ticket", "ticket_id"), CLUSTERED)
    root: Key
    seq: IntKey
    ticket_id: str
    at: Millis
    kind: str
    message: str | None
    actor: str | None
    note: str | None
    actor_salt: bytes | None
    note_salt: bytes | None
    actor_digest: bytes
    note_digest: bytes
    prev: bytes
    hash: bytes


class MessageRow(SQLModel, table=True):
    """The words of a message that concerns a ticket; a message with two matters has two rows."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("key", "ticket_id"),
        Index("ix_message_ticket", "ticket_id", "at"),
        Index("ix_message_account", "account"),
    )
    id: Annotated[int | None, Field(primary_key=True)] = None
    key: str
    ticket_id: TicketLink
    chat: str
    account: str
    name: str
    role: str
    text: str
    at: Millis
    media: str
    erased: int


class TrashRow(SQLModel, table=True):
    """A stored file that nothing names any more; removed from the disk after the commit."""

    __tablename__ = "trash"
    __table_args__ = CLUSTERED
    ref: Key


class TimerRow(SQLModel, table=True):
    """Something due for a ticket."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_due", "due_at"), CLUSTERED)
    ticket_id: TicketKey
    kind: Key
    due_at: Millis


class OutboxRow(SQLModel, table=True):
    """A notice and what became of it. ``not_before`` is 0 for at once; ``counted_at`` is set where the budget counts it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_pending", "not_before", "id", sqlite_where=text("state = 'pending'")),
        Index("ix_outbox_state", "state", "id"),
        Index("ix_outbox_ticket", "ticket_id", "chat", "id"),
        Index("ix_outbox_platform", "chat", "platform_id", sqlite_where=text("platform_id IS NOT NULL")),
        Index("ix_outbox_counted", "chat", "counted_at", sqlite_where=text("counted_at IS NOT NULL")),
        CLUSTERED,
    )
    id: Key
    chat: str
    kind: str
    key: str
    created_at: Millis
    params: str
    mentions: str
    ticket_id: str | None
    number: int | None
    buttons: str
    not_before: Millis
    urgent: bool
    free: bool
    state: str
    attempts: int
    platform_id: str | None
    sent_at: MaybeMillis
    bundle: str | None
    counted_at: MaybeMillis


class VoteRow(SQLModel, table=True):
    """A person's vote of a round."""

    __tablename__ = "vote"
    __table_args__ = CLUSTERED
    ticket_id: TicketKey
    round: IntKey
    account: Key
    at: Millis
    rating: int | None
    solved: bool
    from_words: bool


class ReserveRow(SQLModel, table=True):
    """A message set aside because handling it failed."""

    __tablename__ = "reserve"
    __table_args__ = CLUSTERED
    key: Key
    at: Millis
    strikes: int
    reason: str
