"""More tables: what was chosen on the dashboard; all of them outlive an import. See ``storage.tables`` for the rules."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables import CLUSTERED, IntKey, Key, Millis


class OrgMannerRow(SQLModel, table=True):
    """How the bot behaves in a group, where that is otherwise than everywhere."""

    __tablename__ = "org_manner"
    __table_args__ = CLUSTERED
    chat: Key
    name: Key
    value: str


class OrgArticleEditRow(SQLModel, table=True):
    """An article that was written, changed or removed here; it stands for the imported one of the same id and unit."""

    __tablename__ = "org_article_edit"
    id: Key
    unit: Key
    title: str
    keywords: str
    body: str
    removed: bool


class OrgChangeRow(SQLModel, table=True):
    """Who changed what when. Triggers allow no change of a row."""

    __tablename__ = "org_change"
    __table_args__ = (Index("ix_org_change_subject", "unit", "subject", "seq"),)
    seq: IntKey
    at: Millis
    by: str
    unit: str
    subject: str
    what: str
    before: str
    after: str
