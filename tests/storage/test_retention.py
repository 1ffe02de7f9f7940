"""Retention: at the day and not before, and nothing that is still needed."""

from datetime import datetime, timedelta

import pytest

from bot.domain.poll import Vote
from storage.retention import RetentionPolicy, RetentionReport, UnusedMedia, apply_retention
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, a_line, a_message, a_notice, a_photo, opened

SECOND = timedelta(seconds=1)
POLICY = RetentionPolicy()


def forget(uow: SqliteUnitOfWork, now: datetime) -> RetentionReport:
    """One run with the usual policy."""
    return apply_retention(uow, now, POLICY)


@pytest.fixture
def closed(uow: SqliteUnitOfWork) -> SqliteUnitOfWork:
    """A ticket with everything, closed now, and one that is still open."""
    text = "电话 138-0000-0000 找我,五号楼"
    ticket = opened(uow, "t1", followers=["web:li"], text=text)
    opened(uow, "t2")
    uow.words.keep(a_message("t1", text=text, media=(a_photo("a" * 32),)))
    uow.words.keep(a_message("t2", "m2", media=(a_photo("b" * 32),)))
    uow.polls.put("t1", Vote("web:zhang", 1, NOW, 5, True))
    uow.outbox.add(a_notice(state="sent"))
    ticket.sign("wang", NOW)
    ticket.record("progressed", NOW, "web:zhang", "在家等", "m3")
    ticket.close("resolved", NOW)
    uow.tickets.save(ticket)
    return uow


def test_photos_go_90_days_after_closing_and_not_before(closed: SqliteUnitOfWork) -> None:
    assert forget(closed, NOW + 90 * DAY - SECOND).media == []
    report = forget(closed, NOW + 90 * DAY)

    assert (report.media, report.without_media) == (["a" * 32], 1)
    assert [m.media for m in closed.words.of("t1")] == [()]
    assert forget(closed, NOW + 91 * DAY).media == ["a" * 32], "told until they are cleared"
    closed.trash.clear(report.media)
    assert forget(closed, NOW + 92 * DAY).media == []
    assert closed.words.of("t2")[0].media != ()


def test_names_go_180_days_after_closing_and_not_before(closed: SqliteUnitOfWork) -> None:
    assert forget(closed, NOW + 180 * DAY - SECOND).pseudonymised == 0
    report = forget(closed, NOW + 180 * DAY)
    assert (report.pseudonymised, report.is_complete(POLICY)) == (1, True)

    ticket = closed.tickets.get("t1")
    assert ticket is not None
    assert ticket.reporter.startswith("web:gone-")
    assert (ticket.reporter_name, ticket.building, ticket.place) == ("", "5", "")
    assert (ticket.title, ticket.text) == ("化粪池堵了", "电话 *** 找我,五号楼")
    assert ticket.followers[0].startswith("web:gone-")
    assert ticket.assignee == "wang"
    assert [m.text for m in closed.words.of("t1")] == ["电话 *** 找我,五号楼"]
    assert {m.account for m in closed.words.of("t1")} == {ticket.reporter}
    assert closed.polls.votes("t1", 1)[0].account == ticket.reporter
    assert [e.by for e in closed.audit.of("t1")] == ["bot", "bot", "wang", "", "bot"]
    assert closed.audit.verify() == []
    notice = closed.outbox.get("n1")
    assert notice is not None
    assert (notice.params, notice.mentions) == ({}, ())
    assert forget(closed, NOW + 181 * DAY).pseudonymised == 0
    other = closed.tickets.get("t2")
    assert other is not None
    assert other.reporter == "web:zhang"


def test_a_reopened_ticket_keeps_everything(closed: SqliteUnitOfWork) -> None:
    ticket = closed.tickets.get("t1")
    assert ticket is not None
    ticket.rework(NOW + DAY, "web:zhang")
    closed.tickets.save(ticket)

    report = forget(closed, NOW + 999 * DAY)
    assert (report.media, report.pseudonymised) == ([], 0)


def test_an_erased_ticket_loses_its_accounts_by_age_too(uow: SqliteUnitOfWork) -> None:
    ticket = opened(uow)
    ticket.withdraw(NOW, "web:zhang")
    uow.tickets.save(ticket)
    uow.words.erase("t1")

    assert forget(uow, NOW + 180 * DAY).pseudonymised == 1
    assert "web:zhang" not in "\n".join(uow.connection.iterdump())


def test_message_keys_rooms_and_loose_notices(uow: SqliteUnitOfWork) -> None:
    uow.inbox.claim("k", NOW)
    uow.rooms.post(a_line())
    uow.outbox.add(a_notice("n1", ticket_id=None, state="sent"))
    uow.outbox.add(a_notice("n2", ticket_id=None, state="dead"))
    uow.outbox.add(a_notice("n3", ticket_id=None, state="dropped"))

    def gone(now: datetime) -> tuple[int, int, int]:
        report = forget(uow, now)
        return report.inbox, report.rooms, report.notices

    assert gone(NOW + 7 * DAY) == (0, 0, 0)
    assert gone(NOW + 7 * DAY + SECOND) == (0, 1, 0)
    assert gone(NOW + 8 * DAY) == (0, 0, 0)
    assert gone(NOW + 8 * DAY + SECOND) == (1, 0, 0)
    assert gone(NOW + 30 * DAY + SECOND) == (0, 0, 2)
    assert uow.outbox.get("n2") is not None


def test_much_work_is_done_in_bites(uow: SqliteUnitOfWork) -> None:
    for n in range(5):
        ticket = opened(uow, f"t{n}")
        ticket.withdraw(NOW + n * SECOND, "web:zhang")
        uow.tickets.save(ticket)
    policy = RetentionPolicy(tickets_at_once=2)
    runs = [apply_retention(uow, NOW + 181 * DAY, policy) for _ in range(3)]

    assert [run.pseudonymised for run in runs] == [2, 2, 1]
    assert [run.is_complete(policy) for run in runs] == [False, False, True]


def test_a_photo_that_nobody_names_is_found(uow: SqliteUnitOfWork) -> None:
    sent, shown, lost = "a" * 32, "b" * 32, "c" * 32
    opened(uow, "t1")
    uow.words.keep(a_message("t1", media=(a_photo(sent),)))
    uow.rooms.post(a_line(payload={"kind": "say", "media": [shown]}))
    unused = UnusedMedia([sent, shown, lost])

    assert unused.look(uow) is False
    assert unused.refs == {lost}


def test_photos_are_looked_for_in_bites_and_what_is_sent_meanwhile_stays(uow: SqliteUnitOfWork) -> None:
    early, late, lost = "a" * 32, "b" * 32, "c" * 32
    opened(uow, "t1")
    for number in range(4):
        uow.words.keep(a_message("t1", f"web:xueyuan:m{number}", media=(a_photo(early),) if number == 3 else ()))
    unused = UnusedMedia([early, late, lost], at_once=2)

    assert [unused.look(uow), unused.refs] == [True, {early, late, lost}]
    uow.words.keep(a_message("t1", "web:xueyuan:m4", media=(a_photo(late),)))
    assert [unused.look(uow), unused.look(uow)] == [True, False]
    assert unused.refs == {lost}


def test_where_no_file_lies_nothing_is_looked_through() -> None:
    assert UnusedMedia([]).look(None) is False  # type: ignore[arg-type]
