"""What all commands share: options, errors as one line and exit status 2, the settings, the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.domain.org import Organization
    from bot.settings import Settings
    from storage.open import Storage

BAD_INPUT = 2

SettingsOption = Annotated[Path | None, typer.Option("--settings", help="A settings file instead of settings.toml.")]
DatabaseOption = Annotated[Path | None, typer.Option("--db", help="The database file instead of the settings' one.")]
OrgArgument = Annotated[Path, typer.Argument(help="ORG.toml or org.xlsx.")]


def fail(reason: str) -> NoReturn:
    """End with a reason on standard error and exit status 2."""
    typer.echo(reason, err=True)
    raise typer.Exit(BAD_INPUT)


def settings_of(file: Path | None) -> "Settings":
    from bot.settings import SettingsError, load_settings

    try:
        return load_settings(file)
    except SettingsError as error:
        fail(str(error))


def org_from(file: Path) -> "Organization":
    from adapters.office import OfficeFiles
    from adapters.orgfile import OrgFileError, read_org

    try:
        return read_org(file, OfficeFiles())
    except OrgFileError as error:
        fail(str(error))


@contextmanager
def storage_of(settings: Path | None, db: Path | None, instead: str = "") -> "Iterator[Storage]":
    """The database, for a command that changes it. ``instead``: what to do while a bot owns it."""
    from storage.errors import AlreadyOpen, StorageError
    from storage.open import open_storage

    chosen = settings_of(settings)
    try:
        storage = open_storage(db or chosen.storage.path, chosen.storage.synchronous)
    except AlreadyOpen as error:
        fail(f"{error}。{instead}" if instead else str(error))
    except StorageError as error:
        fail(str(error))
    with storage:
        yield storage


@contextmanager
def reading(settings: Path | None, db: Path | None) -> "Iterator[Storage]":
    """The database, for a command that only reads it: also while the bot runs."""
    from storage.errors import StorageError
    from storage.open import open_to_read

    chosen = settings_of(settings)
    try:
        with open_to_read(db or chosen.storage.path, say_copy, chosen.storage.synchronous) as storage:
            yield storage
    except StorageError as error:
        fail(str(error))


def say_copy() -> None:
    """Tell whoever looks that what is shown may be a moment old; apart from the output that others may read on."""
    typer.echo("机器人正在运行：读的是此刻的一份副本", err=True)
