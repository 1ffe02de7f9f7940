"""``gridsteward triage``: read messages; learn a text head from labelled text, and say how good it is (contracts/triage.md)."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from bot.cli.common import DatabaseOption, SettingsOption, fail, org_from, reading, settings_of, storage_of

if TYPE_CHECKING:
    from adapters.triage.table import Asked
    from bot.cli.tables import Table
    from bot.ports import UnitOfWork, Version
    from bot.triage.learned.texthead import TextHead

T = TypeVar("T")
LONG = 1000  # rows from which on a bar shows how far it is

app = typer.Typer(help="Triage: messages read; text heads, learnt and judged.", no_args_is_help=True)

DataArgument = Annotated[
    Path | None, typer.Argument(help="DATA.tsv or .tsv.gz with a header; default: standard input.")
]
LabelOption = Annotated[str, typer.Option("--label", help="The column of labels; rows without one are left out.")]
TextOption = Annotated[str, typer.Option("--text", help="The column of texts.")]


StreamOption = Annotated[bool, typer.Option("--stream", help="The rows of a group are one conversation, in order.")]
OrgOption = Annotated[Path | None, typer.Option("--org", help="ORG.toml or org.xlsx: who has a duty, what is where.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="A trained model instead of the shipped one.")]


class Labelled(NamedTuple):
    """Texts and their labels, as many."""

    texts: list[str]
    labels: list[str]


@app.command("read")
def read_rows(
    data: DataArgument = None, stream: StreamOption = False, org: OrgOption = None, model: ModelOption = None
) -> None:
    """Say what each message of a table means: one JSON object a line. Needed column: text; used: id group minute user reply_to."""
    _one_thread()
    from adapters.triage.table import Names, answered

    table, picture, asked = _table(model), org_from(org) if org else None, _asked(data)
    rows, names, engine = [one.row for one in asked], Names(), model.stem if model else "default"
    town = table.town(rows, picture)
    with _progress(len(rows)) as watch:
        answers = table.together(rows, town, watch) if stream else table.alone(watch(rows), town)
        for one, answer in zip(asked, answers, strict=True):
            _print(answered(one.name, answer, names, engine, table.lexicons.hearing))


def _table(model: Path | None) -> "Table":
    from bot.cli.tables import open_table
    from bot.triage.engine.model import ModelError

    try:
        return open_table(settings_of(None), model)
    except ModelError as error:
        fail(str(error))


def _asked(data: Path | None) -> "list[Asked]":
    from adapters.triage.table import TableError, asked
    from adapters.tsv import TsvError, read_tsv

    name = data or "<stdin>"
    try:
        found = list(asked(read_tsv(data, sys.stdin.buffer, ("text",))))
    except TsvError as error:
        fail(str(error))
    except TableError as error:
        fail(f"{name}:{error}")
    return found or fail(f"{name}:1: no row follows the header")


@app.command("train")
def train_head(
    label: LabelOption,
    out: Annotated[Path, typer.Option("--out", help="The head's file to write (.npz).")],
    data: DataArgument = None,
    text: TextOption = "text",
) -> None:
    """Learn a text head from labelled text; the same data give the same file."""
    begin = perf_counter()
    _one_thread()
    rows = _read(data, text, label)
    from bot.triage.learned.folding import fold_of
    from bot.triage.learned.solver import PASSES
    from bot.triage.learned.training import TrainingError, train

    try:
        with _progress(len(rows.texts)) as watch:
            head = train(rows.texts, rows.labels, fold_of(), passes=watch(range(PASSES)))
        head.save(out)
    except TrainingError as error:
        fail(f"{data or '<stdin>'}:0: {label}: {error}")
    except OSError as error:
        fail(f"{out}: {error.strerror}")
    seconds, size = round(perf_counter() - begin, 2), out.stat().st_size
    _print({"rows": len(rows.texts), "labels": len(head.labels), "seconds": seconds, "bytes": size, "out": str(out)})


@app.command("eval")
def eval_head(
    label: LabelOption,
    data: DataArgument = None,
    text: TextOption = "text",
    model: Annotated[Path | None, typer.Option("--model", help="A head that train wrote.")] = None,
) -> None:
    """Say how well and how fast a text head labels the texts of a file."""
    _one_thread()
    if model is None:
        fail("--model: name a head that train wrote; none is shipped")
    head = _head(model)
    rows = _read(data, text, label)
    from bot.triage.learned.evaluation import evaluate

    with _progress(len(rows.texts)) as watch:
        scores = evaluate(head.label, rows.texts, rows.labels, watch)
    _print({**scores.as_json(), "bytes": model.stat().st_size})


def _one_thread() -> None:
    """Rows this small only lose by BLAS threads; numpy reads this when it is first imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _read(data: Path | None, text: str, label: str) -> Labelled:
    from adapters.tsv import TsvError, read_tsv

    try:
        rows = [row.cells for row in read_tsv(data, sys.stdin.buffer, (text, label))]
    except TsvError as error:
        fail(str(error))
    rows = [cells for cells in rows if cells[label]]
    if not rows:
        fail(f"{data or '<stdin>'}:0: {label}: no row has a label")
    return Labelled([cells[text] for cells in rows], [cells[label] for cells in rows])


def _head(model: Path) -> "TextHead":
    from bot.triage.learned.folding import fold_of
    from bot.triage.learned.texthead import HeadError, load_head

    try:
        return load_head(model, fold_of())
    except HeadError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{model}: {error.strerror}")


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[Iterable[T]], Iterable[T]]]:
    """A bar on standard error for long input, when a person looks."""
    if rows < LONG or not sys.stderr.isatty():
        yield lambda items: items
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        yield progress.track


def _print(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


STATES = {"live": "在用", "past": "用过", "refused": "没有采用", "undone": "已撤下"}


@app.command("status")
def learning_status(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Say what triage has learnt from corrections, community by community, also while the bot runs."""
    with reading(settings, db) as storage:
        lines = storage.desk.run(_status)
    for line in lines or ["还没有可学的更正；用的是出厂的判断"]:
        typer.echo(line)


@app.command("rollback")
def roll_back(
    root: Annotated[str | None, typer.Option("--unit", help="The root unit; needed where there are several.")] = None,
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take back what triage has learnt last: the version before it, or the shipped weights, read again."""
    with storage_of(settings, db, "先停下机器人") as storage:
        roots = storage.desk.run(lambda uow: uow.learning.roots())
        if root not in roots and (root is not None or len(roots) != 1):
            fail(f"--unit: {'、'.join(roots) or '还没有学到什么'}")
        undone = storage.desk.run(lambda uow: uow.learning.undo(root or roots[0]))
        if undone is None:
            fail("没有在用的版本；用的是出厂的判断")
        typer.echo(f"第{undone.number}版已撤下")
        for line in storage.desk.run(_status):
            typer.echo(line)


def _status(uow: "UnitOfWork") -> list[str]:
    lines = []
    for root in uow.learning.roots():
        versions = uow.learning.versions(root)
        live = next((one for one in versions if one.state == "live"), None)
        used = f"第{live.number}版" if live else "出厂"
        lines.append(f"{root}：在用 {used}；更正 {len(uow.learning.examples(root))} 条")
        lines += map(_version_line, versions)
    return lines


def _version_line(version: "Version") -> str:
    scores = version.scores
    at = version.at.strftime("%Y-%m-%d %H:%M UTC")
    golden, past = (" → ".join(map(str, pair)) for pair in (scores.golden_errors, scores.past_errors))
    return (
        f"  第{version.number}版 {STATES[version.state]} {at} 学了 {version.examples} 条；"
        f"错：标准题 {golden}（共 {scores.golden}），本地旧话 {past}（共 {scores.past}）"
    )
