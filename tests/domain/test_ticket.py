"""A ticket's states: every pair is walked through the public methods; what is not in the table is refused and changes nothing."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import WrongState
from bot.domain.states import (
    CALLBACK,
    CANDIDATE,
    CLOSED,
    DISPATCHED,
    ENDED,
    IN_PROGRESS,
    MERGED,
    NOT_ACCEPTED,
    ON_HOLD,
    OPEN,
    REGISTERED,
    REVIEW,
    STATES,
    TRANSITIONS,
    WITHDRAWN,
    WORKING,
)  # fmt: skip
from bot.domain.ticket import Ticket

NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
Move = Callable[[Ticket], object]


def make(state: str = CANDIDATE, **fields: object) -> Ticket:
    """A ticket in a state, as if it had come there."""
    ticket = Ticket("t1", "public", "town", "grid", "web:g", "web:zhang", NOW)
    ticket.state, ticket.assignee = state, "wang"
    for name, value in fields.items():
        setattr(ticket, name, value)
    return ticket


def asking(what: str) -> Callable[[Ticket], None]:
    """Before the move, a request is open."""

    def prepare(ticket: Ticket) -> None:
        ticket.asked, ticket.asked_by, ticket.asked_until, ticket.asked_note = what, "wang", LATER, "no parts"

    return prepare


def ready(_ticket: Ticket) -> None:
    """Nothing to prepare."""


# name → (what has to be before, the move, the states it can lead to)
MOVES: dict[str, tuple[Move, Move, set[str]]] = {
    "register": (ready, lambda t: t.register(1, 2026, NOW, "bot"), {REGISTERED}),
    "dispatch": (ready, lambda t: t.dispatch("li", NOW), {DISPATCHED}),
    "sign": (ready, lambda t: t.sign("li", NOW), {IN_PROGRESS}),
    "transfer": (ready, lambda t: t.transfer("wang", "li", NOW), {DISPATCHED}),
    "rule": (asking("return"), lambda t: t.rule("owner", "li", NOW), {DISPATCHED}),
    "hold": (asking("held"), lambda t: t.grant("owner", NOW), {ON_HOLD}),
    "resume": (ready, lambda t: t.resume(NOW, "wang"), {IN_PROGRESS}),
    "finish": (ready, lambda t: t.finish("wang", NOW, "done"), {CALLBACK}),
    "finish for review": (ready, lambda t: t.finish("wang", NOW, "done", review=True), {REVIEW}),
    "approve": (ready, lambda t: t.approve("owner", NOW), {CALLBACK}),
    "rework": (ready, lambda t: t.rework(NOW, "web:zhang"), {IN_PROGRESS}),
    "close": (ready, lambda t: t.close("resolved", NOW), {CLOSED}),
    "withdraw": (ready, lambda t: t.withdraw(NOW, "web:zhang"), {WITHDRAWN}),
    "refuse_acceptance": (ready, lambda t: t.refuse_acceptance("wang", NOW, "not ours"), {NOT_ACCEPTED}),
    "merge": (ready, lambda t: t.merge_into(make(IN_PROGRESS), NOW, "wang"), {MERGED}),
}
STAY: dict[str, tuple[Move, Move]] = {
    "progress": (ready, lambda t: t.progress("wang", NOW, "on the way")),
    "whistle": (ready, lambda t: t.whistle("wang", "li", NOW)),
    "ask_return": (ready, lambda t: t.ask_return("wang", "not ours", NOW)),
    "ask to hold": (ready, lambda t: t.ask("held", "wang", "no parts", LATER, NOW)),
    "ask for time": (ready, lambda t: t.ask("extended", "wang", "no parts", LATER, NOW)),
    "extension": (asking("extended"), lambda t: t.grant("owner", NOW)),
    "refuse": (asking("held"), lambda t: t.refuse("owner", NOW)),
    "grant nothing": (ready, lambda t: t.grant("owner", NOW)),
    "rule on nothing": (ready, lambda t: t.rule("owner", "li", NOW)),
    "refuse nothing": (ready, lambda t: t.refuse("owner", NOW)),
}


def attempt(ticket: Ticket, move: Move) -> bool:
    """Try a move: either it is made and recorded, or it is refused and nothing has changed."""
    before = deepcopy(ticket)
    try:
        move(ticket)
    except WrongState:
        assert ticket == before
        return False
    assert len(ticket.events) > len(before.events)
    return True


@pytest.mark.parametrize("there", STATES)
@pytest.mark.parametrize("here", STATES)
def test_every_pair_of_states(here: str, there: str) -> None:
    reached = set()
    for name, (prepare, move, targets) in MOVES.items():
        ticket = make(here)
        prepare(ticket)
        if there in targets and attempt(ticket, move):
            assert ticket.state == there
            reached.add(name)

    assert bool(reached) == (there in TRANSITIONS[here])


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_a_move_follows_the_table_or_is_refused(state: str, name: str) -> None:
    prepare, move, targets = MOVES[name]
    ticket = make(state)
    prepare(ticket)

    made = attempt(ticket, move)

    assert not made or ticket.state in targets & TRANSITIONS[state]


@pytest.mark.parametrize("name", STAY)
@pytest.mark.parametrize("state", STATES)
def test_what_is_no_move_leaves_the_state_alone(state: str, name: str) -> None:
    prepare, act = STAY[name]
    ticket = make(state)
    prepare(ticket)

    attempt(ticket, act)

    assert ticket.state == state


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("name", ["progress", "whistle", "ask_return", "ask to hold", "ask for time"])
def test_nobody_works_on_what_has_ended(state: str, name: str) -> None:
    assert not attempt(make(state), STAY[name][1])


def test_the_table_is_whole() -> None:
    assert set(STATES) == WORKING | {CANDIDATE, CALLBACK} | ENDED
    assert set().union(*TRANSITIONS.values()) <= set(STATES)
    assert OPEN.isdisjoint(ENDED)
    for state in ENDED - {CLOSED}:
        assert TRANSITIONS[state] == frozenset()


# ---------------------------------------------------------------- what the methods write down


def test_the_first_signature_stays() -> None:
    ticket = make(DISPATCHED)
    ticket.sign("wang", NOW)
    ticket.transfer("wang", "li", LATER)
    ticket.sign("li", LATER)

    assert (ticket.assignee, ticket.signed_at, ticket.transfer_count) == ("li", NOW, 1)


def test_first_contact_is_noted_once() -> None:
    ticket = make(IN_PROGRESS)
    ticket.contact("wang", NOW)
    ticket.contact("wang", LATER)

    assert ticket.first_contact_at == NOW
    assert [event.kind for event in ticket.events] == ["contacted"]


def test_a_return_is_asked_for_once_and_the_asker_stays_responsible() -> None:
    ticket = make(DISPATCHED)
    ticket.ask_return("wang", "not ours", NOW)
    assert (ticket.assignee, ticket.state) == ("wang", DISPATCHED)
    with pytest.raises(WrongState):
        ticket.ask_return("wang", "still not ours", NOW)
    ticket.rule("owner", None, NOW)
    with pytest.raises(WrongState):
        ticket.ask_return("wang", "really not ours", NOW)

    assert (ticket.assignee, ticket.asked, ticket.return_count) == ("wang", "", 1)


def test_one_request_at_a_time() -> None:
    ticket = make(IN_PROGRESS)
    ticket.ask("held", "wang", "no parts", LATER, NOW)

    for what in ("held", "extended"):
        with pytest.raises(WrongState):
            ticket.ask(what, "wang", "again", LATER, NOW)


@pytest.mark.parametrize(("what", "state", "extensions"), [("held", ON_HOLD, 0), ("extended", IN_PROGRESS, 1)])
def test_more_time_keeps_both_deadlines(what: str, state: str, extensions: int) -> None:
    ticket = make(IN_PROGRESS)
    ticket.set_limits(NOW, NOW, NOW)
    ticket.ask(what, "wang", "no parts", LATER, NOW)

    assert ticket.grant("owner", NOW) == what

    assert (ticket.state, ticket.due_at, ticket.original_due_at) == (state, LATER, NOW)
    assert (ticket.asked, ticket.asked_until, ticket.extension_count) == ("", None, extensions)


def test_new_limits_leave_the_first_on_record() -> None:
    ticket = make(DISPATCHED)
    ticket.set_limits(NOW, NOW, NOW)
    ticket.set_limits(LATER, LATER, LATER)

    assert (ticket.due_at, ticket.original_due_at) == (LATER, NOW)


def test_a_closed_ticket_is_reopened_first() -> None:
    ticket = make(CALLBACK)
    ticket.close("resolved", NOW, solved=True)
    ticket.rework(LATER, "web:zhang")

    assert [event.kind for event in ticket.events] == ["closed", "reopened", "reworked"]
    assert (ticket.closed_at, ticket.close_reason, ticket.solved, ticket.rework_count) == (None, None, False, 1)


def test_a_merged_tickets_voices_follow_the_other() -> None:
    child, parent = (
        make(DISPATCHED, reporter="web:li", followers=["web:he", "web:zhang"], media=2),
        make(IN_PROGRESS, id="t2"),
    )

    child.merge_into(parent, NOW, "wang")

    assert parent.voices == ("web:zhang", "web:li", "web:he")
    assert (parent.media, child.merged_into, child.close_reason) == (2, "t2", "merged")


def test_who_follows_does_so_once() -> None:
    ticket = make(DISPATCHED)

    assert [ticket.follow(who, NOW) for who in ("web:li", "web:li", "web:zhang")] == [True, False, False]
    assert ticket.followers == ["web:li"]


def test_supervision_only_rises() -> None:
    ticket = make(DISPATCHED)

    assert [ticket.supervise(level, NOW, "") for level in (1, 1, 3, 2)] == [True, False, True, False]
    assert ticket.supervision == 3


def test_helpers_are_called_and_answer_once() -> None:
    ticket = make(IN_PROGRESS)
    for _ in range(2):
        ticket.whistle("wang", "li", NOW)
        ticket.acknowledge("li", NOW)

    assert (ticket.helpers, ticket.acknowledged) == (["li"], ["li"])
