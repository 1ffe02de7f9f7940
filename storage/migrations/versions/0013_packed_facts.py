"""The sums behind the owner's pages: one row for all codes of a unit, half day and category."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply. Nothing is taken over: the first hours of the new program count every ticket again."""
    op.drop_table("fact")
    op.create_table(
        "fact",
        *columns("unit slot:int category sums"),
        sa.PrimaryKeyConstraint("unit", "slot", "category", name="pk_fact"),
        sqlite_with_rowid=False,
    )
    op.execute("DELETE FROM fact_ticket")
    op.execute("INSERT OR IGNORE INTO fact_due (ticket_id) SELECT id FROM ticket")
