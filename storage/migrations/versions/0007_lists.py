"""Indexes under the three lists: a unit's tickets by when they were told, those of a steward, and what was merged into one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SHOWN = "confidential = 0"
INDEXES = {
    "ix_ticket_listing": ("unit created_at id nature", SHOWN),
    "ix_ticket_listing_category": ("unit category created_at id nature", SHOWN),
    "ix_ticket_listing_open": ("unit created_at id state due_at category nature", f"alive = 1 AND {SHOWN}"),
    "ix_ticket_listing_steward": ("assignee created_at id unit category nature", SHOWN),
    "ix_ticket_merged": ("merged_into", "merged_into IS NOT NULL"),
}


def upgrade() -> None:
    """Apply."""
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "ticket", columns.split(), sqlite_where=sa.text(where))
