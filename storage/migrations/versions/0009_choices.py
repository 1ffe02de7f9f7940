"""What was chosen on the dashboard."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0009"
down_revision = "0008"

KEPT = """
CREATE TRIGGER org_change_no_{event} BEFORE {EVENT} ON org_change
BEGIN SELECT RAISE(ABORT, 'what was changed is append-only'); END
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "org_manner",
        *columns("chat name value"),
        sa.PrimaryKeyConstraint("chat", "name", name="pk_org_manner"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "org_article_edit",
        *columns("id unit title keywords body removed:flag"),
        sa.PrimaryKeyConstraint("id", "unit", name="pk_org_article_edit"),
    )
    op.create_table(
        "org_change",
        *columns("seq:int at:time by unit subject what before after"),
        sa.PrimaryKeyConstraint("seq", name="pk_org_change"),
    )
    op.create_index("ix_org_change_subject", "org_change", ["unit", "subject", "seq"])
    for event in ("update", "delete"):
        op.execute(KEPT.format(event=event, EVENT=event.upper()))
