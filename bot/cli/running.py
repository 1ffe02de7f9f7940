"""Commands that set up and run a neighbourhood."""

import gc
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import DatabaseOption, OrgArgument, SettingsOption, fail, org_from, reading, settings_of, storage_of


def init(
    org: OrgArgument,
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    channel: Annotated[list[str] | None, typer.Option(help="Print how to set a platform up, too.")] = None,
) -> None:
    """Make the database for a neighbourhood and print the owners' first links, once; and the steps of platforms."""
    from bot.app import first_links, steps_of

    steps = [steps_of(name) for name in channel or ()]
    if None in steps:
        fail("--channel: no such platform")

    picture, chosen = org_from(org), settings_of(settings)
    with storage_of(settings, db) as storage:
        if storage.desk.run(lambda uow: uow.org.load()).units:
            fail("这个数据库已经有组织了；换组织文件请用 gridsteward org import")
        storage.desk.run(lambda uow: uow.org.replace(picture))
        for line in first_links(storage, chosen, datetime.now(UTC)):
            typer.echo(line)
    for text in steps:
        typer.echo(f"\n{text}")


def code(
    person: Annotated[str, typer.Argument(help="A person's id in the organization.")],
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="A phone is lost: log out the person's browsers first.")
    ] = False,
) -> None:
    """Print a one-time link that binds an account of the web chat to a person."""
    from bot.app import bind_link
    from bot.usecases.browsers import sign_out_person

    chosen = settings_of(settings)
    with storage_of(
        settings, db, "不停机也行：群主在网页上打开“发认领链接”（/people），手机丢了也在那里退出"
    ) as storage:
        found = storage.desk.run(lambda uow: uow.org.load()).people.get(person)
        if found is None:
            fail(f"{person}: no such person")
        if revoke:
            storage.desk.run(lambda uow: sign_out_person(uow, found, "web"))
        typer.echo(bind_link(storage, chosen, person, datetime.now(UTC)))


def rooms(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Print the invite link of each room of the web chat, also while the bot runs."""
    from bot.app import room_links

    chosen = settings_of(settings)
    with reading(settings, db) as storage:
        for line in room_links(storage, chosen):
            typer.echo(line)


def run(
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    port: Annotated[int | None, typer.Option(help="The port instead of the settings' one.")] = None,
) -> None:
    """Serve the neighbourhood: web chat, clocks, escalation, until stopped."""
    gc.disable()  # until the server has been put together
    from bot.server import serve

    serve(settings_of(settings), db, port)


def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8080,
    data: Annotated[Path, typer.Option(help="The folder of the demo's database.")] = Path("var/demo"),
    town: Annotated[bool, typer.Option("--town", help="A whole town instead: 60 groups and three months.")] = False,
) -> None:
    """Serve the demo neighbourhood on localhost, with a short conversation to look at; or a town with its months."""
    from bot.server import serve_demo, serve_town

    if town:
        serve_town(settings_of(None), data, port)
        return
    gc.disable()  # as above
    serve_demo(settings_of(None), data, port)


def console(
    org: Annotated[Path | None, typer.Option(help="ORG.toml or org.xlsx; default: the demo neighbourhood.")] = None,
    settings: SettingsOption = None,
) -> None:
    """Type as a resident or a steward in the terminal, against a database that goes away."""
    from bot.app import DEMO_ORG
    from bot.console import converse

    converse(settings_of(settings), org_from(org or DEMO_ORG), typer.echo)
