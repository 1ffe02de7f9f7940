"""``gridsteward api-key``: keys of the HTTP API, for an operator; a running bot has a page for it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.common import DatabaseOption, SettingsOption, fail, reading, storage_of

app = typer.Typer(help="Keys of the HTTP API.", no_args_is_help=True)

INSTEAD = "不停机也行：群主在网页上打开“接口钥匙”（/desk/keys）"
WHY = {
    "keys.no_duty": "这个人在这一片没有管家、群主或督办的职责，或者单位、权限写错了（权限：read、act、admin）",
    "keys.no_account": "这个人还没有账号；先用 gridsteward code 发一个认领链接",
    "keys.no_label": "请用 --label 写明给谁用，最多40个字",
    "keys.too_many": "这个人在这一片的钥匙太多了；先作废不用的",
}


@app.command("create")
def create(
    person: Annotated[str, typer.Argument(help="The id of the person whose duties the key has.")],
    unit: Annotated[str, typer.Argument(help="The id of the unit that it is for, with all below.")],
    label: Annotated[str, typer.Option(help="Who uses it.")],
    scope: Annotated[str, typer.Option(help="read, act or admin.")] = "read",
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Make a key and print it, once."""
    from bot.app import Ids
    from bot.domain.errors import DomainError
    from bot.ports import ApiKey
    from bot.usecases import keys

    wanted = ApiKey("", person, unit, scope, label, datetime.now(UTC), "")
    with storage_of(settings, db, INSTEAD) as storage:
        try:
            typer.echo(storage.desk.run(lambda uow: keys.make(uow, uow.org.load(), Ids(), wanted)))
        except DomainError as error:
            fail(WHY[error.key])


@app.command("list")
def list_keys(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """List all keys, also while the bot runs; the keys themselves are nowhere."""
    with reading(settings, db) as storage:
        found = storage.desk.run(lambda uow: uow.keys.all())
    for key in found:
        used = f"最近用过 {key.used_on}" if key.used_on else "没用过"
        state = "已作废" if key.revoked_at else used
        typer.echo(f"{key.id}  {key.person}  {key.unit}  {key.scope}  {state}  {key.label}")
    if not found:
        typer.echo("没有钥匙")


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as listed.")],
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """A key opens nothing any more."""
    with storage_of(settings, db, INSTEAD) as storage:
        if not storage.desk.run(lambda uow: uow.keys.revoke(key, datetime.now(UTC))):
            fail(f"{key}：没有这把钥匙，或者已经作废")
    typer.echo("已作废")
