"""How well conversations are read: ``python -m corpus.report`` (or ``make triage-report``) prints tables in Markdown.

The tenth of the corpus that no weight has been trained on is read as ``gridsteward triage read --stream`` reads it.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from adapters.triage.stream import Row
from adapters.triage.table import Names, answered
from adapters.tsv import read_tsv
from bot.cli.tables import open_table
from bot.settings import load_settings
from bot.triage.engine.model import ACTS, HEADS
from bot.triage.engine.room import STAFF, Lesson, conversations
from corpus.lessons import is_apart, lessons
from corpus.measures import Judged, Line, PerClass, Tally, headline, intervals, per_class, tally, total
from corpus.sample import COARSE, SAMPLE, lesson_of_sample


def judged(taught: Sequence[Lesson], model: Path | None, starred: bool = True) -> list[Judged]:
    """The conversations with what was read of them, as the command prints it."""
    table, names = open_table(load_settings(), model), Names()
    users = [one.user if starred else one.user.lstrip(STAFF) for one in taught]
    rows = [
        Row(str(at), one.group, one.minute, user, one.text)
        for at, (one, user) in enumerate(zip(taught, users, strict=True))
    ]
    answers = table.together(rows, table.town(rows, None))
    read = iter([line_of(answered("", one, names, "", table.lexicons.hearing)) for one in answers])
    return [
        Judged(tuple(map(gold_of, conversation)), tuple(next(read) for _ in conversation))
        for conversation in conversations(taught)
    ]


def gold_of(lesson: Lesson) -> Line:
    """What is right of a message; of two matters the first counts, of two places either."""
    labelled = (lesson.natures, lesson.categories, lesson.urgencies, lesson.tickets)
    nature, category, urgency, ticket = (next(iter(told), "") for told in labelled)
    return Line(lesson.act, nature, category, urgency, lesson.places, ticket)


def line_of(answer: Mapping[str, object]) -> Line:
    """What the command says of a message."""
    told = {name: str(answer[name] or "") for name in ("act", "nature", "category", "urgency", "ticket")}
    return Line(**told, places=(str(answer["place"]),) if answer["place"] else ())


def coarse(one: Judged) -> Judged:
    """With the two degrees of urgency that the sample knows."""
    return Judged(one.gold, tuple(replace(line, urgency=COARSE.get(line.urgency, line.urgency)) for line in one.read))


# ---------------------------------------------------------------- tables


def tables(found: Sequence[Tally], draws: int) -> Iterator[str]:
    """The lines of all tables."""
    whole = total(found)
    yield from _headline(found, whole, draws)
    yield from _by_act(whole)
    for label in ("category", "nature", "urgency"):
        yield from _by_class(label, per_class(whole.counts, label, HEADS[label]))


def _headline(found: Sequence[Tally], whole: Tally, draws: int) -> Iterator[str]:
    between = intervals(found, draws) if draws else {}
    yield from ("", "| measure | value | 95 % |", "|---|---|---|")
    for name, value in headline(whole).items():
        inside = between.get(name)
        yield f"| {name} | {_shown(value)} | {f'{inside.low:.3f}–{inside.high:.3f}' if inside else '–'} |"


def _by_act(whole: Tally) -> Iterator[str]:
    counts = whole.counts
    yield from ("", "| act | rows | read as a request | read as this act |", "|---|---|---|---|")
    for act in ACTS:
        rows = counts[f"said {act}"]
        asks, same = (counts[f"{what} {act}"] / rows if rows else None for what in ("asks", "act"))
        yield f"| {act} | {rows} | {_shown(asks)} | {_shown(same)} |"


def _by_class(label: str, found: Sequence[PerClass]) -> Iterator[str]:
    yield from ("", f"| {label} of new requests | rows | precision | recall |", "|---|---|---|---|")
    yield from (f"| {one.name} | {one.rows} | {_shown(one.precision)} | {_shown(one.recall)} |" for one in found)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a trained model instead of the shipped one")
    parser.add_argument("--all", action="store_true", help="the whole corpus: what was trained on flatters")
    parser.add_argument(
        "--nicknames", action="store_true", help="hide the stars: staff are known by their nicknames only"
    )
    parser.add_argument("--draws", type=int, default=400, help="of conversations, for the intervals; 0 for none")
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="a table like the sample of the group-chat test")
    chosen = parser.parse_args()
    taught = [one for one in lessons() if one.user and (chosen.all or is_apart(one.group))]
    read = judged(taught, chosen.model, not chosen.nicknames)
    _print(f"# The corpus: {len(taught)} messages of {len(read)} conversations", map(tally, read), chosen.draws)
    if chosen.sample.is_file():
        shown = [lesson_of_sample(row) for row in read_tsv(chosen.sample, sys.stdin.buffer, ("text", "act"))]
        read = [coarse(one) for one in judged(shown, chosen.model)]
        _print(f"\n# {chosen.sample.name}: {len(shown)} messages", map(tally, read), 0)


def _print(title: str, found: Iterator[Tally], draws: int) -> None:
    sys.stdout.write("\n".join([title, *tables(list(found), draws), ""]))


if __name__ == "__main__":
    main()
