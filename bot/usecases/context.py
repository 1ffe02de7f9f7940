"""What a use case has at hand: one transaction, one instant, and the collaborators that the composition root chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.deadline import LimitTable
from bot.domain.hours import OfficeHours
from bot.domain.manners import AS_EVERYWHERE, Manners
from bot.domain.org import Group, Organization, Person, Unit
from bot.domain.rates.scoring import Scoring
from bot.domain.ticket import Ticket
from bot.domain.workcalendar import WorkCalendar
from bot.domain.workingtime import WorkingTime
from bot.messages import id_of, is_private
from bot.ports import IdSource, Learner, Reader, UnitOfWork
from bot.settings import Settings
from bot.triage.commands import CommandWords
from bot.usecases.landmarks import Landmarks
from bot.usecases.memory import Memory
from bot.usecases.outlook import Outlook


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of all use cases, chosen once."""

    settings: Settings
    reader: Reader
    commands: CommandWords
    calendar: WorkCalendar
    limits: LimitTable
    ids: IdSource
    memory: Memory
    scoring: Scoring
    learner: Learner | None = None  # nothing is learnt without
    outlook: Outlook | None = None  # nothing is foreseen without
    landmarks: Landmarks = field(default_factory=Landmarks)
    presets: Mapping[str, LimitTable] = field(default_factory=dict)  # that a group may have instead of ``limits``
    _working_times: dict[tuple[OfficeHours, str], WorkingTime] = field(default_factory=dict, repr=False, compare=False)

    def working_time(self, hours: OfficeHours, timezone: str) -> WorkingTime:
        """The working time of some hours in a zone; kept, because it remembers the days that it has looked up."""
        found = self._working_times.get((hours, timezone))
        if found is None:
            found = self._working_times[hours, timezone] = WorkingTime(self.calendar, hours, ZoneInfo(timezone))
        return found


@dataclass(slots=True)
class Context:
    """One event's surroundings. ``now`` is the instant of the event or timer; nothing else tells the time."""

    uow: UnitOfWork
    now: datetime
    org: Organization
    services: Services
    late: bool = False  # a timer that fires after an outage
    org_changed: bool = False  # the stored organization is newer than ``org``

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.services.settings

    @property
    def memory(self) -> Memory:
        """The linking window and what was heard a moment ago."""
        return self.services.memory

    def unit(self, unit: str) -> Unit:
        """A unit by id; a ticket's unit that the org has lost since is treated as an unnamed grid."""
        return self.org.units.get(unit) or Unit(unit, unit, "grid")

    def working_time(self, unit: str) -> WorkingTime:
        """The working calendar with the unit's office hours and zone."""
        place = self.unit(unit)
        return self.services.working_time(place.hours, place.timezone)

    def group(self, chat: str) -> Group | None:
        """The group of a chat key."""
        return self.org.groups.get(chat)

    def manners(self, chat: str) -> Manners:
        """What was chosen for a chat; a private one is as everywhere."""
        group = self.org.group(chat)
        return group.manners if group else AS_EVERYWHERE

    def budget(self, chat: str) -> int:
        """How many unasked messages an hour a group hears."""
        return self.manners(chat).budget or self.settings.speaking.budget_per_hour

    def quiet_hours(self, chat: str) -> tuple[time, time]:
        """When unasked messages wait, on the clock of the chat."""
        speaking = self.settings.speaking
        usual = time.fromisoformat(speaking.quiet_from), time.fromisoformat(speaking.quiet_until)
        return self.manners(chat).quiet or usual

    def limits(self, ticket: Ticket) -> LimitTable:
        """The limits of its group; what was told privately has those of a group of its unit."""
        group = self.org.group(ticket.chat)
        near = [group] if group else [one for one in self.org.groups.values() if one.unit == ticket.unit]
        name = next((one.manners.preset for one in near if one.manners.preset), "")
        return self.services.presets.get(name, self.services.limits)

    def actor(self, account: str) -> str:
        """Who did it, for the audit log: the person where the account is bound, else the account."""
        person = self.org.person_of(account)
        return person.id if person else account

    def name(self, person: str) -> str:
        """A person's name."""
        found = self.org.people.get(person)
        return found.name if found else person

    def ticket(self, ticket_id: str | None) -> Ticket | None:
        """A ticket by id."""
        return self.uow.tickets.get(ticket_id) if ticket_id else None

    def zone_of(self, chat: str) -> ZoneInfo:
        """The zone of a chat: its group's unit, else the first unit's."""
        group = self.org.group(chat)
        unit = self.org.units.get(group.unit) if group else next(iter(self.org.units.values()), None)
        return unit.zone if unit else ZoneInfo("UTC")

    def name_of(self, account: str) -> str:
        """How an account is called: the person bound to it, else its name in the web chat, else the id there."""
        person = self.org.person_of(account)
        return person.name if person else self.uow.rooms.name_of(id_of(account)) or id_of(account)

    def is_group_ticket(self, ticket: Ticket) -> bool:
        """Whether a ticket may be spoken of in the group it came from."""
        return not ticket.confidential and not is_private(ticket.chat)

    def later(self, **span: float) -> datetime:
        """Now plus a span (hours=…, days=…)."""
        return self.now + timedelta(**span)


def may_act(org: Organization, person: Person, ticket: Ticket) -> bool:
    """Whether a person may do what the ticket's steward may: its assignee, the unit's steward, or who commands the unit.

    A confidential ticket is for its assignee and who commands the unit only, and never for somebody it names.
    """
    if person.id in ticket.named:
        return False
    if person.id == ticket.assignee:
        return True
    if ticket.confidential:
        return org.commands(person.id, ticket.unit)
    return org.stewards(person.id, ticket.unit)


def may_see(org: Organization, person: Person, ticket: Ticket) -> bool:
    """Whether a person may read a ticket in full: who may act on it, and called-in helpers."""
    return may_act(org, person, ticket) or (person.id in ticket.helpers and person.id not in ticket.named)
