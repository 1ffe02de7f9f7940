"""``gridsteward import-chat``: a chat that another program exported → a transcript for ``gridsteward replay``."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import fail

if TYPE_CHECKING:
    from adapters.chatlog import Note
    from adapters.chatlog.transcript import Line

T = TypeVar("T")
LONG = 2**20  # bytes from which on a bar shows how far it is
SHOWN = 20  # notes in full; of the others the number

FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="wechat|telegram|csv", help="Default: told by the file's text.")
]
GroupOption = Annotated[
    str | None, typer.Option("--group", metavar="ID", help="The group's id in ORG; default: the file's name.")
]
ZoneOption = Annotated[str, typer.Option("--timezone", help="Where the file's times without an offset were.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="The .jsonl to write; default: standard output.")]


def import_chat(
    file: Annotated[
        Path, typer.Argument(help="A chat exported by WeChat tools (text), Telegram Desktop (JSON) or as CSV.")
    ],
    form: FormatOption = None,
    group: GroupOption = None,
    timezone: ZoneOption = "Asia/Shanghai",
    out: OutOption = None,
) -> None:
    """Make an exported chat into a transcript for replay; nothing is sent to anybody."""
    from adapters.chatlog import PARSERS, ChatLogError, Reading

    if form is not None and form not in PARSERS:
        fail(f"--format: {form!r} is none of {', '.join(PARSERS)}")
    if out is not None and out.resolve() == file.resolve():
        fail(f"--out: {out} is the chat itself")
    reading = Reading(group or file.stem, _zone(timezone), form)
    notes = _Notes(file.name)
    try:
        with _progress(file) as watch:
            lines = reading.of_file(file, notes, watch)
        _write(lines, out)
    except ChatLogError as error:
        fail(f"{file.name}｜{error}")
    notes.finish()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fail(f"--timezone: {name!r} is no time zone")


class _Notes:
    """Says on standard error what was not read as it stands: the first few, then how many more."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def __call__(self, note: "Note") -> None:
        self._count += 1
        if self._count <= SHOWN:
            typer.echo(f"{self._name}｜{note}", err=True)

    def finish(self) -> None:
        if self._count > SHOWN:
            typer.echo(f"{self._name}｜这样的还有 {self._count - SHOWN} 处", err=True)


def _write(lines: "Iterator[Line]", out: Path | None) -> None:
    if out is None:
        _print(lines, sys.stdout)
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as target:
            count = _print(lines, target)
        os.replace(part, out)
    except OSError as error:
        part.unlink(missing_ok=True)
        fail(f"{out}: {error.strerror}")
    typer.echo(f"已写好：{out}，{count} 行")


def _print(lines: "Iterable[Line]", target: TextIO) -> int:
    count = 0
    for line in lines:
        target.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[Iterable[T]], Iterable[T]]]:
    """A bar on standard error for long input, when a person looks."""
    if not sys.stderr.isatty() or not file.is_file() or file.stat().st_size < LONG:
        yield lambda items: items
        return
    from rich.console import Console
    from rich.progress import Progress

    with file.open("rb") as content:
        total = sum(1 for _ in content)
    with Progress(console=Console(stderr=True)) as progress:
        yield lambda items: progress.track(items, total=total, description=file.name)
