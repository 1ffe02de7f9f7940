"""Tickets and what belongs to them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0001"
down_revision = None

NO_DELETE = """
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
ONLY_ERASURE = """
CREATE TRIGGER audit_only_erasure BEFORE UPDATE ON audit
WHEN NOT (
    new.root IS old.root AND new.seq IS old.seq AND new.ticket_id IS old.ticket_id AND new.at IS old.at
    AND new.kind IS old.kind AND new.message IS old.message
    AND new.actor_digest IS old.actor_digest AND new.note_digest IS old.note_digest
    AND new.prev IS old.prev AND new.hash IS old.hash
    AND ((new.actor IS old.actor AND new.actor_salt IS old.actor_salt)
        OR (new.actor IS NULL AND new.actor_salt IS NULL))
    AND ((new.note IS old.note AND new.note_salt IS old.note_salt)
        OR (new.note IS NULL AND new.note_salt IS NULL))
)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""


def upgrade() -> None:
    """Apply."""
    _ticket()
    _around()
    _words()
    _times()
    _outbox()
    _triggers()


def _ticket() -> None:
    """The ticket itself."""
    op.create_table(
        "ticket",
        *columns(
            "id public_id root unit chat reporter created_at:time nature category urgency state title text place "
            "building source year:int number:int? reporter_name confidential:flag reason assignee? followers "
            "helpers acknowledged named supervision:int repeat_of? merged_into? rework_count:int "
            "transfer_count:int return_count:int extension_count:int poll_round:int media:int asked asked_by? "
            "asked_until:time? asked_note provisional:flag due_at:time? original_due_at:time? sign_due_at:time? "
            "contact_due_at:time? registered_at:time? dispatched_at:time? signed_at:time? first_contact_at:time? "
            "done_at:time? polled_at:time? closed_at:time? review_at:time? close_reason? solved:flag? rating:int? "
            "version:int listed alive:int privacy:int audit_seq:int"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("public_id", name="uq_ticket_public_id"),
        sa.UniqueConstraint("root", "number", "year", name="uq_ticket_root_number_year"),
    )
    op.create_index("ix_ticket_asked", "ticket", ["unit", "id"], sqlite_where=sa.text("asked <> ''"))
    op.create_index("ix_ticket_assignee", "ticket", ["assignee", "id", "state"], sqlite_where=sa.text("alive = 1"))
    op.create_index("ix_ticket_chat", "ticket", ["chat", "id"], sqlite_where=sa.text("alive = 1"))
    op.create_index(
        "ix_ticket_closed", "ticket", ["unit", "category", "closed_at"], sqlite_where=sa.text("listed = 'closed'")
    )
    op.create_index(
        "ix_ticket_ended", "ticket", ["privacy", "closed_at"], sqlite_where=sa.text("closed_at IS NOT NULL")
    )
    op.create_index("ix_ticket_near", "ticket", ["unit", "category", "id"], sqlite_where=sa.text("listed = 'open'"))
    op.create_index("ix_ticket_near_any", "ticket", ["unit", "id"], sqlite_where=sa.text("listed = 'open'"))
    op.create_index("ix_ticket_unit", "ticket", ["unit", "state", "id"])


def _around() -> None:
    """What is kept of a ticket's life."""
    op.create_table(
        "participant",
        *columns("account ticket_id role root"),
        sa.PrimaryKeyConstraint("account", "ticket_id", "role", name="pk_participant"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_participant_ticket_id_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number",
        *columns("root year:int last:int"),
        sa.PrimaryKeyConstraint("root", "year", name="pk_number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        *columns(
            "root seq:int ticket_id at:time kind message? actor? note? actor_salt:blob? note_salt:blob? "
            "actor_digest:blob note_digest:blob prev:blob hash:blob"
        ),
        sa.PrimaryKeyConstraint("root", "seq", name="pk_audit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_ticket", "audit", ["ticket_id"])


def _words() -> None:
    """What was said."""
    op.create_table(
        "meta",
        *columns("name value:blob"),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        *columns("digest:blob at:time"),
        sa.PrimaryKeyConstraint("digest", name="pk_inbox"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message",
        *columns("id:int key ticket_id chat account name role text at:time media erased:int"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("key", "ticket_id", name="uq_message_key_ticket_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_message_ticket_id_ticket"),
    )
    op.create_index("ix_message_account", "message", ["account"])
    op.create_index("ix_message_ticket", "message", ["ticket_id", "at"])
    op.create_table(
        "trash",
        *columns("ref"),
        sa.PrimaryKeyConstraint("ref", name="pk_trash"),
        sqlite_with_rowid=False,
    )


def _times() -> None:
    """What is due, what is said, who voted."""
    op.create_table(
        "timer",
        *columns("ticket_id kind due_at:time"),
        sa.PrimaryKeyConstraint("ticket_id", "kind", name="pk_timer"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_timer_ticket_id_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_timer_due", "timer", ["due_at"])
    op.create_table(
        "vote",
        *columns("ticket_id round:int account at:time rating:int? solved:flag from_words:flag"),
        sa.PrimaryKeyConstraint("ticket_id", "round", "account", name="pk_vote"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_vote_ticket_id_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reserve",
        *columns("key at:time strikes:int reason"),
        sa.PrimaryKeyConstraint("key", name="pk_reserve"),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    """What people are told."""
    op.create_table(
        "outbox",
        *columns(
            "id chat kind key created_at:time params mentions ticket_id? number:int? buttons not_before:time "
            "urgent:flag free:flag state attempts:int platform_id? sent_at:time? bundle? counted_at:time?"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_outbox_counted", "outbox", ["chat", "counted_at"], sqlite_where=sa.text("counted_at IS NOT NULL")
    )
    op.create_index("ix_outbox_pending", "outbox", ["not_before", "id"], sqlite_where=sa.text("state = 'pending'"))
    op.create_index(
        "ix_outbox_platform", "outbox", ["chat", "platform_id"], sqlite_where=sa.text("platform_id IS NOT NULL")
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "id"])
    op.create_index("ix_outbox_ticket", "outbox", ["ticket_id", "chat", "id"])


def _triggers() -> None:
    """The audit is append-only; what identifies a person may be taken away, with its salt."""
    op.execute(NO_DELETE)
    op.execute(ONLY_ERASURE)
