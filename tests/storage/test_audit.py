"""The audit: one changed byte shows, the database refuses changes, erasure leaves the chain whole."""

import sqlite3

import pytest

from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, opened

CHANGES = {
    "root": "'village'", "seq": "seq + 10", "ticket_id": "'t9'", "at": "at + 1", "kind": "'closed'", "message": "'m'",
    "actor": "'li'", "note": "'x'", "actor_salt": "x'00'", "note_salt": "x'00'", "actor_digest": "x'00'",
    "note_digest": "x'00'", "prev": "x'00'", "hash": "x'00'",
}  # fmt: skip


@pytest.fixture
def chain(uow: SqliteUnitOfWork) -> SqliteUnitOfWork:
    """Two roots, three tickets, six events."""
    for id_, root in (("t1", "town"), ("t2", "town"), ("t3", "city")):
        opened(uow, id_, root=root)
    return uow


def without_triggers(uow: SqliteUnitOfWork) -> sqlite3.Connection:
    """What somebody with the file and an editor can do."""
    uow.connection.execute("DROP TRIGGER audit_no_delete")
    uow.connection.execute("DROP TRIGGER audit_only_erasure")
    return uow.connection


def test_a_whole_chain_has_no_fault(chain: SqliteUnitOfWork) -> None:
    assert chain.audit.verify() == []


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_is_refused_and_shows_if_forced(chain: SqliteUnitOfWork, column: str) -> None:
    change = f"UPDATE audit SET {column} = {CHANGES[column]} WHERE root = 'town' AND seq = 2"  # noqa: S608 - constants
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        chain.connection.execute(change)
    without_triggers(chain).execute(change)

    faults = chain.audit.verify()
    assert faults
    assert "audit of " in faults[0]
    assert "ticket t" in faults[0]


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_missing_row_is_refused_and_shows_if_forced(chain: SqliteUnitOfWork, seq: int) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        chain.connection.execute("DELETE FROM audit WHERE root = 'town' AND seq = ?", (seq,))
    without_triggers(chain).execute("DELETE FROM audit WHERE root = 'town' AND seq = ?", (seq,))

    assert any("missing" in fault for fault in chain.audit.verify())


def test_the_fault_is_told_in_words(chain: SqliteUnitOfWork) -> None:
    without_triggers(chain).execute("UPDATE audit SET note = 'li' WHERE root = 'town' AND seq = 4")

    assert chain.audit.verify() == ["audit of town, row 4, ticket t2: its note was changed"]


def test_what_identifies_a_person_may_be_taken_away(chain: SqliteUnitOfWork) -> None:
    ticket = chain.tickets.get("t1")
    assert ticket is not None
    ticket.record("progressed", NOW, "web:zhang", "我家电话13800000000", "web:xueyuan:m2")
    chain.tickets.save(ticket)

    chain.words.erase_account("web:zhang")

    last = chain.audit.of("t1")[-1]
    assert (last.kind, last.by, last.note, last.message) == ("progressed", "", "", "web:xueyuan:m2")
    assert chain.audit.verify() == []
    dump = "\n".join(chain.connection.iterdump())
    assert "13800000000" not in dump


def test_a_name_cannot_be_put_back(chain: SqliteUnitOfWork) -> None:
    chain.connection.execute("UPDATE audit SET actor = NULL, actor_salt = NULL WHERE root = 'town'")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        chain.connection.execute("UPDATE audit SET actor = 'li' WHERE root = 'town'")
    assert chain.audit.verify() == []


def test_the_chain_goes_on_where_the_database_is_opened_again(chain: SqliteUnitOfWork) -> None:
    opened(SqliteUnitOfWork(chain.connection), "t4")

    assert chain.audit.verify() == []
    assert len(chain.audit.of("t4")) == 2
