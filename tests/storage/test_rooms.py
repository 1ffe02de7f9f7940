"""The web chat's rooms: a line once, in order, with a seq that never starts again."""

import sqlite3

import pytest

from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, a_line


def test_a_line_is_posted_once(uow: SqliteUnitOfWork) -> None:
    first = uow.rooms.post(a_line("c1", reply_to=3, payload={"kind": "text", "buttons": [{"n": 1}]}))
    again = uow.rooms.post(a_line("c1", text="something else"))

    assert first == again == uow.rooms.get("xueyuan", 1)
    assert first.payload == {"kind": "text", "buttons": [{"n": 1}]}
    assert uow.rooms.post(a_line("c2")).seq == 2
    assert uow.rooms.post(a_line("c1", room="other")).seq == 1


def test_lines_since_and_newest(uow: SqliteUnitOfWork) -> None:
    for n in range(5):
        uow.rooms.post(a_line(f"c{n}"))

    assert [m.seq for m in uow.rooms.since("xueyuan", 2, 2)] == [3, 4]
    assert [m.seq for m in uow.rooms.since("xueyuan", -1, 2)] == [4, 5]
    assert uow.rooms.since("other", -1, 2) == []


def test_a_recalled_line_has_no_words(uow: SqliteUnitOfWork) -> None:
    uow.rooms.post(a_line(payload={"media": "x"}))
    uow.rooms.recall("xueyuan", 1)

    line = uow.rooms.get("xueyuan", 1)
    assert line is not None
    assert (line.text, line.payload, line.recalled) == ("", {}, True)


def test_seqs_go_on_after_everything_was_forgotten(uow: SqliteUnitOfWork) -> None:
    uow.rooms.post(a_line("c1"))
    uow.rooms.post(a_line("c2", at=NOW + DAY))

    assert uow.rooms.purge(NOW + DAY) == 1
    assert uow.rooms.purge(NOW + 2 * DAY) == 1
    assert uow.rooms.post(a_line("c3")).seq == 3


def test_visitors_are_known_by_the_digest_of_their_token(uow: SqliteUnitOfWork) -> None:
    uow.rooms.add_visitor("zhang", "老张", "d1", NOW)
    uow.rooms.rename("zhang", "张三")

    assert uow.rooms.visitor("d1") == ("zhang", "张三")
    assert uow.rooms.visitor("d2") is None
    assert (uow.rooms.name_of("zhang"), uow.rooms.name_of("li")) == ("张三", "")
    with pytest.raises(sqlite3.IntegrityError):
        uow.rooms.add_visitor("li", "李", "d1", NOW)


def test_an_account_that_is_locked_out_is_no_visitor_any_more(uow: SqliteUnitOfWork) -> None:
    for name in ("zhang", "li"):
        uow.rooms.add_visitor(name, name, f"digest of {name}", NOW)
    for _ in range(2):
        uow.rooms.lock_out("zhang")

    assert uow.rooms.visitor("digest of zhang") is None
    assert uow.rooms.name_of("zhang") == "zhang"
    assert uow.rooms.visitor("digest of li") == ("li", "li")
    uow.rooms.lock_out("li")
    assert uow.rooms.visitor("digest of li") is None


def test_a_room_has_one_invite(uow: SqliteUnitOfWork) -> None:
    assert uow.rooms.made_invite("xueyuan") is None
    token = uow.rooms.invite("xueyuan")

    assert uow.rooms.invite("xueyuan") == uow.rooms.made_invite("xueyuan") == token
    assert uow.rooms.invite("other") != token
    assert len(token) >= 22
    assert uow.rooms.room_of_invite(token) == "xueyuan"
    assert uow.rooms.room_of_invite("x") is None
