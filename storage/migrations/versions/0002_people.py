"""Accounts and the organization."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    _accounts()
    _organization()
    _choices()


def _accounts() -> None:
    """Accounts."""
    op.create_table(
        "member",
        *columns("account chat seen_at:time gone:int"),
        sa.PrimaryKeyConstraint("account", "chat", name="pk_member"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_member_seen", "member", ["account", "seen_at"])
    op.create_table(
        "account_flag",
        *columns("account flag value"),
        sa.PrimaryKeyConstraint("account", "flag", name="pk_account_flag"),
        sqlite_with_rowid=False,
    )


def _organization() -> None:
    """The organization, as imported."""
    op.create_table(
        "org_unit",
        *columns("id position:int name level parent? households:int? aliases hours timezone"),
        sa.PrimaryKeyConstraint("id", name="pk_org_unit"),
    )
    op.create_table(
        "org_person",
        *columns("id position:int name phone? accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_org_person"),
    )
    op.create_table(
        "org_duty",
        *columns("position:int person unit role categories available?"),
        sa.PrimaryKeyConstraint("position", name="pk_org_duty"),
    )
    op.create_index("ix_org_duty_person", "org_duty", ["person"])
    op.create_table(
        "org_group",
        *columns("key position:int channel chat unit kind listen title"),
        sa.PrimaryKeyConstraint("key", name="pk_org_group"),
    )
    op.create_table(
        "org_article",
        *columns("id position:int title unit keywords body"),
        sa.PrimaryKeyConstraint("id", name="pk_org_article"),
    )


def _choices() -> None:
    """What outlives an import."""
    op.create_table(
        "org_account",
        *columns("account person at:time"),
        sa.PrimaryKeyConstraint("account", name="pk_org_account"),
    )
    op.create_table(
        "org_listen",
        *columns("chat listen"),
        sa.PrimaryKeyConstraint("chat", name="pk_org_listen"),
    )
    op.create_table(
        "org_code",
        *columns("digest person expires_at:time used_at:time? used_by?"),
        sa.PrimaryKeyConstraint("digest", name="pk_org_code"),
    )
