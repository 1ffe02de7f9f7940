"""The web chat's own rooms."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    _rooms()
    _doors()


def _rooms() -> None:
    """Rooms and their history."""
    op.create_table(
        "room",
        *columns("room seq:int"),
        sa.PrimaryKeyConstraint("room", name="pk_room"),
    )
    op.create_table(
        "room_message",
        *columns("room seq:int sender name text at:time client_id reply_to:int? payload recalled:flag"),
        sa.PrimaryKeyConstraint("room", "seq", name="pk_room_message"),
        sa.UniqueConstraint("room", "client_id", name="uq_room_message_room_client_id"),
    )
    op.create_index("ix_room_message_at", "room_message", ["at"])
    op.create_index("ix_room_message_sender", "room_message", ["sender"])


def _doors() -> None:
    """Who may come in."""
    op.create_table(
        "visitor",
        *columns("account name digest at:time"),
        sa.PrimaryKeyConstraint("account", name="pk_visitor"),
        sa.UniqueConstraint("digest", name="uq_visitor_digest"),
    )
    op.create_table(
        "invite",
        *columns("token room"),
        sa.PrimaryKeyConstraint("token", name="pk_invite"),
        sa.UniqueConstraint("room", name="uq_invite_room"),
    )
