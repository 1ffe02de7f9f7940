"""What may not have arrived is shown to who commands the unit, without its words; he decides, and it is done once."""

import pytest

from bot.ports import Notice, UnitOfWork
from tests.adapters.web.house import LAMP, Guest, House, plain

PAGE = "/desk/outbox"
COURT, OTHER = "web:court", "web:other"


def lose(house: House, id_: str, chat: str, state: str = "uncertain", **more: object) -> str:
    """A message that may not have arrived."""
    notice = Notice(
        id_, chat, "progress", "progress", house.clock.now(), {"note": "明天来修", "number": "1"}, state=state, **more  # type: ignore[arg-type]
    )  # fmt: skip

    def put(uow: UnitOfWork) -> None:
        uow.outbox.add(notice)
        uow.outbox.update(notice)

    house.ask(put)
    return id_


def state_of(house: House, id_: str) -> str:
    """What became of it."""
    return str(house.ask(lambda uow: uow.outbox.get(id_).state))


async def decide(guest: Guest, id_: str, action: str, path: str = PAGE) -> tuple[int, str]:
    """Press a button of a message."""
    return await guest.post_form(path, message=id_, action=action)


async def test_an_owner_reads_why_and_not_what(house: House) -> None:
    owner = await house.staff("li")
    lose(house, "n1", COURT)
    lose(house, "n2", COURT, "dead", attempts=5)
    await house.staff("wang")
    lose(house, "n3", f"web:dm:{house.ask(lambda uow: uow.org.load().people['wang'].accounts)[0][1]}")

    words = plain((await owner.get(PAGE))[1])

    assert "不知道送到没有" in words
    assert "试了5次，平台不收" in words
    assert "发给：学苑小区居民群" in words
    assert "发给：王建国" in words
    assert "明天来修" not in words


async def test_sent_again_it_goes_out_once(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    lose(house, "n1", COURT)

    status, html = await decide(owner, "n1", "resend")
    await house.talk()

    assert status == 200
    assert "没有要处理的" in plain(html)
    assert state_of(house, "n1") == "sent"
    assert [line["text"].count("明天来修") for line in await resident.lines() if "明天来修" in line["text"]] == [1]
    assert (await decide(owner, "n1", "resend"))[0] == 404


async def test_a_running_bot_sends_it_without_being_asked(house: House) -> None:
    owner = await house.staff("li")
    lose(house, "n1", COURT)
    await house.talk()
    house.bot._work.clear()

    await decide(owner, "n1", "resend")

    assert house.bot._work.is_set()


async def test_let_be_it_is_listed_no_more(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say(LAMP)
    (ticket,) = house.tickets()
    lose(house, "n1", COURT, ticket_id=ticket.id, number=1)

    _, html = await decide(owner, "n1", "drop")

    assert "没有要处理的" in plain(html)
    assert state_of(house, "n1") == "dropped"
    last = house.ask(lambda uow: uow.audit.of(ticket.id))[-1]
    assert (last.kind, last.by, last.note) == ("noted", "li", "dropped")


async def test_what_has_no_words_any_more_can_not_be_sent(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say(LAMP)
    (ticket,) = house.tickets()
    lose(house, "n1", COURT, ticket_id=ticket.id, number=1)
    house.ask(lambda uow: uow.words.erase(ticket.id))
    house.storage.connection.execute("UPDATE outbox SET params = '{}' WHERE id = 'n1'")

    _, html = await decide(owner, "n1", "resend")

    assert "内容已经删除" in plain(html)
    assert state_of(house, "n1") == "uncertain"


async def test_others_neither_see_nor_decide(house: House) -> None:
    owner, steward, resident = await house.staff("li"), await house.staff("wang"), await house.resident()
    lose(house, "foreign", OTHER)
    lose(house, "own", COURT)

    assert "发给：东风小区居民群" not in plain((await owner.get(PAGE))[1])
    missing = await decide(owner, "nowhere", "resend")
    assert missing == await decide(owner, "foreign", "resend")
    assert missing[0] == 404
    for guest in (steward, resident):
        assert (await guest.get(PAGE))[0] == 404
        assert (await decide(guest, "own", "drop"))[0] == 404
    assert {state_of(house, id_) for id_ in ("foreign", "own")} == {"uncertain"}


async def test_private_words_belong_to_the_unit_in_which_their_reader_was_last(house: House) -> None:
    owner, near, far = await house.staff("li"), await house.resident(), await house.resident("1-1-101", "other")
    for number, guest in enumerate((near, far)):
        await guest.say("隐私", room="dm")
        lose(house, f"n{number}", account_chat(house, number))

    words = plain((await owner.get(PAGE))[1])

    assert words.count("发给：一位居民（私聊）") == 1


def account_chat(house: House, number: int) -> str:
    """The private chat of the resident who came in the order given."""
    rows = house.storage.connection.execute("SELECT account FROM visitor WHERE name LIKE '%-%' ORDER BY at, rowid")
    return f"web:dm:{[row[0] for row in rows][number]}"


async def test_of_a_report_only_who_may_see_it_learns(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say("我要举报物业经理收了钱", room="dm")
    (ticket,) = house.tickets()
    assert ticket.confidential, "triage takes this for no report any more: take other words"
    lose(house, "n1", f"web:dm:{ticket.reporter.partition(':')[2]}", ticket_id=ticket.id, number=1)

    assert "发给：保密" in plain((await owner.get(PAGE))[1])

    def point_out(uow: UnitOfWork) -> None:
        found = uow.tickets.get(ticket.id)
        assert found is not None
        found.named = ["li"]
        uow.tickets.save(found)

    house.ask(point_out)
    assert "没有要处理的" in plain((await owner.get(PAGE))[1])
    assert (await decide(owner, "n1", "drop"))[0] == 404


@pytest.mark.parametrize("action", ["", "delete"])
async def test_another_action_is_none(house: House, action: str) -> None:
    owner = await house.staff("li")
    lose(house, "n1", COURT)

    assert (await decide(owner, "n1", action))[0] == 400


async def test_nothing_uncertain_goes_out_by_itself(house: House) -> None:
    lose(house, "n1", COURT)
    house.clock.pass_by(days=3)
    await house.talk()

    assert state_of(house, "n1") == "uncertain"
