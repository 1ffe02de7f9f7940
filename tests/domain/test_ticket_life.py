"""A ticket's life through the real engine, against a small model: whatever people do in whatever order, both agree."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.messages import InboundEvent, is_private
from tests.fakes import CLEAR, TownBot, town_bot

RESIDENTS = ["zhang", "li", "he", "sun"]
STAFF = ["zhou", "wu", "chen", "gao", "liu"]
MAY_ACT = {"zhou", "chen", "gao"}  # on tickets of 学苑, for all to see
MAY_SEE_SECRETS = {"chen", "gao"}
SECRET = "我要举报，学苑小区物业经理收了装修队的好处费"
VOTES_OPEN = timedelta(days=3)
SILENCE = timedelta(hours=72)
Number = st.integers(0, 20)


@dataclass
class Model:
    """What a ticket should be."""

    reporter: str
    secret: bool
    state: str = "dispatched"
    assignee: str = "zhou"
    followers: list[str] = field(default_factory=list)
    reworks: int = 0
    round: int = 0
    votes: dict[str, tuple[int, bool]] = field(default_factory=dict)  # of the round
    polled: datetime | None = None
    closed: datetime | None = None
    reason: str | None = None

    @property
    def voices(self) -> list[str]:
        return [self.reporter, *self.followers]

    @property
    def is_working(self) -> bool:
        return self.state in {"dispatched", "in_progress"}

    def may_act(self, who: str) -> bool:
        """Whether somebody has the right."""
        return who in (MAY_SEE_SECRETS if self.secret else MAY_ACT) or who == self.assignee

    def done(self, now: datetime) -> None:
        """It is finished, and a round of votes begins."""
        self.state, self.polled, self.votes = "callback", now, {}
        self.round += 1

    def vote(self, who: str, rating: int, solved: bool | None, now: datetime) -> None:
        """Somebody votes; what follows is written down here a second time, on purpose."""
        late = self.state == "closed" and self.closed is not None and now - self.closed <= VOTES_OPEN
        if who not in self.voices or self.round == 0 or not (self.state == "callback" or late):
            return
        self.votes[who] = (rating, rating >= 3 if solved is None else solved)
        against = [one for one, (_, good) in self.votes.items() if not good]
        mine = self.votes.get(self.reporter)
        if self.reporter in against or (mine and mine[0] < 3) or (against and 3 * len(against) >= len(self.votes)):
            self.state, self.closed, self.reason = "in_progress", None, None
            self.reworks += 1
        elif mine and self.state == "callback":
            self.close("resolved", now)

    def close(self, reason: str, now: datetime) -> None:
        """It ends."""
        self.state, self.reason, self.closed = "closed", reason, now

    def silence(self, now: datetime) -> None:
        """Time has passed."""
        if self.state == "callback" and self.polled is not None and now >= self.polled + SILENCE:
            self.close("resolved" if self.votes else "no_contact", self.polled + SILENCE)


class Life(RuleBasedStateMachine):
    """People of 学苑 do what they like."""

    @initialize()
    def begin(self) -> None:
        """A new town."""
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="gridsteward-life-"))
        self.bot: TownBot = self.stack.enter_context(town_bot(Path(folder) / "bot.db"))
        self.models: list[Model] = []
        self.unused = list(CLEAR.values())
        self.events: list[InboundEvent] = []
        self._remember_events()

    def teardown(self) -> None:
        """The town is closed."""
        if hasattr(self, "stack"):
            self.stack.close()

    def _remember_events(self) -> None:
        do = self.bot.do

        def remembering(event: InboundEvent) -> Any:
            self.events.append(event)
            return do(event)

        self.bot.do = remembering  # type: ignore[method-assign]

    @property
    def now(self) -> datetime:
        return self.bot.clock.now()

    def pick(self, number: int) -> tuple[int, Model]:
        """A ticket: its number and its model."""
        index = number % len(self.models)
        return index + 1, self.models[index]

    def have(self) -> bool:
        """Whether there is any ticket."""
        return bool(getattr(self, "models", None))

    # ------------------------------------------------------------ what happens

    @precondition(lambda self: bool(getattr(self, "unused", None)))
    @rule(who=st.sampled_from(RESIDENTS))
    def report(self, who: str) -> None:
        """A trouble nobody has told before."""
        self.bot.clock.advance(minutes=20)  # out of everybody's linking window
        self.bot.wait(seconds=0)
        self._time_has_passed()
        self.bot.say(who, self.unused.pop(0))
        self.models.append(Model(who, secret=False))

    @precondition(lambda self: len(getattr(self, "models", "")) < 8)
    @rule(who=st.sampled_from(RESIDENTS))
    def report_privately(self, who: str) -> None:
        """Something that others must not know."""
        self.wait(0.5)
        self.bot.say(who, "早上好")  # the bot learns which group he belongs to
        self.bot.say(who, SECRET, private=True)
        self.models.append(Model(who, secret=True, assignee="chen"))

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(STAFF + RESIDENTS))
    def sign(self, number: int, who: str) -> None:
        """Somebody says that he has it, with a name that looks like a steward's."""
        told, model = self.pick(number)
        self.bot.say(who, f"{told}号件 收到", private=model.secret, name="周敏")
        if model.state == "dispatched" and model.may_act(who):
            model.state, model.assignee = "in_progress", who

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(STAFF + RESIDENTS))
    def press_sign(self, number: int, who: str) -> None:
        """The same by button."""
        told, model = self.pick(number)
        self.bot.press(who, "sign", told)
        if model.state == "dispatched" and model.may_act(who):
            model.state, model.assignee = "in_progress", who

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(STAFF + RESIDENTS))
    def press_done(self, number: int, who: str) -> None:
        """Somebody says that it is done."""
        told, model = self.pick(number)
        self.bot.press(who, "done", told, "都弄好了")
        if model.is_working and model.may_act(who):
            model.assignee = who if model.state == "dispatched" else model.assignee
            model.done(self.now)

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(["zhou", "chen"]), to=st.sampled_from(["zhou", "chen", "gao"]))
    def transfer(self, number: int, who: str, to: str) -> None:
        """It is handed on, in the group."""
        told, model = self.pick(number)
        if model.secret:
            return
        self.bot.say(who, f"{told}号件 转派 @{to}", mentions=(to,))
        if model.is_working:
            model.state, model.assignee = "dispatched", to

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(RESIDENTS))
    def urge(self, number: int, who: str) -> None:
        """Who urges follows. While the votes are open that is a matter of reading, not of commands."""
        told, model = self.pick(number)
        if model.secret or model.state == "callback":
            return
        self.bot.say(who, f"{told}号件 催一下")
        if model.is_working and who not in model.voices:
            model.followers.append(who)

    @precondition(have)
    @rule(
        number=Number,
        who=st.sampled_from(RESIDENTS + STAFF),
        rating=st.integers(-1, 7),
        solved=st.none() | st.booleans(),
    )
    def rate(self, number: int, who: str, rating: int, solved: bool | None) -> None:
        """Somebody votes, or tries to."""
        told, model = self.pick(number)
        self.bot.rate(who, told, rating, solved)
        if 1 <= rating <= 5:
            model.vote(who, rating, solved, self.now)

    @precondition(have)
    @rule(number=Number, who=st.sampled_from(RESIDENTS))
    def withdraw(self, number: int, who: str) -> None:
        """Somebody who has to do with it takes it back: with followers the next one becomes the reporter."""
        told, model = self.pick(number)
        if who not in model.voices:
            return
        self.bot.say(who, f"{told}号件 撤回", private=model.secret)
        if who != model.reporter or not (model.is_working or model.state == "callback"):
            return
        if model.followers:
            model.reporter = model.followers.pop(0)
        else:
            model.state, model.reason = "withdrawn", "withdrawn"

    @rule(hours=st.sampled_from([0.5, 3.0, 25.0, 73.0, 170.0]))
    def wait(self, hours: float) -> None:
        """Time passes."""
        self.bot.wait(hours=hours)
        self._time_has_passed()

    def _time_has_passed(self) -> None:
        for model in self.models:
            model.silence(self.now)

    @precondition(lambda self: bool(getattr(self, "events", None)))
    @rule(which=st.integers(0, 10_000))
    def redeliver(self, which: int) -> None:
        """The platform sends something again that it has sent before."""
        before = self._all_rows()
        assert self.bot.do(self.events[which % len(self.events)]) == []
        assert self._all_rows() == before

    def _all_rows(self) -> list[Any]:
        tables = ("ticket", "audit", "vote", "timer", "message", "number")
        return [self.bot.storage.connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]  # noqa: S608

    # ------------------------------------------------------------ what must hold

    @invariant()
    def model_and_bot_agree(self) -> None:
        if not self.have():
            return
        tickets = self.bot.tickets()
        assert [ticket.number for ticket in tickets] == list(range(1, len(self.models) + 1))
        for ticket, model in zip(tickets, self.models, strict=True):
            assert (ticket.state, ticket.close_reason) == (model.state, model.reason), ticket.number
            assert (ticket.rework_count, ticket.poll_round) == (model.reworks, model.round)
            assert ticket.reporter == f"web:{model.reporter}"
            assert ticket.followers == [f"web:{who}" for who in model.followers]
            assert ticket.confidential is model.secret
            if model.state != "withdrawn":
                assert ticket.assignee == model.assignee
            if ticket.poll_round:
                votes = self.bot.read(lambda uow, t=ticket: uow.polls.votes(t.id, t.poll_round))  # type: ignore[misc]
                assert {v.account: (v.rating, v.solved) for v in votes} == {
                    f"web:{w}": v for w, v in model.votes.items()
                }

    @invariant()
    def promises_hold(self) -> None:
        if not self.have():
            return
        assert self.bot.read(lambda uow: uow.audit.verify()) == []
        secret = {ticket.id for ticket in self.bot.tickets() if ticket.confidential}
        said = [sent.message for sent in self.bot.sent]
        assert not [m for m in said if m.ticket_id in secret and not is_private(m.chat)]
        assert not [m for m in said if "举报" in m.text and not is_private(m.chat)]
        rows = "SELECT ticket_id FROM outbox WHERE kind = 'receipt' GROUP BY ticket_id HAVING count(*) > 1"
        assert self.bot.storage.connection.execute(rows).fetchall() == []
        late = "SELECT 1 FROM timer k JOIN ticket t ON t.id = k.ticket_id WHERE t.state IN ('closed', 'withdrawn')"
        assert self.bot.storage.connection.execute(late).fetchall() == []


Life.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=35,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking a life costs minutes; take it out to look at a failure
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.timeout(300)
class TestLife(Life.TestCase):  # type: ignore[misc,valid-type]
    """The machine, run by pytest."""
