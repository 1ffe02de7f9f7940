"""Tickets by the API: the same rows, rights, words and refusals as on the pages and in the chat."""

import asyncio
from datetime import timedelta
from gzip import compress

import pytest

from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.usecases import analysis
from tests.adapters.api.asking import Api
from tests.adapters.web.house import LAMP, NOON, ORG, Guest
from tests.adapters.web.test_rights import REPORT
from tests.adapters.web.twins import DOUBT

TICKETS = "/v1/tickets"
PHONE = "13912345678"


async def told(api: Api, words: str = LAMP, room: str = "court") -> Ticket:
    """A resident's ticket, the newest."""
    resident = await api.house.resident("3-2-501", room)
    await resident.say(words)
    return api.house.tickets()[-1]


async def act(api: Api, key: str, ticket: Ticket, action: str, **more: object) -> tuple[int, str]:
    """Do something with a ticket; status and code."""
    answer = await api.post(f"{TICKETS}/{ticket.public_id}/actions", key, {"action": action, **more})
    return answer.status, answer.json.get("code", "")


def state_of(api: Api, ticket: Ticket) -> str:
    """How it stands in the database."""
    return str(api.house.ask(lambda uow: uow.tickets.get(ticket.id).state))


# ---------------------------------------------------------------- seeing


async def test_a_ticket_is_listed_shown_and_told_masked(api: Api) -> None:
    key = await api.key("li")
    ticket = await told(api, f"{LAMP}，我家3号楼2单元501，电话{PHONE}")
    page = await api.get(TICKETS, key)
    [row] = page.json["tickets"]
    one = await api.get(f"{TICKETS}/{ticket.public_id}", key)
    steps = await api.get(f"{TICKETS}/{ticket.public_id}/timeline", key)
    voices = await api.get(f"{TICKETS}/{ticket.public_id}/voices", key)
    assert (row["id"], row["number"], row["unit"], row["state"]) == (ticket.public_id, 1, "court", "dispatched")
    assert row["code"] == "2025-0001"
    assert row["task"]["steward"] == "王建国"
    assert one.json == {**row, "actions": one.json["actions"]}
    assert "sign" in one.json["actions"]
    assert [step["kind"] for step in steps.json["steps"]][:2] == ["registered", "dispatched"]
    assert len(voices.json["voices"]) == row["voices"] == 1
    for answer in (page, one, steps, voices):
        assert answer.status == 200
        assert PHONE not in answer.text
        assert "501" not in answer.text
        assert ticket.id not in answer.text


async def test_the_list_takes_the_filters_of_the_page(api: Api) -> None:
    key = await api.key("li")
    ticket = await told(api)
    for query, found in {
        ("list", "tasks"): 1, ("list", "effects"): 0, ("unit", "court"): 1, ("state", "dispatched"): 1,
        ("state", "closed"): 0, ("category", ticket.category): 1, ("category", "nothing"): 0, ("steward", "wang"): 1,
        ("steward", "li"): 0, ("overdue", "true"): 0, ("first", "2025-09-03"): 1, ("first", "2025-09-04"): 0,
        ("last", "2025-09-02"): 0, ("nature", ticket.nature): 1,
    }.items():  # fmt: skip
        answer = await api.get(TICKETS, key, **dict([query]))
        assert (query, len(answer.json["tickets"])) == (query, found)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "overdue=perhaps", "first=2025-13-01", "first=0001-01-01", "last=9999-12-31",
     "cursor=x", "cursor=%00", "list=all", "nothing=1", "limit=1&limit=2", "state=" + "x" * 65, "first=1"],
)  # fmt: skip
async def test_a_query_that_does_not_fit_says_where(api: Api, query: str) -> None:
    key = await api.key("li")
    answer = await api.send("GET", f"{TICKETS}?{query}", key)
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert answer.json["errors"]


async def test_pages_follow_each_other_while_tickets_come_in(api: Api) -> None:
    key = await api.key("li")
    troubles = ["3号楼楼道灯坏了三天了", "5号楼下水道堵了", "7号楼门口垃圾没人清", "9号楼电梯有异响", "2号楼单元门坏了"]
    resident = await api.house.resident()
    for words in troubles:
        await resident.say(words)
        api.house.clock.pass_by(hours=1)
    wanted = [ticket.public_id for ticket in reversed(api.house.tickets()) if ticket.number]
    assert len(wanted) >= 4
    seen, cursor = [], ""
    while True:
        page = (await api.get(TICKETS, key, limit="2", **({"cursor": cursor} if cursor else {}))).json
        seen += [row["id"] for row in page["tickets"]]
        await resident.say(f"{len(seen)}号楼楼顶漏水，家里滴水了")  # comes in between two pages
        api.house.clock.pass_by(hours=1)
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert seen == wanted


async def test_what_is_of_others_is_like_what_is_not_there(api: Api) -> None:
    ticket = await told(api)
    keys = {"next door": await api.key("sun", "other", "act"), "court": await api.key("wang", "court", "act")}
    pages = ["", "/timeline", "/voices"]
    for page in pages:
        other = await api.get(f"{TICKETS}/{ticket.public_id}{page}", keys["next door"])
        none = await api.get(f"{TICKETS}/nothing-of-this-name{page}", keys["next door"])
        assert (other.status, other.text) == (none.status, none.text) == (404, none.text)
        assert (await api.get(f"{TICKETS}/{ticket.public_id}{page}", keys["court"])).status == 200
    other = await api.post(f"{TICKETS}/{ticket.public_id}/actions", keys["next door"], {"action": "sign"})
    none = await api.post(f"{TICKETS}/nothing-of-this-name/actions", keys["next door"], {"action": "sign"})
    assert (other.status, other.text) == (none.status, none.text) == (404, none.text)
    assert (await api.get(TICKETS, keys["next door"])).json["tickets"] == []
    listed = await api.get(TICKETS, keys["next door"], unit="court")
    assert (listed.status, listed.text) == (404, none.text)
    assert state_of(api, ticket) == "dispatched"


async def test_confidential_tickets_never_leave_by_this_door(api: Api) -> None:
    key = await api.key("li", scope="act")
    resident = await api.house.resident()
    await resident.say(REPORT, room="dm")
    api.house.clock.pass_by(minutes=4)
    await api.house.talk()
    reports = [ticket for ticket in api.house.tickets() if ticket.confidential]
    assert reports
    none = await api.get(f"{TICKETS}/nothing-of-this-name", key)
    for ticket in reports:
        answer = await api.get(f"{TICKETS}/{ticket.public_id}", key)
        assert (answer.status, answer.text) == (none.status, none.text)
        assert (await act(api, key, ticket, "sign"))[0] == 404
    assert (await api.get(TICKETS, key)).json["tickets"] == []


# ---------------------------------------------------------------- doing


async def test_a_steward_works_a_ticket_through(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    assert await act(api, key, ticket, "sign") == (200, "")
    assert await act(api, key, ticket, "progress", text="水电工下午到") == (200, "")
    answer = await api.post(
        f"{TICKETS}/{ticket.public_id}/actions", key, {"action": "done", "text": f"换好了，有事打{PHONE}"}
    )
    assert answer.json["ticket"]["state"] == "callback" == state_of(api, ticket)
    steps = (await api.get(f"{TICKETS}/{ticket.public_id}/timeline", key)).json["steps"]
    assert {"signed", "progressed", "done"} <= {step["kind"] for step in steps}
    assert any("水电工下午到" in step["words"] for step in steps)
    assert PHONE not in str(steps)


async def test_what_is_in_doubt_is_listed_and_registered(api: Api) -> None:
    key, next_door = await api.key("wang", scope="act"), await api.key("sun", "other", "act")
    resident = await api.house.resident()
    await resident.say(DOUBT)
    api.house.clock.pass_by(minutes=5)
    await api.house.talk()
    [one] = (await api.get("/v1/candidates", key)).json["candidates"]
    assert (one["number"], one["code"], one["state"]) == (None, None, "candidate")
    assert one["actions"] == ["register", "reject", "merge"]
    assert (await api.get("/v1/candidates", next_door)).json == {"candidates": []}
    assert (await api.get(TICKETS, key)).json["tickets"] == []
    [ticket] = api.house.tickets()
    assert await act(api, key, ticket, "register") == (200, "")
    assert (await api.get("/v1/candidates", key)).json == {"candidates": []}
    assert [row["number"] for row in (await api.get(TICKETS, key)).json["tickets"]] == [1]


async def test_the_group_is_told_as_if_it_had_been_said_in_the_chat(api: Api) -> None:
    key = await api.key("wang", scope="act")
    resident = await api.house.resident()
    await resident.say(LAMP)
    [ticket] = api.house.tickets()
    await act(api, key, ticket, "progress", text="水电工下午到")
    await api.house.talk()
    assert any("水电工下午到" in line["text"] for line in await resident.lines())


async def test_pages_that_show_the_ticket_move(api: Api) -> None:
    key = await api.key("wang", scope="act")
    resident = await api.house.resident()
    await resident.say(LAMP)
    [ticket] = api.house.tickets()
    async with await resident.socket() as page:
        await page.receive_json()
        await act(api, key, ticket, "sign")
        frame = await page.receive_json()
        while not frame["tickets"]:
            frame = await page.receive_json()
    assert frame["tickets"][0]["id"] == ticket.id


async def test_a_refusal_says_why_in_words_and_is_told_to_nobody_else(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    before = len(api.house.ask(lambda uow: uow.connection.execute("SELECT id FROM outbox").fetchall()))
    answer = await api.post(f"{TICKETS}/{ticket.public_id}/actions", key, {"action": "return"})
    assert (answer.status, answer.json["code"]) == (409, "error.reason")
    assert answer.json["detail"] == "请写上理由。"
    assert await act(api, key, ticket, "approve") == (409, "error.not_owner")
    assert await act(api, key, ticket, "transfer", text="给老王") == (409, "error.who")
    assert await act(api, key, ticket, "transfer", person="sun", text="给王建国") == (409, "error.not_serving")
    assert await act(api, key, ticket, "resume") == (409, "error.state")
    assert await act(api, key, ticket, "merge", into=99) == (409, "error.which")
    after = len(api.house.ask(lambda uow: uow.connection.execute("SELECT id FROM outbox").fetchall()))
    assert after == before
    assert state_of(api, ticket) == "dispatched"


async def test_a_transfer_names_a_person_by_id(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    assert await act(api, key, ticket, "transfer", person="li", text="他熟") == (200, "")
    assert api.house.ask(lambda uow: uow.tickets.get(ticket.id).assignee) == "li"


async def test_a_key_to_read_does_nothing(api: Api) -> None:
    key = await api.key("wang")
    ticket = await told(api)
    assert await act(api, key, ticket, "sign") == (403, "forbidden")
    assert state_of(api, ticket) == "dispatched"


# ---------------------------------------------------------------- once


async def test_the_same_mark_is_answered_as_before_and_acts_once(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path, body = f"{TICKETS}/{ticket.public_id}/actions", {"action": "progress", "text": "来了"}
    first = await api.post(path, key, body, "mark-of-a-test")
    again = await api.post(path, key, body, "mark-of-a-test")
    other = await api.post(path, key, {**body, "text": "又来了"}, "mark-of-a-test")
    assert (first.status, first.text) == (again.status, again.text)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_taken")
    assert progressed(api, ticket) == 1
    api.house.clock.pass_by(hours=24)
    assert (await api.post(path, key, {**body, "text": "又来了"}, "mark-of-a-test")).status == 200
    assert progressed(api, ticket) == 2


def progressed(api: Api, ticket: Ticket) -> int:
    """How often progress was told."""
    return len([event for event in api.house.ask(lambda uow: uow.audit.of(ticket.id)) if event.kind == "progressed"])


async def test_a_refusal_is_given_again_too(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path, body = f"{TICKETS}/{ticket.public_id}/actions", {"action": "approve"}
    answers = [await api.post(path, key, body, "mark-of-a-test") for _ in range(2)]
    assert [one.status for one in answers] == [409, 409]
    assert answers[0].text == answers[1].text


async def test_many_at_once_under_one_mark_act_once(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path, body = f"{TICKETS}/{ticket.public_id}/actions", {"action": "progress", "text": "来了"}
    answers = await asyncio.gather(*(api.post(path, key, body, "mark-of-a-test") for _ in range(12)))
    assert {one.status for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    assert progressed(api, ticket) == 1


async def test_a_mark_is_its_keys_own(api: Api) -> None:
    one, two = await api.key("wang", scope="act"), await api.key("li", scope="act")
    ticket = await told(api)
    path, body = f"{TICKETS}/{ticket.public_id}/actions", {"action": "progress", "text": "来了"}
    for key in (one, two):
        assert (await api.post(path, key, body, "mark-of-a-test")).status == 200
    assert progressed(api, ticket) == 2


async def test_what_breaks_halfway_leaves_neither_effect_nor_answer(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path, body = f"{TICKETS}/{ticket.public_id}/actions", {"action": "progress", "text": "来了"}

    def broken(_self: object, _answer: object) -> None:
        raise OSError("the disk is gone, at a secret place")

    with monkeypatch.context() as patch:
        patch.setattr("storage.keys.Keys.answer", broken)
        answer = await api.post(path, key, body, "mark-of-a-test")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert progressed(api, ticket) == 0
    assert (await api.post(path, key, body, "mark-of-a-test")).status == 200
    assert progressed(api, ticket) == 1


async def test_a_post_without_a_mark_or_with_another_type_is_refused(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path = f"{TICKETS}/{ticket.public_id}/actions"
    bare = await api.send("POST", path, key, json={"action": "sign"})
    assert (bare.status, bare.json["errors"][0]["where"]) == (422, "header.Idempotency-Key")
    mark = {"Idempotency-Key": "mark-of-a-test"}
    typed = {**mark, "Content-Type": "text/plain"}
    assert (await api.send("POST", path, key, data=b'{"action": "sign"}', headers=typed)).status == 415
    packed = {**mark, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await api.send("POST", path, key, data=compress(b"{}"), headers=packed)).status == 415
    long = {"action": "sign", "text": "x" * 70_000}
    assert (await api.send("POST", path, key, json=long, headers=mark)).status == 413
    assert state_of(api, ticket) == "dispatched"


def shown(api: Api, uow: UnitOfWork) -> dict[str, str]:
    """The rates of the month as the page writes them."""
    now, unit = api.house.clock.now(), ORG.units["court"]
    span = analysis.span_of(analysis.choose_period("month", None, now, unit), now)
    results = analysis.figures(uow, unit.id, span, api.house.deps.services.scoring).results
    return {code: result.measure.text for code, result in results.items()}


async def test_rates_are_those_of_the_page(api: Api) -> None:
    key, steward = await api.key("li"), await api.key("wang")
    empty = await api.get("/v1/units/court/rates", key)
    assert {(rate["n"], rate["value"], rate["low"]) for rate in empty.json["rates"]} == {(0, None, None)}
    ticket, doing = await told(api), await api.key("wang", scope="act")
    await act(api, doing, ticket, "sign")
    api.house.clock.pass_by(days=10)
    owner: Guest = await api.house.staff("li")
    _, page = await owner.get("/desk/analysis?kind=month")
    rates = {rate["code"]: rate for rate in (await api.get("/v1/units/court/rates", key, kind="month")).json["rates"]}
    assert (rates["signed"]["part"], rates["signed"]["n"], rates["signed"]["value"]) == (1, 1, 1)
    assert "100.0 %" in page
    texts = {code: "—" if rate["n"] == 0 else f"{rate['value'] * 100:.1f} %" for code, rate in rates.items()}
    assert texts == api.house.ask(lambda uow: shown(api, uow))
    none = await api.get("/v1/units/nowhere/rates", key)
    for closed in (await api.get("/v1/units/other/rates", key), await api.get("/v1/units/court/rates", steward)):
        assert (closed.status, closed.text) == (none.status, none.text) == (404, none.text)
    future = (await api.get("/v1/units/court/rates", key, day="2999-12-31")).json
    assert future["day"] == "2025-09-01"


async def test_answers_to_come_are_forgotten_with_the_rest(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    await act(api, key, ticket, "sign")

    def left(uow: UnitOfWork) -> int:
        return uow.keys.forget(NOON + timedelta(days=2))

    assert api.house.ask(left) == 1
