"""The organization as imported, and what outlives an import: bound accounts, manners of groups, articles written here."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlmodel import SQLModel

from bot.domain.hours import OfficeHours
from bot.domain.manners import Manners
from bot.domain.org import Article, Duty, Group, Organization, Person, Unit
from storage.counting import TREE, tree
from storage.mapping import Row, dump, names, to_ms
from storage.repository import Pen, Repository
from storage.rota import AWAYS, ROTA, Rota, away_of, shift_of
from storage.statements import delete_sql, insert_sql, upsert_sql
from storage.tables_people import (
    OrgAccountRow,
    OrgArticleRow,
    OrgCodeRow,
    OrgDutyRow,
    OrgGroupRow,
    OrgListenRow,
    OrgPersonRow,
    OrgUnitRow,
)

IMPORTED: tuple[type[SQLModel], ...] = (OrgUnitRow, OrgPersonRow, OrgDutyRow, OrgGroupRow, OrgArticleRow)
COUNT_MOVED = "INSERT OR IGNORE INTO fact_due (ticket_id) SELECT id FROM ticket WHERE unit = ?"
UNITS = "SELECT id, name, level, parent, households, aliases, hours, timezone FROM org_unit ORDER BY position"
DUTIES = "SELECT person, unit, role, categories, available FROM org_duty ORDER BY position"
ARTICLES = (
    "SELECT a.id, a.title, a.unit, a.keywords, a.body, 0 AS added, position AS place FROM org_article a "
    "WHERE NOT EXISTS (SELECT 1 FROM org_article_edit e WHERE e.id = a.id AND e.unit = a.unit) UNION ALL "
    "SELECT e.id, e.title, e.unit, e.keywords, e.body, a.id IS NULL, coalesce(position, e.rowid) "
    "FROM org_article_edit e LEFT JOIN org_article a ON a.id = e.id AND a.unit = e.unit "
    "WHERE e.removed = 0 AND e.unit IN (SELECT id FROM org_unit) ORDER BY added, place"
)
GROUPS = (
    "SELECT channel, g.chat, unit, kind, coalesce(l.listen, g.listen), title "
    'FROM org_group g LEFT JOIN org_listen l ON l.chat = g."key" ORDER BY position'
)
PEEK_CODE = (
    "SELECT person FROM org_code WHERE digest = ? AND used_at IS NULL AND expires_at >= ? "
    "AND person IN (SELECT id FROM org_person)"
)
USE_CODE = (
    "UPDATE org_code SET used_at = ?1, used_by = ?2 WHERE digest = ?3 AND used_at IS NULL AND expires_at >= ?1 "
    "AND person IN (SELECT id FROM org_person) RETURNING person"
)
ASIDE = 0  # bound before all others: the account at which a person is reached last

hours_of = lru_cache(256)(OfficeHours.parse)  # a town has few kinds of hours and very many units


class OrgStore(Repository):
    """Read as a whole, written as a whole."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._bind = upsert_sql(OrgAccountRow, ("account",))
        self._listen = upsert_sql(OrgListenRow, ("chat",))
        self._bind_aside = insert_sql(OrgAccountRow, ignore=True)
        self._rota = Rota(pen)
        self._code = upsert_sql(OrgCodeRow, ("digest",))

    # ------------------------------------------------------------ the whole

    def load(self) -> Organization:
        """The organization as last imported, with accounts bound and choices made since."""
        groups = list(self._groups())
        return Organization(
            units={row[0]: _unit(row) for row in self._all(UNITS)},
            people={person.id: person for person in self._people()},
            duties=tuple(_duty(row) for row in self._all(DUTIES)),
            groups={group.key: group for group in groups},
            articles=tuple(_article(row) for row in self._all(ARTICLES)),
            aways=tuple(away_of(row) for row in self._all(AWAYS)),
            rota=tuple(shift_of(row) for row in self._all(ROTA)),
        )

    def _groups(self) -> Iterator[Group]:
        manners = self._manners()
        for row in self._all(GROUPS):
            group = Group(*row)
            yield replace(group, manners=manners[group.key]) if group.key in manners else group

    def _manners(self) -> dict[str, Manners]:
        """What was chosen for each chat."""
        chosen: dict[str, dict[str, str]] = {}
        for chat, name, value in self._all("SELECT chat, name, value FROM org_manner"):
            chosen.setdefault(chat, {})[name] = value
        return {chat: Manners(values) for chat, values in chosen.items()}

    def _people(self) -> Iterator[Person]:
        """An account bound by a code belongs to that person, whatever the file says of it. Those bound aside are his last."""
        rows = self._all("SELECT account, person, at FROM org_account ORDER BY at, account")
        bound: dict[str, str] = {account: person for account, person, _ in rows}
        aside = {account for account, _, at in rows if at == ASIDE}
        for id_, name, phone, accounts in self._all(
            "SELECT id, name, phone, accounts FROM org_person ORDER BY position"
        ):
            own = [(channel, account) for channel, account in json.loads(accounts)]
            own = [pair for pair in own if bound.get(f"{pair[0]}:{pair[1]}", id_) == id_]
            added = [(key.partition(":")[0], key.partition(":")[2]) for key, person in bound.items() if person == id_]
            browsers = [pair for pair in added if f"{pair[0]}:{pair[1]}" in aside and pair not in own]
            yield Person(id_, name, phone, tuple(dict.fromkeys(browsers + own + added)))

    def replace(self, org: Organization) -> None:
        """Take a new organization; accounts stay bound to the persons that are still there."""
        before = tree(self._all(TREE))
        for model, rows in zip(IMPORTED, _rows(org), strict=True):
            self._run(delete_sql(model))
            self._many(insert_sql(model), rows)
        self._rota.take(org)
        # Who comes back later under the same id must not inherit somebody's rights.
        self._run("DELETE FROM org_account WHERE person NOT IN (SELECT id FROM org_person)")
        self._run("DELETE FROM api_key WHERE person NOT IN (SELECT id FROM org_person)")
        named = ((key,) for person in org.people.values() for key in person.account_keys())
        self._many("DELETE FROM org_account WHERE account = ?", named)

        self._count_moved(before, org)

    def _count_moved(self, before: Organization, after: Organization) -> None:
        """Tickets of a unit that has other units above it now, or another clock, belong into other sums."""
        units = {*before.units, *after.units}
        moved = [u for u in units if _above(before, u) != _above(after, u)]
        self._many(COUNT_MOVED, ((unit,) for unit in moved))

    # ------------------------------------------------------------ what outlives an import

    def set_listen(self, chat: str, listen: str) -> None:
        """Change how a group is listened to."""
        self._run(self._listen, chat, listen)

    def set_title(self, chat: str, title: str) -> None:
        """Call a group by its new title, until an import says otherwise."""
        self._run('UPDATE org_group SET title = ? WHERE "key" = ?', title, chat)

    def issue_code(self, person: str, digest: str, expires: datetime) -> None:
        """Store the digest of a one-time code."""
        self._run(self._code, digest, person, to_ms(expires), None, None)

    def peek_code(self, digest: str, now: datetime) -> str | None:
        """The person that a code is for, without using it; None where it is wrong, used or old."""
        row = self._one(PEEK_CODE, digest, to_ms(now))
        return str(row[0]) if row else None

    def use_code(self, digest: str, account: str, now: datetime, *, aside: bool = False) -> str | None:
        """Bind an account by a code's digest; gives back the person, or None where the code is wrong, used or old.

        ``aside``: an account that he looks from but need not be reached at; one that is bound already stays as it is.
        """
        row = self._write(USE_CODE, to_ms(now), account, digest)
        if row is None:
            return None
        if aside:
            self._run(self._bind_aside, account, row[0], ASIDE)
        else:
            self._run(self._bind, account, row[0], to_ms(now))
        return str(row[0])

    def used_by(self, digest: str) -> str | None:
        """The account that a code was used for; None for one that is wrong or was not used."""
        row = self._one("SELECT used_by FROM org_code WHERE digest = ? AND used_at IS NOT NULL", digest)
        return str(row[0]) if row else None

    def unbind(self, account: str) -> None:
        """The account that a code has bound belongs to nobody any more."""
        self._run("DELETE FROM org_account WHERE account = ?", account)

    def void_codes(self, person: str) -> None:
        """A person's codes that nobody has used are good for nothing any more."""
        self._run("DELETE FROM org_code WHERE person = ? AND used_at IS NULL", person)


def _above(org: Organization, unit: str) -> tuple[tuple[str, ...], str]:
    """The units that a unit's tickets are counted at, and by whose clock."""
    found = org.units.get(unit)
    return org.chain(unit) or (unit,), found.timezone if found else Unit(unit, "", "").timezone


def _unit(row: Row) -> Unit:
    id_, name, level, parent, households, aliases, hours, timezone = row
    return Unit(id_, name, level, parent, households, tuple(names(aliases)), hours_of(hours), timezone)


def _duty(row: Row) -> Duty:
    person, unit, role, categories, available = row
    return Duty(person, unit, role, frozenset(names(categories)), hours_of(available) if available else None)


def _article(row: Row) -> Article:
    id_, title, unit, keywords, body, *_place = row
    return Article(id_, title, unit, tuple(names(keywords)), body)


def _rows(org: Organization) -> tuple[list[Row], ...]:
    """The rows of each table in IMPORTED, columns in their order."""
    return (
        [
            (u.id, at, u.name, u.level, u.parent, u.households, dump(u.aliases), str(u.hours), u.timezone)
            for at, u in enumerate(org.units.values())
        ],
        [(p.id, at, p.name, p.phone, dump(p.accounts)) for at, p in enumerate(org.people.values())],
        [
            (at, d.person, d.unit, d.role, dump(sorted(d.categories)), str(d.available) if d.available else None)
            for at, d in enumerate(org.duties)
        ],
        [(g.key, at, g.channel, g.chat, g.unit, g.kind, g.listen, g.title) for at, g in enumerate(org.groups.values())],
        [(a.id, at, a.title, a.unit, dump(a.keywords), a.body) for at, a in enumerate(org.articles)],
    )
