"""``gridsteward facts``: the sums behind the owner's pages."""

from typing import TYPE_CHECKING

import typer

from bot.cli.common import DatabaseOption, SettingsOption, reading, storage_of

if TYPE_CHECKING:
    from storage.open import Storage

app = typer.Typer(help="The sums behind the owner's pages.", no_args_is_help=True)

AT_ONCE = 10_000  # tickets of one transaction: nobody waits for it
TOLD = 100_000  # tickets after which an operator hears how far it is


@app.command("verify")
def facts_verify(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Compute all sums anew from the tickets and compare, also while the bot runs; exit status 1 if one is wrong."""
    with reading(settings, db) as storage:
        waiting, faults = storage.desk.run(lambda uow: (uow.facts.waiting(), uow.facts.verify(_tell)))
    for fault in faults:
        typer.echo(fault)
    if faults:
        typer.echo("请停下机器人，运行 gridsteward facts rebuild")
        raise typer.Exit(1)
    typer.echo(f"汇总与工单一致；{waiting} 件有变化的工单等待计入" if waiting else "汇总与工单一致")


@app.command("rebuild")
def facts_rebuild(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Forget all sums and count every ticket again; the tickets themselves are only read."""
    with storage_of(settings, db, "请先停下机器人") as storage:
        storage.desk.run(lambda uow: uow.facts.rebuild())
        count = count_in(storage)
    typer.echo(f"已重新汇总：{count} 件工单")


def count_in(storage: "Storage") -> int:
    """Count in every ticket that waits; gives back how many. Cut off, it goes on where it was."""
    count = 0
    while done := storage.desk.run(lambda uow: uow.facts.catch_up(AT_ONCE)):
        count += done
        _tell(count)
    return count


def _tell(count: int) -> None:
    """How far it is: of a million tickets it takes a quarter of an hour and more."""
    if count % TOLD == 0:
        typer.echo(f"… {count} 件", err=True)
