"""The sums behind the owner's pages."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply. The tickets that there are fall due: the first hours of the new program count them."""
    op.create_table(
        "fact",
        *columns("unit slot:int category code part:int whole:int excluded:int"),
        sa.PrimaryKeyConstraint("unit", "slot", "category", "code", name="pk_fact"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fact_ticket",
        *columns("ticket_id units category given"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_fact_ticket"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_fact_ticket_ticket_id_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fact_due",
        *columns("ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_fact_due"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO fact_due (ticket_id) SELECT id FROM ticket")
