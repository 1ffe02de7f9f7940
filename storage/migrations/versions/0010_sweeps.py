"""Classes of trouble that were put to an owner, and their tasks."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sweep",
        *columns("ticket_id unit what term at:time members notice"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_sweep"),
        sa.UniqueConstraint("unit", "what", "term", name="uq_sweep_unit_what_term"),
    )
    op.create_table(
        "sweep_task",
        *columns("ticket_id sweep"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_sweep_task"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_sweep_task_ticket_id_ticket"),
    )
    op.create_index("ix_sweep_task_sweep", "sweep_task", ["sweep", "ticket_id"])
