"""Which digests have been said."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "digest",
        *columns("of kind day at:time"),
        sa.PrimaryKeyConstraint("of", "kind", "day", name="pk_digest"),
        sqlite_with_rowid=False,
    )
