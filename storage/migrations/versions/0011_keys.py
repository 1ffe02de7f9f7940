"""Keys of the HTTP API, and what was answered to requests that may come twice."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "api_key",
        *columns("id digest person unit scope label made_at:time made_by used_on? revoked_at:time?"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )
    op.create_table(
        "api_answer",
        *columns("key_id token digest status:int body at:time"),
        sa.PrimaryKeyConstraint("key_id", "token", name="pk_api_answer"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"])
