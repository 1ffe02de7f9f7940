"""Accuracy of the rule reader on the labelled lines: ``python -m tests.triage.report [-v [tune|held|fresh]]`` prints it."""

import sys
from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bot.ports import Reading, ReadingContext
from bot.triage.lexicons import load_lexicons
from bot.triage.reader import RuleReader

HERE = Path(__file__).parent
DATA = Path(__file__).parents[2] / "bot" / "triage" / "data"
AT = datetime(2026, 7, 8, 9, 0, tzinfo=timezone(timedelta(hours=8)))
PARTS = ("tune", "held", "fresh")
FILES = {part: HERE / f"{part}.tsv" for part in PARTS} | {"tune": HERE.parents[1] / "corpus" / "first_lines.tsv"}
HEADS = ("act", "nature", "category", "urgency")


@dataclass(frozen=True)
class Line:
    """A labelled line and what the reader made of it."""

    text: str
    gold: dict[str, str]
    reading: Reading

    @property
    def asks(self) -> bool:
        """Whether the line is labelled as a request."""
        return self.gold["act"] == "new"

    def said(self, head: str) -> str:
        """What the reader says for a head."""
        if head == "act":
            return self.reading.act
        return str(getattr(self.reading.matters[0], head)) if self.reading.matters else ""


def reader() -> RuleReader:
    """The reader with the shipped vocabulary."""
    return RuleReader(load_lexicons(DATA))


def alone() -> ReadingContext:
    """A context without anything before the message."""
    return ReadingContext(account="web:a", at=AT, tickets=lambda _: [])


def lines(part: str) -> list[Line]:
    """The lines of a part, read one by one."""
    rules = reader()
    with FILES[part].open(encoding="utf-8") as file:
        rows = list(DictReader(file, delimiter="\t", quoting=3))
    return [Line(row["text"], row, rules.read(row["text"], alone())) for row in rows]


def figures(part: str) -> dict[str, float]:
    """All figures of a part, 0–1."""
    read = lines(part)
    asked, chatter = [one for one in read if one.asks], [one for one in read if not one.asks]
    heard = [one for one in asked if one.reading.score >= 0.25]
    found = {
        "recall": len(heard) / len(asked),
        "clear": sum(one.reading.score >= 0.75 for one in asked) / len(asked),
        "rejected": sum(one.reading.score < 0.25 for one in chatter) / len(chatter),
        "act": sum(one.said("act") == one.gold["act"] for one in read) / len(read),
    }
    return found | {head: sum(one.said(head) == one.gold[head] for one in heard) / len(heard) for head in HEADS[1:]}


def table() -> Iterator[str]:
    """The figures of all parts as lines of a table."""
    names = list(figures(PARTS[0]))
    yield f"{'':8}" + "".join(f"{name:>10}" for name in names)
    for part in PARTS:
        found = figures(part)
        yield f"{part:8}" + "".join(f"{found[name]:10.3f}" for name in names)


def misses(part: str) -> Iterator[str]:
    """What was read wrong, a line each."""
    for one in lines(part):
        wrong = [f"{head}: {one.said(head)} ≠ {one.gold[head]}" for head in HEADS if one.said(head) != one.gold[head]]
        if one.asks and one.reading.score < 0.75:
            wrong.append(f"score {one.reading.score}")
        if wrong:
            yield f"{one.text}  [{'; '.join(wrong)}] {'/'.join(one.reading.reason)}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
    if "-v" in sys.argv:
        sys.stdout.write("\n".join(misses(sys.argv[-1] if sys.argv[-1] in PARTS else "tune")) + "\n")
