"""``gridsteward outbox``: what may not have arrived or could not be handled, and what becomes of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import DatabaseOption, SettingsOption, fail, reading, storage_of

if TYPE_CHECKING:
    from bot.domain.org import Organization
    from bot.ports import UnitOfWork
    from bot.usecases.leftovers import SetAside, Unsent

Ids = Annotated[list[str] | None, typer.Option(metavar="ID", help="Send this message again; may be repeated.")]
Dropped = Annotated[list[str] | None, typer.Option(metavar="ID", help="Let this message be; may be repeated.")]
Keys = Annotated[list[str] | None, typer.Option(metavar="KEY", help="Let this event be; may be repeated.")]


def outbox(
    settings: SettingsOption = None,
    db: DatabaseOption = None,
    resend: Ids = None,
    drop: Dropped = None,
    clear: Keys = None,
) -> None:
    """List the messages that may not have arrived and the events set aside, also while the bot runs; or decide."""
    if resend or drop or clear:
        _decide(settings, db, resend or [], drop or [], clear or [])
        return
    with reading(settings, db) as storage:
        for line in storage.desk.run(lambda uow: list(_lines(uow, uow.org.load()))):
            typer.echo(line)


def _decide(settings: Path | None, db: Path | None, resend: list[str], drop: list[str], clear: list[str]) -> None:
    """All of it or, if there is a fault, nothing."""
    from bot.usecases import leftovers

    now = datetime.now(UTC)

    def job(uow: "UnitOfWork") -> None:
        for id_ in resend:
            leftovers.resend(uow, now, id_)
        for id_ in drop:
            leftovers.drop(uow, now, id_)
        for key in clear:
            leftovers.clear(uow, now, key)

    with storage_of(settings, db, "要处理这些消息，先停下机器人，处理完再启动；只看不用停") as storage:
        try:
            storage.desk.run(job)
        except leftovers.NotLeft as error:
            fail(str(error))
    typer.echo(f"已处理：重发 {len(resend)} 条（下次启动时发出），放弃 {len(drop)} 条，清除 {len(clear)} 条")


def _lines(uow: "UnitOfWork", org: "Organization") -> "Iterator[str]":
    from bot.usecases import leftovers

    messages, events = leftovers.look(uow, org)
    if not messages and not events:
        yield "没有要处理的"
    if messages:
        yield "不一定送到的消息（--resend ID 重发，--drop ID 放弃）："
        yield from (_message_line(one, org) for one in messages)
    if events:
        yield "处理失败、单独放着的（--clear KEY 清除）："
        yield from (_event_line(one) for one in events)


def _message_line(one: "Unsent", org: "Organization") -> str:
    group = org.group(one.chat)
    unit = org.units.get(group.unit) if group else next(iter(org.units.values()), None)
    at = one.at.astimezone(unit.zone if unit else UTC)
    ticket = f"{one.number}号件" if one.number else "-"
    return f"  {one.id}  {at:%Y-%m-%d %H:%M}  {_where(one)}  {one.kind}  {ticket}  {one.state}  {_why(one)}"


def _where(one: "Unsent") -> str:
    if not one.chat:
        return "私聊（保密件）"
    return f"{one.name}（{one.chat}）" if one.name else one.chat


def _why(one: "Unsent") -> str:
    if one.reason:
        return f"写不成句子：{one.reason}"
    if one.state == "dead":
        return f"试了{one.attempts}次，平台不收"
    return "不知是否送达：发送时断了，或者是从备份恢复的"


def _event_line(one: "SetAside") -> str:
    return f"  {one.key}  {one.strikes}次  {one.reason}"
