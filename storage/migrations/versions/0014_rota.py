"""Who is away, and whose turn it is."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "org_away",
        *columns("person start_at:time end_at:time standin? reason imported:flag"),
        sa.PrimaryKeyConstraint("person", "start_at", name="pk_org_away"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "org_shift",
        *columns("key position:int unit people hours role turn first last? imported:flag"),
        sa.PrimaryKeyConstraint("key", name="pk_org_shift"),
        sqlite_with_rowid=False,
    )
