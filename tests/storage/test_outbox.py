"""The outbox: what may go out, in order; what counts against the budget; what a quote of it leads to."""

from datetime import UTC, datetime, timedelta

from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_notice, opened

HOUR = timedelta(hours=1)


def test_a_notice_comes_back_as_it_was(uow: SqliteUnitOfWork) -> None:
    plain = a_notice("n1", params={}, mentions=(), buttons=(), ticket_id=None, number=None)
    full = a_notice(
        "n2", not_before=NOW, urgent=True, free=True, state="sent", attempts=2, platform_id="7", sent_at=NOW
    )
    for notice in (plain, full):
        uow.outbox.add(notice)

    assert uow.outbox.get("n1") == plain
    assert uow.outbox.get("n2") == full
    assert uow.outbox.get("n3") is None


def test_pending_notices_wait_for_their_time_and_keep_their_order(uow: SqliteUnitOfWork) -> None:
    assert uow.outbox.next_at() is None
    uow.outbox.add(a_notice("n2", not_before=NOW))
    uow.outbox.add(a_notice("n3", not_before=NOW + HOUR))
    assert uow.outbox.next_at() == NOW
    uow.outbox.add(a_notice("n1", state="dead"))
    uow.outbox.add(a_notice("n4"))

    assert uow.outbox.next_at() == datetime(1970, 1, 1, tzinfo=UTC), "at once"
    assert [n.id for n in uow.outbox.pending(NOW, 9)] == ["n2", "n4"]
    assert [n.id for n in uow.outbox.pending(NOW + HOUR, 2)] == ["n2", "n3"]


def test_an_update_stores_what_became_of_it(uow: SqliteUnitOfWork) -> None:
    notice = a_notice()
    uow.outbox.add(notice)
    notice.state, notice.attempts, notice.platform_id, notice.sent_at, notice.free = "sent", 1, "p7", NOW, True
    uow.outbox.update(notice)

    assert uow.outbox.get("n1") == notice
    assert uow.outbox.ticket_of("web:xueyuan", "p7") == "t1"
    assert uow.outbox.is_ours("web:xueyuan", "p7")
    assert uow.outbox.ticket_of("web:other", "p7") is None
    assert not uow.outbox.is_ours("web:other", "p7")


def test_the_budget_counts_what_went_out_or_may_have(uow: SqliteUnitOfWork) -> None:
    for minute, state in enumerate(("sent", "uncertain", "sending", "pending", "dead")):
        sent_at = None if state == "sending" else NOW + timedelta(minutes=minute)
        created = NOW + timedelta(minutes=minute)
        uow.outbox.add(a_notice(f"n{minute}", state=state, sent_at=sent_at, created_at=created))
    uow.outbox.add(a_notice("n8", state="sent", free=True, sent_at=NOW))
    uow.outbox.add(a_notice("n9", state="sent", chat="web:other", sent_at=NOW))

    minutes = [(at - NOW) / timedelta(minutes=1) for at in uow.outbox.sent_since("web:xueyuan", NOW)]
    assert minutes == [0, 1, 2]
    assert len(uow.outbox.sent_since("web:xueyuan", NOW + timedelta(minutes=1))) == 2


def test_a_retry_no_longer_counts(uow: SqliteUnitOfWork) -> None:
    notice = a_notice(state="sending", sent_at=NOW)
    uow.outbox.add(notice)
    notice.state, notice.sent_at = "pending", None
    uow.outbox.update(notice)

    assert uow.outbox.sent_since("web:xueyuan", NOW) == []


def test_the_newest_notice_about_a_ticket_in_a_chat(uow: SqliteUnitOfWork) -> None:
    for id_, state, chat in (
        ("n1", "sent", "web:a"),
        ("n2", "sent", "web:a"),
        ("n3", "dead", "web:a"),
        ("n4", "sent", "web:b"),
    ):
        uow.outbox.add(a_notice(id_, state=state, chat=chat))

    newest = uow.outbox.newest_about("t1", "web:a")
    assert newest is not None
    assert newest.id == "n2"
    assert uow.outbox.newest_about("t2", "web:a") is None


def test_an_operator_sees_the_newest_in_a_state(uow: SqliteUnitOfWork) -> None:
    for n in range(4):
        uow.outbox.add(a_notice(f"n{n}", state="dead" if n else "uncertain"))

    assert [n.id for n in uow.outbox.in_state("dead", 2)] == ["n3", "n2"]


def test_only_pending_notices_of_these_kinds_are_dropped(uow: SqliteUnitOfWork) -> None:
    for id_, kind, state in (("n1", "receipt", "pending"), ("n2", "poll", "pending"), ("n3", "receipt", "sent")):
        uow.outbox.add(a_notice(id_, kind=kind, state=state))
    uow.outbox.drop("t1", ["receipt", "ping"])
    uow.outbox.drop("t1", [])

    assert [id_ for id_ in ("n1", "n2", "n3") if uow.outbox.get(id_)] == ["n2", "n3"]


def test_a_dropped_notice_loses_its_words_with_its_ticket(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    uow.outbox.add(a_notice("n1", state="dropped"))
    uow.outbox.add(a_notice("n2"))
    uow.words.erase("t1")

    stored = {id_: uow.outbox.get(id_) for id_ in ("n1", "n2")}
    assert {id_: notice.params for id_, notice in stored.items() if notice} == {"n1": {}, "n2": a_notice().params}
