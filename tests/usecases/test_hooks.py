"""Which events are told to whom, and what stays in the house."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.domain.hook import FAILING, GONE, IN_A_ROW, KINDS, MOST, ON, Hook
from bot.messages import OutboundMessage
from bot.ports import UnitOfWork
from bot.usecases import hooks
from bot.usecases.context import Context
from tests.fakes import CLEAR, TownBot, town

URL = "https://desk.example.com/in"


def subscribe(
    bot: TownBot, unit: str = "xinhe", person: str = "chen", kinds: tuple[str, ...] = (), url: str = URL
) -> Hook:
    """A subscription of the town."""
    return bot.read(lambda uow: hooks.subscribe(context(bot, uow), bot.engine.org.people[person], unit, url, kinds))


def context(bot: TownBot, uow: UnitOfWork) -> Context:
    """The surroundings of a use case now."""
    return bot.engine.context(uow, bot.clock.now())


def told(messages: list[OutboundMessage], hook: Hook | None = None) -> list[dict[str, Any]]:
    """The bodies that went to webhooks, or to one."""
    return [
        json.loads(one.text)
        for one in messages
        if one.chat == (hook.chat if hook else one.chat) and one.kind == "webhook"
    ]


def types(bodies: list[dict[str, Any]]) -> list[str]:
    """Only what happened."""
    return [body["type"] for body in bodies]


def test_a_ticket_is_told_of_from_its_first_word_to_its_last(bot: TownBot) -> None:
    subscribe(bot)

    first = told(bot.say("zhang", CLEAR["drainage"]))
    signed = told(bot.say("zhou", "1号件 收到"))
    done = told(bot.say("zhou", "1号件 办结 通了"))
    rated = told(bot.rate("zhang", 1, 5))

    assert types(first) == ["ticket.registered", "ticket.dispatched"]
    assert types(signed) == ["ticket.signed"]
    assert types(done) == ["ticket.done"]
    assert types(rated) == ["ticket.rated", "ticket.closed"]
    body, ticket = rated[-1], bot.ticket(1)
    assert (body["version"], body["timestamp"]) == (1, "2026-05-06T01:00:00.000Z")
    assert body["data"] == {
        "ticket": ticket.public_id, "number": 1, "year": 2026, "root": "dongshan", "unit": "xueyuan", "unit_name": "学苑小区",
        "state": "closed", "nature": ticket.nature, "category": "drainage", "urgency": ticket.urgency, "supervision": 0,
        "voices": 1, "rework_count": 0, "registered_at": "2026-05-06T01:00:00.000Z", "due_at": body["data"]["due_at"],
        "done_at": "2026-05-06T01:00:00.000Z", "closed_at": "2026-05-06T01:00:00.000Z", "close_reason": "resolved",
        "solved": True, "rating": 5,
    }  # fmt: skip
    assert datetime.fromisoformat(body["data"]["due_at"]) == ticket.due_at


def test_its_id_is_the_key_under_which_it_goes_out(bot: TownBot) -> None:
    subscribe(bot)
    sent = [one for one in bot.say("zhang", CLEAR["drainage"]) if one.kind == "webhook"]

    assert [json.loads(one.text)["id"] for one in sent] == [one.key for one in sent]
    assert len({one.key for one in sent}) == len(sent) == 2


def test_no_word_and_no_person_leaves_the_house(bot: TownBot) -> None:
    subscribe(bot)
    said = "我是3栋2单元501的张伟，电话13812345678，" + CLEAR["drainage"]
    sent = [
        *bot.say("zhang", said, name="3-2-501张伟"),
        *bot.say("zhou", "1号件 收到"),
        *bot.say("zhou", "1号件 办结 电话联系过13987654321"),
    ]
    text = "".join(one.text for one in sent if one.kind == "webhook")

    assert text
    for secret in (
        "张伟",
        "13812345678",
        "13987654321",
        "501",
        "zhang",
        "zhou",
        "周敏",
        "化粪池",
        bot.ticket(1).id,
    ):
        assert secret not in text


def test_only_the_kinds_that_are_wanted(bot: TownBot) -> None:
    closed, every = subscribe(bot, kinds=("signed", "closed")), subscribe(bot)

    sent = bot.say("zhang", CLEAR["drainage"]) + bot.say("zhou", "1号件 收到")

    assert types(told(sent, closed)) == ["ticket.signed"]
    assert types(told(sent, every)) == ["ticket.registered", "ticket.dispatched", "ticket.signed"]


def test_a_unit_is_told_of_its_own_tree_and_of_nothing_else(bot: TownBot) -> None:
    street, other = subscribe(bot, "dongshan", "gao"), subscribe(bot, "lvyuan")

    sent = bot.say("zhang", CLEAR["drainage"])
    assert types(told(sent, street)) == ["ticket.registered", "ticket.dispatched"]
    assert told(sent, other) == []
    assert types(told(bot.say("qian", CLEAR["noise"], "lvyuan"), other)) == ["ticket.registered", "ticket.dispatched"]


def test_what_is_told_in_confidence_is_told_to_no_machine(bot: TownBot) -> None:
    subscribe(bot)
    bot.say("zhang", "早上好")

    sent = bot.say("zhang", "我要举报物业经理收了钱", private=True)
    (ticket,) = bot.tickets()
    assert ticket.confidential, "triage takes this for no report any more: take other words"
    sent += bot.say("chen", f"{ticket.number}号件 收到", private=True) + bot.wait(days=20)
    assert told(sent) == []


def test_a_candidate_is_nobodys_business_yet(bot: TownBot) -> None:
    subscribe(bot)
    sent = bot.say("zhang", "水有点不对") + bot.wait(minutes=10)

    assert [ticket.state for ticket in bot.tickets()] == ["candidate"]
    assert told(sent) == []


def test_what_the_clock_does_is_told_too(bot: TownBot) -> None:
    subscribe(bot, kinds=("supervised", "escalated"))
    bot.say("zhang", CLEAR["drainage"])

    assert "ticket.supervised" in types(told(bot.wait(days=20)))


def test_at_night_and_past_the_budget_it_goes_out_at_once(bot: TownBot) -> None:
    subscribe(bot)
    bot.clock.advance(hours=15)  # midnight
    sent = [told(bot.say(f"zhang{n}", CLEAR[kind])) for n, kind in enumerate(CLEAR)]

    assert all(types(bodies)[:1] == ["ticket.registered"] for bodies in sent)
    assert sum(map(len, sent)) >= 2 * len(CLEAR)


def test_with_the_right_of_who_made_it_the_telling_ends(bot: TownBot) -> None:
    subscribe(bot)
    org = town()
    bot.engine.org = replace(org, duties=tuple(duty for duty in org.duties if duty.person != "chen"))

    assert told(bot.say("zhang", CLEAR["drainage"])) == []


def test_only_who_commands_a_unit_subscribes_for_it(bot: TownBot) -> None:
    for person, unit in (("zhou", "xueyuan"), ("chen", "dongshan"), ("liu", "xinhe"), ("chen", "nowhere")):
        with pytest.raises(hooks.Unfit, match="right"):
            subscribe(bot, unit, person)
    assert bot.read(lambda uow: uow.hooks.all()) == []


def test_what_does_not_fit_is_refused(bot: TownBot) -> None:
    with pytest.raises(hooks.Unfit, match="url"):
        subscribe(bot, url="http://169.254.169.254/latest")
    with pytest.raises(hooks.Unfit, match="kinds"):
        subscribe(bot, kinds=("closed", "noted"))
    for _ in range(MOST):
        subscribe(bot)
    with pytest.raises(hooks.Unfit, match="many"):
        subscribe(bot)


def test_secrets_are_long_and_each_its_own(bot: TownBot) -> None:
    made = [subscribe(bot) for _ in range(3)]

    assert len({hook.secret for hook in made}) == 3
    assert all(hook.secret.startswith("whsec_") and len(hook.secret) > 38 for hook in made)


def test_a_new_secret_leaves_the_old_one_for_a_day(bot: TownBot) -> None:
    hook = subscribe(bot)
    turned = bot.read(lambda uow: hooks.turn_secret(context(bot, uow), hook, bot.engine.org.people["chen"]))

    assert turned.secrets(bot.clock.now()) == [turned.secret, hook.secret]
    assert turned.secrets(bot.clock.advance(days=2)) == [turned.secret]


def noted(bot: TownBot, hook: Hook, *states: str) -> Hook:
    """How it stands after some attempts."""
    for state in states:
        bot.read(lambda uow, state=state: hooks.note(uow, bot.clock.now(), hook.id, state, "http 500"))  # type: ignore[misc]
    found = bot.read(lambda uow: uow.hooks.get(hook.id))
    assert found is not None
    return found


def test_too_many_given_up_in_a_row_and_it_is_switched_off(bot: TownBot) -> None:
    hook = subscribe(bot)

    assert noted(bot, hook, *["dead"] * (IN_A_ROW - 1), "retry").state == ON
    assert noted(bot, hook, "sent").failures == 0
    found = noted(bot, hook, *["dead"] * IN_A_ROW)
    assert (found.state, found.last, found.last_at) == (FAILING, "http 500", bot.clock.now())
    assert told(bot.say("zhang", CLEAR["drainage"])) == []

    bot.read(lambda uow: hooks.switch_on(context(bot, uow), found, bot.engine.org.people["gao"]))
    again = noted(bot, hook, "retry")
    assert (again.state, again.failures, again.by) == (ON, 0, "gao")
    assert types(told(bot.say("zhou", "1号件 收到"))) == ["ticket.signed"]


def test_who_says_that_he_is_gone_is_told_nothing_more(bot: TownBot) -> None:
    hook = subscribe(bot)

    assert noted(bot, hook, "dropped").state == GONE
    assert told(bot.say("zhang", CLEAR["drainage"])) == []


def test_what_is_taken_back_is_not_told(bot: TownBot) -> None:
    subscribe(bot)

    def fails(uow: UnitOfWork) -> None:
        ticket = uow.tickets.all()[0]
        ticket.sign("zhou", bot.clock.now())
        uow.tickets.save(ticket)
        bot.engine.follow(uow, bot.clock.now())
        raise RuntimeError

    bot.say("zhang", CLEAR["drainage"])
    with pytest.raises(RuntimeError):
        bot.read(fails)
    assert told(bot.wait(minutes=1)) == []


def test_a_test_tells_of_no_ticket(bot: TownBot) -> None:
    hook = subscribe(bot)
    sent = bot.let(lambda uow, _now: hooks.try_out(context(bot, uow), hook))

    (body,) = told(sent, hook)
    assert body["type"] == "webhook.test"
    assert body["data"] == {"unit": "xinhe"}


def test_every_kind_is_one_that_tickets_record() -> None:
    assert len(KINDS) == len(set(KINDS)) == 18
