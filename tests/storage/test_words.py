"""Words: kept with their tickets, and gone from every table when they are to go."""

from dataclasses import replace

from bot.domain.poll import Vote
from bot.ports import KeptMessage
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_line, a_message, a_notice, a_photo, opened


def everything(uow: SqliteUnitOfWork) -> str:
    """The whole database as text."""
    return "\n".join(uow.connection.iterdump())


def test_a_message_comes_back_as_it_was(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    later = a_message(key="m0", text="", media=(a_photo("a" * 32),))
    uow.words.keep(a_message())
    uow.words.keep(later)
    uow.words.keep(replace(a_message(), text="once more"))

    assert uow.words.of("t1") == [a_message(), later], "in the order of writing where the second is the same"


def test_a_message_with_two_matters_leads_to_both(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")
    opened(uow, "t2")
    for ticket in ("t2", "t1"):
        uow.words.keep(a_message(ticket))

    assert uow.words.ticket_ids("web:xueyuan:m1") == ["t2", "t1"]
    assert uow.words.ticket_ids("web:xueyuan:m2") == []


def test_messages_with_text_are_counted_once(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")
    opened(uow, "t2")
    for message in (a_message("t1"), a_message("t2"), a_message("t1", "m2", text=""), a_message("t2", "m3")):
        uow.words.keep(message)

    assert uow.words.count() == 2
    uow.words.erase("t2")
    assert uow.words.count() == 1
    uow.words.erase("t1")
    assert uow.words.count() == 0


def test_an_edit_replaces_words_but_brings_none_back(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    uow.words.keep(a_message())
    uow.words.edit("web:xueyuan:m1", "是6号楼")
    assert [m.text for m in uow.words.of("t1")] == ["是6号楼"]

    uow.words.erase("t1")
    uow.words.edit("web:xueyuan:m1", "是7号楼")
    assert [m.text for m in uow.words.of("t1")] == [""]


def test_erased_words_are_nowhere_and_do_not_come_back_with_a_save(uow: SqliteUnitOfWork) -> None:
    ticket = opened(uow)
    uow.words.keep(a_message(media=(a_photo("a" * 32),)))
    for state in ("sent", "dead", "pending"):
        uow.outbox.add(a_notice(state, state=state, params={"title": state}))
    uow.words.erase("t1")
    ticket.record("progressed", NOW, "wang", "好了")
    uow.tickets.save(ticket)

    assert "化粪池" not in everything(uow)
    assert "5-2-501" not in everything(uow).replace("5-2-501老张", "")
    assert uow.trash.refs() == ["a" * 32]
    skeleton = uow.words.of("t1")[0]
    assert (skeleton.key, skeleton.account, skeleton.text, skeleton.media) == ("web:xueyuan:m1", "web:zhang", "", ())
    assert [event.kind for event in uow.audit.of("t1")] == ["registered", "dispatched", "progressed"]
    waiting = uow.outbox.get("pending")
    assert waiting is not None
    assert waiting.params == {"title": "pending"}, "what is still to be said needs its words"
    waiting.state = "sent"
    uow.outbox.update(waiting)
    assert [n.params for n in uow.outbox.in_state("sent", 9)] == [{}, {}]


def test_a_photo_of_two_matters_goes_with_the_last_of_them(uow: SqliteUnitOfWork) -> None:
    for ticket in ("t1", "t2"):
        opened(uow, ticket)
        uow.words.keep(a_message(ticket, media=(a_photo("a" * 32), a_photo("b" * 32))))

    uow.words.erase("t1")
    assert uow.trash.refs() == []
    uow.words.erase("t2")
    assert uow.trash.refs() == ["a" * 32, "b" * 32]
    uow.trash.clear(["a" * 32])
    assert uow.trash.refs() == ["b" * 32]


def test_one_account_takes_its_words_out_of_a_ticket(uow: SqliteUnitOfWork) -> None:
    ticket = opened(uow, followers=["web:li"])
    uow.words.keep(a_message(media=(a_photo("a" * 32),)))
    other = a_message(key="m2", account="web:li", name="李", text="我家也是")
    uow.words.keep(other)
    uow.words.erase_said("t1", "web:zhang")

    assert [m.text for m in uow.words.of("t1")] == ["", "我家也是"]
    assert uow.trash.refs() == ["a" * 32]
    assert "化粪池" not in everything(uow)
    ticket.reporter, ticket.followers, ticket.title = "web:li", [], "我家也是"
    uow.tickets.save(ticket)
    found = uow.tickets.get("t1")
    assert found is not None
    assert found.title == "我家也是", "the ticket goes on with the words of another"


def rich(uow: SqliteUnitOfWork) -> None:
    """老张 reports one ticket, follows another, votes, and talks in the room."""
    opened(uow, "t1")
    opened(
        uow,
        "t2",
        reporter="web:li",
        followers=["web:zhang", "web:wu"],
        title="路灯",
        text="路灯",
        reason="",
        reporter_name="李",
    )
    kept: list[KeptMessage] = [
        a_message("t1", "m1", media=(a_photo("a" * 32),)), a_message("t2", "m2", text="我家也黑"),
        a_message("t2", "m3", account="web:li", name="李", text="路灯坏了"),
    ]  # fmt: skip
    for message in kept:
        uow.words.keep(message)
    uow.polls.put("t2", Vote("web:zhang", 1, NOW, 5, True))
    uow.people.seen("web:zhang", "web:xueyuan", NOW)
    uow.rooms.post(a_line())
    uow.rooms.add_visitor("zhang", "5-2-501老张", "digest", NOW)
    uow.outbox.add(a_notice(chat="web:dm:zhang", state="sent"))
    uow.outbox.add(a_notice("n2", chat="web:dm:zhang", ticket_id=None, mentions=(), params={}))


def test_an_account_is_gone_from_every_table(uow: SqliteUnitOfWork) -> None:
    rich(uow)

    assert uow.words.erase_account("web:zhang") == 6  # two messages, two tickets, a line, a membership

    dump = everything(uow)
    for word in ("化粪池", "我家也黑", "老张", "早上好", "web:zhang"):
        assert word not in dump
    assert dump.count("web:dm:zhang") == 1, "what still has to be said to him"
    assert "路灯坏了" in dump
    assert uow.trash.refs() == ["a" * 32]
    assert uow.audit.verify() == []


def test_a_gone_account_stays_one_voice(uow: SqliteUnitOfWork) -> None:
    rich(uow)
    uow.words.erase_account("web:zhang")

    first, second = uow.tickets.all()
    gone = first.reporter
    assert gone.startswith("web:gone-")
    assert second.followers == [gone, "web:wu"]
    assert [t.id for t in uow.tickets.of_account(gone, 9)] == ["t2", "t1"]
    assert uow.tickets.of_account("web:zhang", 9) == []
    assert [vote.account for vote in uow.polls.votes("t2", 1)] == [gone]
    assert not uow.people.is_member("web:zhang", "web:xueyuan")
    uow.words.erase_account(gone)
    assert uow.tickets.all()[0].reporter == gone, "once is enough"


def test_whoever_holds_a_ticket_holds_a_stale_one_after_an_erasure(uow: SqliteUnitOfWork) -> None:
    held = opened(uow)
    uow.words.erase_account("web:zhang")

    found = uow.tickets.get("t1")
    assert found is not None
    assert found.version == held.version + 1


def test_photos_after_a_row_are_the_residents_own(uow: SqliteUnitOfWork) -> None:
    assert uow.words.photos_after(0) == (0, [])
    opened(uow)
    first, staff = a_message(media=(a_photo("a" * 32),)), a_message(key="m2", role="staff", media=(a_photo("b" * 32),))
    later = a_message(key="m4", media=(a_photo("c" * 32),))
    for message in (first, staff, a_message(key="m3"), later):
        uow.words.keep(message)

    assert uow.words.photos_after(0) == (4, [first, later])
    assert uow.words.photos_after(1) == (4, [later])
    assert uow.words.photos_after(4) == (4, [])
