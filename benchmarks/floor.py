"""The floor: what no bot can go below. JSON parsed, one row a message, the same batches, raw sqlite3, FULL.

It runs in a process of its own, so that it pays for no collector walking the bot's objects.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.meter import Cost, cost
from benchmarks.talk import Payload, Talk

TABLE = "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, key TEXT UNIQUE, chat, sender, at, text)"
INSERT = "INSERT OR IGNORE INTO message (key, chat, sender, at, text) VALUES (?, ?, ?, ?, ?)"


def write(connection: sqlite3.Connection, batches: Iterable[Sequence[Payload]]) -> None:
    """One transaction a batch: no repository, no use case, no reading."""
    execute = connection.execute
    for batch in batches:
        execute("BEGIN IMMEDIATE")
        for payload in batch:
            body = json.loads(payload.raw)
            execute(INSERT, (body["id"], payload.group, payload.sender, payload.at.timestamp(), body["text"]))
        execute("COMMIT")


@dataclass(slots=True)
class Floor:
    """The other process."""

    path: Path
    groups: int
    pool: ProcessPoolExecutor
    turn: int = 0

    def leg(self, sizes: Sequence[int]) -> Cost:
        """The next messages, in batches of these sizes."""
        self.turn += 1
        return self.pool.submit(_leg, self.path, self.groups, self.turn, sizes).result()


@contextmanager
def open_floor(path: Path, groups: int) -> Iterator[Floor]:
    """A floor with a database of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield Floor(path, groups, pool)


def _leg(path: Path, groups: int, seed: int, sizes: Sequence[int]) -> Cost:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE):
        connection.execute(statement)
    payloads = iter(Talk(groups, seed=1000 + seed).take(sum(sizes)))
    batches = [[next(payloads) for _ in range(size)] for size in sizes]
    taken = cost(sum(sizes), lambda: write(connection, batches))
    connection.close()
    return taken
