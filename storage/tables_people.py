"""More tables: accounts, the organization, and the web chat's own rooms. See ``storage.tables`` for the rules."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from storage.tables import CLUSTERED, IntKey, Key, MaybeMillis, Millis


class MemberRow(SQLModel, table=True):
    """An account that was seen in a chat. ``gone`` is 1 after it left."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_seen", "account", "seen_at"), CLUSTERED)
    account: Key
    chat: Key
    seen_at: Millis
    gone: int


class AccountFlagRow(SQLModel, table=True):
    """A wish of an account, or a state between bot and account."""

    __tablename__ = "account_flag"
    __table_args__ = CLUSTERED
    account: Key
    flag: Key
    value: str


class OrgUnitRow(SQLModel, table=True):
    """A unit. ``position`` keeps the order of the file in all tables of the organization."""

    __tablename__ = "org_unit"
    id: Key
    position: int
    name: str
    level: str
    parent: str | None
    households: int | None
    aliases: str
    hours: str
    timezone: str


class OrgPersonRow(SQLModel, table=True):
    """A person with the accounts that the file names."""

    __tablename__ = "org_person"
    id: Key
    position: int
    name: str
    phone: str | None
    accounts: str


class OrgDutyRow(SQLModel, table=True):
    """A duty. No key of its own: the same line may stand twice in a file."""

    __tablename__ = "org_duty"
    __table_args__ = (Index("ix_org_duty_person", "person"),)
    position: IntKey
    person: str
    unit: str
    role: str
    categories: str
    available: str | None


class OrgGroupRow(SQLModel, table=True):
    """A chat that the bot sits in, as the file has it."""

    __tablename__ = "org_group"
    key: Key
    position: int
    channel: str
    chat: str
    unit: str
    kind: str
    listen: str
    title: str


class OrgArticleRow(SQLModel, table=True):
    """A knowledge-base article."""

    __tablename__ = "org_article"
    id: Key
    position: int
    title: str
    unit: str
    keywords: str
    body: str


class OrgAccountRow(SQLModel, table=True):
    """An account bound to a person by a one-time code; outlives an import."""

    __tablename__ = "org_account"
    account: Key
    person: str
    at: Millis


class OrgListenRow(SQLModel, table=True):
    """How a group's owner chose to be listened to; outlives an import."""

    __tablename__ = "org_listen"
    chat: Key
    listen: str


class OrgCodeRow(SQLModel, table=True):
    """A one-time code, as a digest."""

    __tablename__ = "org_code"
    digest: Key
    person: str
    expires_at: Millis
    used_at: MaybeMillis
    used_by: str | None


class RoomRow(SQLModel, table=True):
    """The last seq of a room: it goes on growing after the history was purged."""

    __tablename__ = "room"
    room: Key
    seq: int


class RoomMessageRow(SQLModel, table=True):
    """A line of a room's own history."""

    __tablename__ = "room_message"
    __table_args__ = (
        UniqueConstraint("room", "client_id"),
        Index("ix_room_message_at", "at"),
        Index("ix_room_message_sender", "sender"),
    )
    room: Key
    seq: IntKey
    sender: str
    name: str
    text: str
    at: Millis
    client_id: str
    reply_to: int | None
    payload: str
    recalled: bool


class VisitorRow(SQLModel, table=True):
    """An account of the web chat with the digest of its cookie token."""

    __tablename__ = "visitor"
    __table_args__ = (UniqueConstraint("digest"),)
    account: Key
    name: str
    digest: str
    at: Millis


class InviteRow(SQLModel, table=True):
    """The token by which a room is entered."""

    __tablename__ = "invite"
    __table_args__ = (UniqueConstraint("room"),)
    token: Key
    room: str
