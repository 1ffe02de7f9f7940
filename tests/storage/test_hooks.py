"""Who wants to be told of what is kept as it was given, and forgotten whole."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.hook import FAILING, Hook
from storage.open import open_storage
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_ticket

HOOK = Hook("h1", "xinhe", "https://desk.example.com/in", "whsec_b25l", "chen", NOW)
FULL = Hook(
    "h2", "xinhe", "https://desk.example.com/in", "whsec_dHdv", "chen", NOW, ("closed", "rated"), FAILING, 10, "http 500",
    NOW + timedelta(minutes=1), "whsec_b25l", NOW + timedelta(days=1),
)  # fmt: skip


def test_what_was_stored_comes_back_after_a_restart(path: Path) -> None:
    with open_storage(path, "OFF") as storage:
        for hook in (FULL, HOOK):
            storage.desk.run(lambda uow, hook=hook: uow.hooks.put(hook))  # type: ignore[misc]
    with open_storage(path, "OFF") as storage:
        assert storage.desk.run(lambda uow: uow.hooks.all()) == [HOOK, FULL]
        assert storage.desk.run(lambda uow: uow.hooks.get("h2")) == FULL


def test_it_changes_and_goes(uow: SqliteUnitOfWork) -> None:
    uow.hooks.put(HOOK)
    uow.hooks.put(replace(HOOK, last="timeout"))
    assert uow.hooks.all() == [replace(HOOK, last="timeout")]

    uow.hooks.remove("h1")
    assert uow.hooks.get("h1") is None
    assert uow.connection.execute("SELECT count(*) FROM hook").fetchone() == (0,)


def test_saved_tickets_tell_what_was_recorded_of_them(uow: SqliteUnitOfWork) -> None:
    uow.tickets.saved()
    ticket = a_ticket()
    ticket.register(1, 2026, NOW, "bot")
    uow.tickets.add(ticket)
    ticket.dispatch("wang", NOW)
    uow.tickets.save(ticket)
    ticket.title = "另一个标题"
    uow.tickets.save(ticket)

    saved = uow.tickets.saved()
    assert {id_: [event.kind for event in events] for id_, events in saved.items()} == {
        "t1": ["registered", "dispatched"]
    }
    assert uow.tickets.saved() == {}
