"""Keys of the API and kept answers: found by digest while they are good, forgotten when they are."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.org import Organization, Person
from bot.ports import ApiKey, KeptAnswer
from storage.retention import RetentionPolicy, apply_retention
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW

KEY = ApiKey("k1", "li", "court", "act", "街道系统", NOW, "li")
ANSWER = KeptAnswer("k1", "once-0001", "digest", 200, "{}", NOW)


def test_a_key_is_found_by_its_digest_until_it_is_revoked(uow: SqliteUnitOfWork) -> None:
    uow.keys.add(KEY, "digest")
    assert uow.keys.find("digest") == KEY
    assert uow.keys.find("other") is None
    assert uow.keys.revoke("k1", NOW)
    assert not uow.keys.revoke("k1", NOW + timedelta(days=1))
    assert uow.keys.find("digest") is None
    assert uow.keys.all() == [replace(KEY, revoked_at=NOW)]


def test_keys_are_listed_by_their_own_unit(uow: SqliteUnitOfWork) -> None:
    uow.keys.add(KEY, "one")
    uow.keys.add(replace(KEY, id="k2", unit="other"), "two")
    assert [key.id for key in uow.keys.of_units(["court", "elsewhere"])] == ["k1"]


def test_the_last_day_of_use_is_kept_and_written_once_a_day(uow: SqliteUnitOfWork) -> None:
    uow.keys.add(KEY, "digest")
    uow.keys.used("k1", date(2026, 5, 6))
    before = uow.connection.total_changes
    uow.keys.used("k1", date(2026, 5, 6))
    assert uow.connection.total_changes == before
    uow.keys.used("k1", date(2026, 5, 7))
    found = uow.keys.find("digest")
    assert found is not None
    assert found.used_on == date(2026, 5, 7)


def test_who_is_gone_from_the_organization_leaves_no_key_to_who_comes_under_his_id(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(Organization(people={"li": Person("li", "李书记")}))
    uow.keys.add(KEY, "digest")
    uow.org.replace(Organization())
    uow.org.replace(Organization(people={"li": Person("li", "李四")}))
    assert uow.keys.find("digest") is None


def test_an_answer_is_kept_a_day_under_its_key_and_mark(uow: SqliteUnitOfWork) -> None:
    uow.keys.answer(ANSWER)
    uow.keys.answer(replace(ANSWER, key="k2"))
    assert uow.keys.answered("k1", "once-0001") == ANSWER
    assert uow.keys.answered("k1", "once-0002") is None
    assert apply_retention(uow, NOW + timedelta(days=1), RetentionPolicy()).answers == 0
    assert apply_retention(uow, NOW + timedelta(days=1, seconds=1), RetentionPolicy()).answers == 2
    assert uow.keys.answered("k1", "once-0001") is None
