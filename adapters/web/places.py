"""Rooms as pages name them: the chat id of a group, or ``dm`` for the reader's own private chat with the bot."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.org import Group, Organization
from bot.messages import id_of, key_of, private_chat
from bot.ports import UnitOfWork
from bot.usecases.overview import belongs

CHANNEL = "web"
DM = "dm"  # of a page's address; no group may be called so


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with an account of the web channel; ``account`` is the id there."""

    account: str
    name: str

    @property
    def key(self) -> str:
        """The account key."""
        return key_of(CHANNEL, self.account)


@dataclass(frozen=True, slots=True)
class Place:
    """A room as one visitor stands in it: its page's name, chat key, unit and zone."""

    slug: str
    key: str
    title: str
    unit: str
    zone: ZoneInfo
    private: bool = False

    @property
    def chat(self) -> str:
        """The chat id within the channel."""
        return id_of(self.key)


def group_at(org: Organization, slug: str) -> Group | None:
    """The group of the web channel behind a page's name."""
    return None if slug == DM else org.group(key_of(CHANNEL, slug))


def place_of_group(org: Organization, group: Group) -> Place:
    """A group as a room."""
    unit = org.units.get(group.unit)
    title = group.title or (unit.name if unit else group.chat)
    return Place(group.chat, group.key, title, group.unit, unit.zone if unit else ZoneInfo("UTC"))


def place_of(uow: UnitOfWork, org: Organization, visitor: Visitor, slug: str) -> Place | None:
    """The room behind a page's name; None where there is none, or none for this visitor."""
    if slug == DM:
        unit = next(iter(org.units.values()), None)
        zone = unit.zone if unit else ZoneInfo("UTC")
        return Place(DM, private_chat(visitor.key), "", "", zone, private=True)
    group = group_at(org, slug)
    if group is None or not uow.people.is_member(visitor.key, group.key):
        return None
    return place_of_group(org, group)


def may_walk_in(org: Organization, visitor: Visitor, group: Group) -> bool:
    """Whether somebody may enter without an invitation: whose duties reach the group."""
    person = org.person_of(visitor.key)
    return person is not None and belongs(org, person, group)


def hosts(org: Organization, visitor: Visitor, group: Group) -> bool:
    """Whether somebody may invite: owners and stewards of the group's unit."""
    person = org.person_of(visitor.key)
    return person is not None and org.stewards(person.id, group.unit)


def shown_name(org: Organization, account: str, name: str) -> str:
    """Duty-holders appear under their own names, everybody else under the chosen one."""
    person = org.person_of(key_of(CHANNEL, account))
    return person.name if person else name


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The time on the wall there."""
    return at.astimezone(zone)
