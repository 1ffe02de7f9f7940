"""``gridsteward replay``: a recorded conversation through the real bot (contracts/replay.md)."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import SettingsOption, fail, org_from, settings_of

if TYPE_CHECKING:
    from adapters.replay.player import SentMessage
    from adapters.replay.transcript import Step
    from bot.domain.org import Organization
    from bot.settings import Settings

SEED = 12345  # the ids of a replay are the same each time


def replay(
    chat: Annotated[Path, typer.Argument(help="CHAT.jsonl: a recorded group conversation.")],
    org: Annotated[Path, typer.Option(help="ORG.toml or org.xlsx.")],
    settings: SettingsOption = None,
    db: Annotated[str | None, typer.Option(help="A new database file to keep; default: a temporary one.")] = None,
    until: Annotated[str | None, typer.Option(help="Let time pass until this ISO time.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Feed a recorded conversation to the real bot on a virtual clock, and print what happened."""
    from adapters.replay.transcript import TranscriptError
    from bot.settings import SettingsError

    end = _moment(until) if until else None
    chosen, picture = settings_of(settings), org_from(org)
    if not chat.is_file():
        fail(f"{chat}:0: file: no such file")
    try:
        result = _play(chat, chosen, picture, db, end, as_json)
    except (TranscriptError, SettingsError) as error:
        fail(str(error))
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--until: {text!r} is not an ISO 8601 time")
    if at.tzinfo is None:
        fail("--until: the time has no offset")
    return at.astimezone(UTC)


def _play(
    chat: Path, settings: "Settings", org: "Organization", db: str | None, until: datetime | None, quiet: bool
) -> dict[str, object]:
    from adapters.replay.player import Player
    from adapters.replay.report import as_json
    from adapters.replay.transcript import read_transcript
    from bot.app import Ids, build_engine, scratch_storage

    with scratch_storage(db, settings) as storage:
        storage.desk.run(lambda uow: uow.org.replace(org))
        stored = storage.desk.run(lambda uow: uow.org.load())
        player = Player(build_engine(settings, stored, Ids(SEED)), storage.desk, _timeline(stored, quiet))
        channels = {group.chat: group.channel for group in stored.groups.values()}
        with _progress(read_transcript(chat, channels), chat, quiet) as steps:
            player.play(steps, until)
        return storage.desk.run(lambda uow: as_json(uow, stored, player))


def _timeline(org: "Organization", quiet: bool) -> "_Printer | None":
    return None if quiet else _Printer(org)


class _Printer:
    """Prints what the bot says as it says it."""

    def __init__(self, org: "Organization") -> None:
        self._org = org

    def __call__(self, sent: "SentMessage") -> None:
        from adapters.replay.report import timeline_line

        typer.echo(timeline_line(sent, self._org))


@contextmanager
def _progress(steps: "Iterable[Step]", chat: Path, quiet: bool) -> "Iterator[Iterable[Step]]":
    """A bar on standard error for long input, when a person looks."""
    if quiet or not sys.stderr.isatty():
        yield steps
        return
    from rich.console import Console
    from rich.progress import Progress

    with chat.open("rb") as file:
        total = sum(1 for line in file if line.strip())
    with Progress(console=Console(stderr=True)) as progress:
        yield progress.track(steps, total=total, description=chat.name)
