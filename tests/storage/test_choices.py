"""What was chosen on the dashboard: it outlives an import, and who changed what can be neither changed nor lost."""

import sqlite3
from dataclasses import replace

import pytest

from bot.domain.manners import Manners
from bot.domain.org import Article, Organization
from bot.ports import Change
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW
from tests.storage.test_people import an_org

CHAT = "web:xueyuan"
WASTE = Article("a1", "垃圾分类", "town", ("垃圾", "分类"), "每天七点")
PERMIT = Article("new", "居住证", "grid-2", ("居住证",), "带身份证")


def moved(article: Article, unit: str) -> Organization:
    return replace(an_org(), articles=(replace(article, unit=unit),))


def test_manners_outlive_an_import(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    assert uow.org.load().groups[CHAT].manners == Manners()
    for name, value in (("budget", "3"), ("preset", "beijing"), ("budget", "2")):
        uow.choices.set_manner(CHAT, name, value)
    uow.org.replace(an_org())

    assert uow.org.load().groups[CHAT].manners == Manners({"budget": "2", "preset": "beijing"})
    uow.choices.set_manner(CHAT, "preset", "")
    assert uow.org.load().groups[CHAT].manners.chosen == {"budget": "2"}


def test_an_article_changed_here_stands_for_the_imported_one(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.choices.put_article(PERMIT)
    uow.choices.put_article(replace(WASTE, body="每天八点"))
    uow.org.replace(an_org())

    assert uow.org.load().articles == (replace(WASTE, body="每天八点"), PERMIT)


def test_an_article_removed_here_stays_away_until_it_is_taken_back(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.choices.remove_article(WASTE)
    uow.org.replace(an_org())

    assert uow.org.load().articles == ()
    assert uow.choices.removed_articles("town") == [WASTE]
    assert uow.choices.removed_articles("grid-2") == []
    uow.choices.put_article(WASTE)
    assert uow.org.load().articles == (WASTE,)


def test_another_units_article_of_the_same_id_is_another_one(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.choices.put_article(replace(WASTE, body="改过"))
    uow.org.replace(moved(WASTE, "grid-2"))

    assert uow.org.load().articles == (replace(WASTE, unit="grid-2"), replace(WASTE, body="改过"))


def test_an_article_of_a_lost_unit_waits_for_it(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.choices.put_article(PERMIT)
    units = {"town": an_org().units["town"]}
    uow.org.replace(replace(an_org(), units=units, duties=(), groups={}))
    assert PERMIT not in uow.org.load().articles

    uow.org.replace(an_org())
    assert PERMIT in uow.org.load().articles


def test_changes_are_kept_for_good(uow: SqliteUnitOfWork) -> None:
    changes = [Change(NOW, "li", "grid-2", CHAT, "budget", "", str(n)) for n in range(3)]
    for change in changes:
        uow.choices.note(change)
    uow.choices.note(replace(changes[0], unit="town"))

    assert uow.choices.changes("grid-2", CHAT, 2) == [changes[2], changes[1]]
    for statement in ("DELETE FROM org_change", "UPDATE org_change SET after = '9'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            uow.connection.execute(statement)
