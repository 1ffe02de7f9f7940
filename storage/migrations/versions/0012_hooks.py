"""Webhooks."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hook",
        *columns(
            "id unit url secret by at:time kinds state failures:int last last_at:time? old_secret old_until:time?"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hook"),
        sqlite_with_rowid=False,
    )
