"""``gridsteward webhook``: other programs that are told what happens to tickets."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import DatabaseOption, SettingsOption, fail, reading, settings_of, storage_of

if TYPE_CHECKING:
    from bot.domain.hook import Hook
    from bot.domain.org import Organization
    from bot.ports import UnitOfWork
    from bot.settings import Settings

app = typer.Typer(help="Webhooks: other programs that are told what happens to tickets.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="As in `webhook list`.")]
INSTEAD = "不停机也行：群主在看板上打开“通知别的系统”（/desk/webhooks）"
WRONG = {
    "right": "--by：这个人不管这个单位；要写它的群主或督办，或者上级的",
    "url": "URL：要以 https:// 开头，不能是内部网络的地址（webhooks.networks 里的除外）",
    "kinds": "--kind：没有这种变化；写代码，例如 registered、done、closed",
    "many": "这个单位的已经够多了，请先删一个",
}


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="The receiver's address.")],
    unit: Annotated[str, typer.Option(help="The unit whose tickets it is told of, and of all below.")],
    by: Annotated[str, typer.Option(help="The person in whose right it stands.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only these events; may be repeated. Default: all.")] = None,
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Subscribe an address and print its secret, once."""
    chosen = settings_of(settings)
    with storage_of(settings, db, INSTEAD) as storage:
        hook = storage.desk.run(lambda uow: _subscribe(uow, chosen, by, (unit, url, kind or [])))
    typer.echo(f"{hook.id}\n密钥（只显示这一次）：{hook.secret}")


def _subscribe(uow: "UnitOfWork", settings: "Settings", by: str, wish: tuple[str, str, list[str]]) -> "Hook":
    from bot.app import build_engine
    from bot.usecases import hooks

    org = uow.org.load()
    if by not in org.people:
        fail(f"{by}: no such person")
    ctx = build_engine(settings, org).context(uow, datetime.now(UTC))
    try:
        return hooks.subscribe(ctx, org.people[by], *wish)
    except hooks.Unfit as error:
        fail(WRONG[error.reason])


@app.command("list")
def show(settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """List the webhooks and what became of their newest attempts, also while the bot runs. Secrets are not shown."""
    with reading(settings, db) as storage:
        for line in storage.desk.run(lambda uow: list(_lines(uow.hooks.all(), uow.org.load()))):
            typer.echo(line)


def _lines(found: "list[Hook]", org: "Organization") -> "Iterator[str]":
    from bot.domain.hook import is_told

    if not found:
        yield "没有要通知的系统"
    for hook in found:
        last = f"{hook.last_at:%Y-%m-%d %H:%M} UTC {hook.last}" if hook.last_at else "-"
        stands = hook.state if is_told(hook, org) or hook.state != "on" else "orphan"
        yield f"{hook.id}  {hook.unit}  {hook.by}  {stands}  {','.join(hook.kinds) or '*'}  {last}  {hook.url}"


@app.command("remove")
def remove(id_: Id, settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Forget a webhook and its secret."""
    from bot.usecases import hooks

    with storage_of(settings, db, INSTEAD) as storage:
        hook = storage.desk.run(lambda uow: uow.hooks.get(id_))
        if hook is None:
            fail(f"{id_}: no such webhook")
        storage.desk.run(lambda uow: hooks.remove(uow, datetime.now(UTC), hook))
    typer.echo("已删除")


@app.command("test")
def post_test(id_: Id, settings: SettingsOption = None, db: DatabaseOption = None) -> None:
    """Post a test, here and now, and say what came of it; also while the bot runs. Exit status 1 where it did not arrive."""
    from adapters.webhook import Poster
    from bot.app import Ids
    from bot.render.hooks import told
    from bot.usecases.hooks import trial

    chosen, now = settings_of(settings), datetime.now(UTC)
    with reading(settings, db) as storage:
        hook = storage.desk.run(lambda uow: uow.hooks.get(id_))
    if hook is None:
        fail(f"{id_}: no such webhook")
    message = told(trial(hook, Ids().time_ordered(now), now))
    answer = asyncio.run(Poster(chosen.webhooks.networks).post(hook, message.key, message.text.encode(), now))
    typer.echo(answer.word)
    raise typer.Exit(0 if answer.arrived else 1)
