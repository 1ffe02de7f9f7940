"""The demo town is played: beat by beat through the real engine on a virtual clock, into a database and a folder of photos.

Nothing is written past the engine but what a platform writes itself: who has which account, and the lines of the last days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from adapters.replay.player import Player, SentMessage
from adapters.replay.transcript import Step
from adapters.web.channel import line_of
from bot.app import Ids, build_engine
from bot.demo.days import Days
from bot.demo.months import speakers, timetable
from bot.demo.pictures import picture
from bot.demo.stories import ASSIGNEE, COMMANDER, Beat
from bot.demo.town import CHANNEL, DISTRICT, make_town, town_data
from bot.domain.org import Organization
from bot.domain.states import CALLBACK, CANDIDATE, CLOSED, DISPATCHED, IN_PROGRESS, ON_HOLD, WORKING
from bot.domain.ticket import Ticket
from bot.messages import InboundEvent, InboundMessage, Media, Press, Rate, is_private
from bot.ports import MediaStore, RoomMessage, UnitOfWork
from bot.settings import Settings
from bot.usecases.foresight import set_region
from storage.open import Storage

HISTORY = timedelta(days=7)  # so long the rooms remember what was said in them
TO_OWNERS = frozenset({"digest", "question"})  # what a private room shows of what was said before anybody signed in
COUNTED = 500  # tickets counted into the sums at once
SPOKEN = {"sign": "sign", "progress": "progress", "done": "done", "reworked": "done"}  # said in the group, in words
AS = {"grant": "grant", "deny": "refuse", "stay": "refuse"}  # what a press is called where it is not called as the beat
AT_WORK = frozenset({DISPATCHED, IN_PROGRESS})
ASKING = frozenset(
    {"transfer", "whistle", "return", "rule", "stay", "extend", "hold", "grant", "deny", "raise", "withdraw"}
)
FITTING = {  # in which states somebody would do it
    **dict.fromkeys(ASKING, AT_WORK),
    **dict.fromkeys(("progress", "done", "reworked"), AT_WORK | {ON_HOLD}),
    **dict.fromkeys(("register", "reject"), frozenset({CANDIDATE})),
    **dict.fromkeys(("vote", "rate"), frozenset({CALLBACK, CLOSED})),
    **dict.fromkeys(("not_accept", "urge"), WORKING),
    "sign": frozenset({DISPATCHED}),
    "sour": frozenset({CALLBACK}),
}
ASKED = {"grant": {"held", "extended"}, "deny": {"held", "extended"}, "rule": {"return"}, "stay": {"return"}}


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a town, how long a time, which dice, and when it ends. The same plan gives the same town."""

    groups: int
    days: int
    until: datetime
    seed: int = 1


def play_town(storage: Storage, media: MediaStore, settings: Settings, plan: Plan) -> Organization:
    """Fill a new database with the town; gives back its organization. Takes about a minute for 60 groups and 91 days."""
    org = make_town(plan.groups)
    storage.desk.run(lambda uow: uow.org.replace(org))
    storage.desk.run(lambda uow: set_region(uow, DISTRICT, town_data()["region"]))
    storage.desk.run(lambda uow: _move_in(uow, plan))
    stage = Stage(storage, media, settings, org, plan)
    stage.play(timetable(org, plan.groups, plan.days, plan.until, plan.seed))
    storage.desk.run(lambda uow: _lose_some(uow, org))
    return org


def _move_in(uow: UnitOfWork, plan: Plan) -> None:
    begin = plan.until - timedelta(days=plan.days)
    for account, name, chat in speakers(plan.groups):
        digest = sha256(token_urlsafe(16).encode()).hexdigest()  # nobody can sign in as somebody of the play
        uow.rooms.add_visitor(account, name, digest, begin)
        uow.people.seen(f"{CHANNEL}:{account}", chat, begin)


def _lose_some(uow: UnitOfWork, org: Organization) -> None:
    """Two of the last messages did not arrive for sure: somebody has to decide what becomes of them."""
    chats = {group.key for group in org.groups.values()}
    newest = [ticket for ticket in reversed(uow.tickets.all()) if ticket.chat in chats and not ticket.confidential]
    told = (uow.outbox.newest_about(ticket.id, ticket.chat) for ticket in newest)
    for notice, state in zip(filter(None, told), ("uncertain", "dead"), strict=False):
        notice.state, notice.sent_at, notice.platform_id = state, None, None
        uow.outbox.update(notice)


class Stage:
    """Plays beats. What a beat means is decided when its time has come: by then it is known who answers for the ticket."""

    def __init__(self, storage: Storage, media: MediaStore, settings: Settings, org: Organization, plan: Plan) -> None:
        self._storage, self._media, self._org, self._plan = storage, media, org, plan
        engine = build_engine(settings, org, Ids(plan.seed))
        self._player = Player(engine, storage.desk, self._show)
        self._days = Days(engine, self._player, plan.until - timedelta(days=plan.days), plan.until)
        self._first_line = plan.until - HISTORY

    def play(self, beats: list[Beat]) -> None:
        """Play them all, then let time pass until the end."""
        self._player.play(self._steps(beats), self._plan.until)
        while self._storage.desk.run(lambda uow: uow.facts.catch_up(COUNTED)):
            pass

    def _steps(self, beats: list[Beat]) -> Iterator[Step]:
        for beat in beats:
            self._days.work(beat.at)
            yield Step(beat.at, None)  # what falls due before it happens before it
            event = self._event(beat)
            if event is not None:
                yield Step(beat.at, event, is_message=isinstance(event, InboundMessage))
                self._write_down(event)
        self._days.work(self._plan.until)

    def _event(self, beat: Beat) -> InboundEvent | None:
        if beat.about is None:
            return self._message(beat, beat.who, beat.name)
        ticket = self._ticket(beat)
        if ticket is None or not _fits(beat, ticket):
            return None
        person = self._person(beat, ticket)
        if beat.who in {ASSIGNEE, COMMANDER} and person is None:
            return None
        if beat.do == "rate":
            return Rate(CHANNEL, beat.chat, beat.who, beat.id, beat.at, beat.rating, ticket.id, name=beat.name)
        if person is not None and (beat.do not in SPOKEN or is_private(ticket.chat)):
            return self._press(beat, ticket, person)
        return self._message(beat, person or beat.who, self._org.people[person].name if person else beat.name)

    def _ticket(self, beat: Beat) -> Ticket | None:
        """The ticket that the message a beat is about has led to."""
        key = f"{CHANNEL}:{beat.chat}:{beat.about}"

        def find(uow: UnitOfWork) -> Ticket | None:
            ids = uow.words.ticket_ids(key)
            return uow.tickets.get(ids[0]) if ids else None

        return self._storage.desk.run(find)

    def _person(self, beat: Beat, ticket: Ticket) -> str | None:
        if beat.who == ASSIGNEE:
            return ticket.assignee
        if beat.who != COMMANDER:
            return None
        duties = (duty for duty in self._org.duties_over(ticket.unit) if duty.role in {"owner", "supervisor"})
        return next((duty.person for duty in duties if duty.person != ticket.asked_by), None)

    def _press(self, beat: Beat, ticket: Ticket, person: str) -> Press:
        text = beat.text
        if beat.do in {"transfer", "rule", "whistle"}:
            text = f"@{self._org.people[self._other(ticket, person)].name}"
        action = SPOKEN.get(beat.do) or AS.get(beat.do, beat.do)
        return Press(CHANNEL, f"dm:{person}", person, beat.id, beat.at, action, ticket.id, text=text)

    def _other(self, ticket: Ticket, person: str) -> str:
        """Somebody else who may be given the ticket: first who handles such things, else whoever serves there."""
        duties = sorted(self._org.duties_over(ticket.unit), key=lambda duty: ticket.category not in duty.categories)
        others = [duty.person for duty in duties if duty.person not in {person, ticket.assignee, ticket.asked_by}]
        return others[0] if others else person

    def _message(self, beat: Beat, sender: str, name: str) -> InboundMessage:
        photos = () if beat.picture is None else (self._photo(beat, *beat.picture),)
        return InboundMessage(
            CHANNEL, beat.chat, sender, beat.id, beat.at, beat.text, name, private=beat.chat.startswith("dm:"),
            reply_to=beat.about, media=photos,
        )  # fmt: skip

    def _photo(self, beat: Beat, scene: str, mended: bool) -> Media:
        return self._media.put(picture(scene, mended, beat.about or beat.id), f"{beat.id}.jpg")

    # ------------------------------------------------------------ the rooms' own lines

    def _write_down(self, event: InboundEvent) -> None:
        """What people said of late stands in the room, as if they had typed it there."""
        if not isinstance(event, InboundMessage) or event.private or event.at < self._first_line:
            return
        payload: dict[str, object] = {"kind": "say", "media": [photo.ref for photo in event.media], "mentions": []}
        line = RoomMessage(0, event.chat_key, event.sender, event.name, event.text, event.at, event.id, None, payload)
        self._storage.desk.run(lambda uow: uow.rooms.post(line))

    def _show(self, sent: SentMessage) -> None:
        """What the bot said of late, too; called inside of the transaction that sends it."""
        chat = sent.message.chat
        if sent.at >= self._first_line and (sent.message.kind in TO_OWNERS or not is_private(chat)):
            self._storage.uow.rooms.post(line_of(sent.message, sent.at))


def _fits(beat: Beat, ticket: Ticket) -> bool:
    """Whether somebody would still do this, as the ticket stands by now."""
    if ticket.state not in FITTING[beat.do]:
        return False
    return beat.do not in ASKED or ticket.asked in ASKED[beat.do]
