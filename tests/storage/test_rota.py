"""Absences and the rota: read with the organization; what was set here outlives an import, what a file said does not."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.hours import OfficeHours
from bot.domain.org import Person
from bot.domain.rota import Away, Shift
from storage.retention import RetentionPolicy, apply_retention
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW
from tests.storage.test_people import an_org

NIGHTS = OfficeHours.parse("每天 18:00-8:00")
FILED = Away("wang", NOW, NOW + DAY, "li", "体检")
TYPED = Away("li", NOW + DAY, NOW + 2 * DAY)
LINE = Shift("grid-2", ("wang", "li"), NIGHTS, "steward", "week", date(2026, 11, 23), date(2027, 1, 3))
OTHER = Shift("town", ("li",), role="owner")


def test_both_come_back_as_they_were_in_a_file(uow: SqliteUnitOfWork) -> None:
    org = replace(an_org(), aways=(FILED, TYPED), rota=(LINE, OTHER))
    for _ in range(2):
        uow.org.replace(org)

        assert uow.org.load() == org


def test_the_next_file_takes_back_what_the_last_one_said_and_nothing_else(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(replace(an_org(), aways=(FILED,), rota=(LINE,)))
    uow.rota.put_away(TYPED)
    uow.rota.put_shift(OTHER)

    uow.org.replace(an_org())

    assert (uow.org.load().aways, uow.org.load().rota) == ((TYPED,), (OTHER,))


def test_who_came_back_early_stays_back_though_the_file_says_otherwise(uow: SqliteUnitOfWork) -> None:
    org = replace(an_org(), aways=(FILED,))
    uow.org.replace(org)
    back = replace(FILED, end=NOW + timedelta(hours=2))
    uow.rota.put_away(back)

    uow.org.replace(org)

    assert uow.org.load().aways == (back,)


def test_an_absence_of_the_same_instant_is_replaced_and_one_can_be_taken_back(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.rota.put_away(FILED)
    uow.rota.put_away(replace(FILED, standin=None))

    assert uow.org.load().aways == (replace(FILED, standin=None),)
    uow.rota.remove_away("wang", NOW)
    assert uow.org.load().aways == ()


def test_lines_keep_their_order_and_one_can_be_taken_away(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    lines = [Shift("town", (person,)) for person in ("c", "b", "a")]
    for line in (*lines, lines[0]):
        uow.rota.put_shift(line)

    assert uow.org.load().rota == tuple(lines)
    uow.rota.remove_shift(lines[1].key)
    assert uow.org.load().rota == (lines[0], lines[2])


def test_who_has_left_is_away_no_more_even_if_his_id_comes_again(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.rota.put_away(TYPED)

    uow.org.replace(an_org(Person("wang", "王管家")))
    uow.org.replace(an_org())

    assert uow.org.load().aways == ()


def test_an_absence_is_forgotten_30_days_after_its_end_and_not_before(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(replace(an_org(), aways=(FILED, TYPED)))
    later = FILED.end + 30 * DAY

    assert apply_retention(uow, later - timedelta(seconds=1), RetentionPolicy()).absences == 0
    assert apply_retention(uow, later, RetentionPolicy()).absences == 1
    assert uow.org.load().aways == (TYPED,)
