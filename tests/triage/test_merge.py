"""Comparing a matter with the open tickets around: a quick look first, never another result by it."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import TRIAGE
from bot.ports import Matter, OpenTicket
from bot.triage import told
from bot.triage.evidence import Evidence, examine
from bot.triage.lexicons import Lexicons, load_lexicons
from bot.triage.merge import Hint, merge_candidates
from bot.triage.naming import Naming, occurs
from bot.triage.normalise import Said, hear

AT = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
CORPUS = Path(__file__).parents[2] / "corpus"
LIFT = OpenTicket("t1", 1, "dispatched", "help", "facilities", "", "", "电梯停了，没人管", "web:z", (), AT)


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(TRIAGE)


def lines() -> list[str]:
    """What people in two of the invented towns say."""
    found = []
    for name in ("ordinary.tsv", "hard_cases.tsv"):
        with (CORPUS / name).open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return found


def test_what_is_named_is_never_overlooked(lexicons: Lexicons) -> None:
    naming = Naming(lexicons)
    texts = {said.plain: examine(said, lexicons).names for said in (hear(line, lexicons.hearing) for line in lines())}
    named = {name for names in texts.values() for name in names}
    assert len(named) > 100
    overlooked = [
        (name, plain)
        for name in named
        for spellings in [naming.spellings(name)]
        for plain, names in texts.items()
        if any(name in other or other in name for other in names) and not occurs([spellings], plain)
    ]
    assert overlooked == []


def test_only_promising_tickets_are_examined(lexicons: Lexicons, monkeypatch: pytest.MonkeyPatch) -> None:
    examined: list[str] = []

    def counted(said: Said, known: Lexicons) -> Evidence:
        examined.append(said.plain)
        return examine(said, known)

    monkeypatch.setattr(told, "examine", counted)
    others = [replace(LIFT, id=f"o{n}", text=f"{n}号楼的路灯不亮") for n in range(50)]
    alike = [LIFT, replace(LIFT, id="t2", text="3号楼电梯又停了，急")]
    matter, hint = Matter("3号楼电梯又停了", "help", "facilities", "routine"), Hint(AT, "web:a", frozenset({"电梯"}))

    _, best = next(merge_candidates(matter, [*others, *alike], hint, lexicons, lexicons.weights["join"]))

    assert best.id == "t2"
    assert examined == ["3号楼电梯又停了,急"]
    everything = [one.id for _, one in merge_candidates(matter, [*others, *alike], hint, lexicons)]
    assert everything[:2] == ["t2", "t1"]
    assert len(everything) == 52
