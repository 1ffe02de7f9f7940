"""Examples that triage learns from, and the versions of what it learnt."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bot.ports import Example, Scores, Version
from storage.mapping import from_ms, to_ms
from storage.repository import Pen, Repository, Row
from storage.statements import columns, insert_sql, select_sql, upsert_sql
from storage.tables_learning import DeltaRow, ExampleRow

PROMOTED = 5  # versions with weights that are kept
REFUSED = 2  # versions without


class Learning(Repository):
    """Used by the bot; ``storage.erasure`` takes examples away with the words they were made of."""

    def __init__(self, pen: Pen, key: bytes) -> None:
        super().__init__(pen)
        self._key = key
        self._put = upsert_sql(ExampleRow, ("ticket_id",))
        self._of = select_sql(ExampleRow, columns(ExampleRow), ("root",), "at") + ", ticket_id"
        self._add = insert_sql(DeltaRow)
        self._versions = select_sql(DeltaRow, columns(DeltaRow), ("root",), "-number")

    def key(self) -> bytes:
        """The key of the hashes: of this database alone."""
        return self._key

    def keep(self, example: Example) -> None:
        """Store an example; of a ticket that has one, only the labels are added."""
        before = self._one("SELECT labels FROM example WHERE ticket_id = ?", example.ticket_id)
        if before is not None:
            labels = {**json.loads(before[0]), **example.labels}
            self._run("UPDATE example SET labels = ? WHERE ticket_id = ?", json.dumps(labels), example.ticket_id)
            return
        values = (example.ticket_id, example.root, example.account, to_ms(example.at), json.dumps(dict(example.labels)))
        self._run(self._put, *values, example.grams, example.offset)

    def examples(self, root: str) -> list[Example]:
        """Those of a root unit, oldest first."""
        return [
            Example(ticket_id, root, account, from_ms(at), json.loads(labels), grams, offset)
            for ticket_id, root, account, at, labels, grams, offset in self._all(self._of, root)
        ]

    def roots(self) -> list[str]:
        """The root units that have examples or versions."""
        return [row[0] for row in self._all("SELECT root FROM example UNION SELECT root FROM delta ORDER BY 1")]

    def forget(self, before: datetime) -> int:
        """Forget examples from before then; gives back how many."""
        return self._run("DELETE FROM example WHERE at < ?", to_ms(before))

    def versions(self, root: str) -> list[Version]:
        """The versions of a root unit that are kept, newest first."""
        return [_version(row) for row in self._all(self._versions, root)]

    def add(self, version: Version) -> None:
        """Store a version; where it is live, the one before becomes past. Only the newest few are kept."""
        if version.state == "live":
            self._run("UPDATE delta SET state = 'past' WHERE root = ? AND state = 'live'", version.root)
        scores = json.dumps(asdict(version.scores))
        self._run(
            self._add, version.root, version.number, to_ms(version.at), version.state, version.examples,
            to_ms(version.newest), scores, version.content,
        )  # fmt: skip
        every = self.versions(version.root)
        with_weights = [one for one in every if one.content]
        without = [one for one in every if not one.content]
        for old in (*with_weights[PROMOTED:], *without[REFUSED:]):
            self._run("DELETE FROM delta WHERE root = ? AND number = ?", old.root, old.number)

    def undo(self, root: str) -> Version | None:
        """Take the live version back: the one before it is live again, else the shipped weights."""
        every = self.versions(root)
        live = next((one for one in every if one.state == "live"), None)
        if live is None:
            return None
        self._set(live, "undone")
        before = next((one for one in every if one.state == "past" and one.number < live.number), None)
        if before is not None:
            self._set(before, "live")
        return replace(live, state="undone")

    def _set(self, version: Version, state: str) -> None:
        sql = "UPDATE delta SET state = ? WHERE root = ? AND number = ?"
        self._run(sql, state, version.root, version.number)


def _version(row: Row) -> Version:
    root, number, at, state, examples, newest, scores, content = row
    return Version(root, number, from_ms(at), state, examples, from_ms(newest), _scores(json.loads(scores)), content)


def _scores(found: dict[str, Any]) -> Scores:
    pairs = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
    return Scores(**{**found, **pairs})
