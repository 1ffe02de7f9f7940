"""What alembic runs to bring a database up to date: one transaction for all revisions, on the connection it is given."""

from alembic import context
from sqlalchemy import Connection


def run(connection: Connection) -> None:
    """Apply the revisions; the caller owns the transaction."""
    context.configure(connection=connection, transaction_per_migration=False, transactional_ddl=False)
    context.run_migrations()


run(context.config.attributes["connection"])
