"""How it stands with the platforms, and what their adapters keep."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "connection",
        *columns("channel state since:time reason"),
        sa.PrimaryKeyConstraint("channel", name="pk_connection"),
    )
    op.create_table(
        "note",
        *columns("channel name value at:time"),
        sa.PrimaryKeyConstraint("channel", "name", name="pk_note"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_note_at", "note", ["at"])
