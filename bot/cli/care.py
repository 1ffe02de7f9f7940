"""Commands that look after the data: check, backup, restore, audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import DatabaseOption, SettingsOption, fail, reading, say_copy, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings

audit_app = typer.Typer(help="The audit log.", no_args_is_help=True)


def check(
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    channel: Annotated[str | None, typer.Option(help="Ask this platform, live, instead.")] = None,
) -> None:
    """Say in words what is wrong with settings, organization and database, also while the bot runs; exit status 1 if so."""
    from bot.checkup import find_faults
    from bot.drawing import remarks

    chosen = settings_of(settings)
    for remark in remarks(chosen) if channel is None else ():
        typer.echo(remark)
    faults = find_faults(chosen, db or chosen.storage.path, say_copy) if channel is None else _probed(chosen, channel)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo("一切正常")


def _probed(settings: "Settings", channel: str) -> list[str]:
    """What a platform says is missing."""
    import asyncio

    from bot.app import PLATFORMS, SystemClock, media_folder, probe, public_url
    from bot.ports import Tools
    from bot.settings import SettingsError
    from storage.media import MediaFolder

    if channel not in PLATFORMS:
        fail(f"--channel: one of {', '.join(PLATFORMS)}")
    media = MediaFolder(media_folder(settings.storage.path), settings.web.max_upload_mb * 1_000_000)
    tools = Tools(media, SystemClock(), settings.bot.name, public_url(settings))
    try:
        return asyncio.run(probe(settings, channel, tools))
    except SettingsError as error:
        fail(str(error))


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; photos go to <file>.media beside it.")],
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Copy the database and photos, verified, also while the bot runs."""
    from bot.app import media_folder
    from storage.backup import backup as copy
    from storage.errors import StorageError

    path = db or settings_of(settings).storage.path
    try:
        report = copy(path, target, media_folder(path))
    except StorageError as error:
        fail(str(error))
    typer.echo(f"已备份并核对：{report.path}，{sum(report.rows.values())} 行，{report.media} 张照片")


def restore(
    source: Annotated[Path, typer.Argument(help="A file made by backup.")],
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in place of an existing database.")] = False,
) -> None:
    """Put a verified copy in place."""
    from bot.app import media_folder
    from storage.backup import restore as put_back
    from storage.errors import StorageError

    path = db or settings_of(settings).storage.path
    try:
        report = put_back(source, path, media_folder(path), replace=replace)
    except StorageError as error:
        fail(str(error))
    typer.echo(f"已恢复并核对：{path}，{sum(report.rows.values())} 行")


@audit_app.command("verify")
def audit_verify(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Recompute the hash chains of the audit log, also while the bot runs; exit status 1 if a link is broken."""
    with reading(settings, db) as storage:
        faults = storage.desk.run(lambda uow: uow.audit.verify())
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo("审计记录完整")
