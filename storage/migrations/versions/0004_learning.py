"""What triage learns from corrections."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "example",
        *columns("ticket_id root account at:time labels grams:blob offset:blob"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_example"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_example_ticket_id_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_example_root", "example", ["root", "at"])
    op.create_index("ix_example_account", "example", ["account"])
    op.create_table(
        "delta",
        *columns("root number:int at:time state examples:int newest:time scores content:blob"),
        sa.PrimaryKeyConstraint("root", "number", name="pk_delta"),
    )
