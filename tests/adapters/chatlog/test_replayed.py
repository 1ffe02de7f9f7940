"""What was imported goes through the real bot, as ``gridsteward replay`` does it."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.chatlog import ChatLogError, Reading
from adapters.replay.player import Player
from adapters.replay.report import as_json
from adapters.replay.transcript import read_transcript
from bot.app import Ids, build_engine, scratch_storage
from bot.settings import Settings
from tests.adapters.chatlog.shapes import Export
from tests.adapters.chatlog.test_any_text import TALK, write
from tests.fakes import town

LOG = """2026-03-02 09:12:33 3-2-501 王阿姨
3号楼门口的下水道又堵了，
污水都漫出来了，麻烦管家看看

2026-03-02 09:13:10 张三
「3-2-501 王阿姨：3号楼门口的下水道又堵了，
污水都漫出来了，麻烦管家看看」
- - - - - - - - - - - - - - -
我家也是

2026-03-02 09:14:00
"张三"邀请"李四"加入了群聊

2026-03-02 09:15:00 张三
[图片]

2026-03-02 09:16:00 李四
今天天气真好

2026-03-02 09:20:00 李四
5号楼的电梯坏了两天了，老人上不去楼，麻烦修一下
"李四"撤回了一条消息
"""


def replayed(transcript: Path) -> dict[str, Any]:
    """What the bot makes of a transcript."""
    chosen, org = Settings(), town()
    with scratch_storage(None, chosen) as storage:
        storage.desk.run(lambda uow: uow.org.replace(org))
        player = Player(build_engine(chosen, org, Ids(7)), storage.desk)
        player.play(read_transcript(transcript, {group.chat: group.channel for group in org.groups.values()}))
        return storage.desk.run(lambda uow: as_json(uow, org, player))


def test_a_months_chat_opens_its_tickets(export: Export, tmp_path: Path) -> None:
    """The trouble is a ticket, who says the same follows it; what was taken back is none."""
    lines = export.lines(LOG)
    write(lines, tmp_path / "chat.jsonl")
    result = replayed(tmp_path / "chat.jsonl")
    [ticket] = [one for one in result["tickets"] if one["state"] != "withdrawn"]
    assert (ticket["category"], ticket["place"], ticket["reporter"]) == ("drainage", "3号楼门口", lines[0]["from"])
    assert ticket["followers"] == [lines[1]["from"]]
    assert result["counts"]["messages"] == 5


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TALK)
def test_whatever_is_imported_replays(tmp_path: Path, text: str) -> None:
    head = "2026-03-01 09:12:00 赵六\n灯坏了，麻烦修一下\n"
    export, target = tmp_path / "export", tmp_path / "chat.jsonl"
    export.write_bytes((head + text).encode("utf-8", "surrogatepass"))
    try:
        lines = list(Reading("xueyuan", ZoneInfo("Asia/Shanghai"), "wechat").of_file(export, lambda _: None))
    except ChatLogError:
        return
    write(lines, target)
    assert replayed(target)["counts"]["messages"] == sum("text" in line for line in lines)


def test_the_same_file_gives_the_same_transcript(export: Export) -> None:
    assert export.of(LOG) == export.of(LOG)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_in_any_encoding(encoding: str, export: Export) -> None:
    assert export.of(LOG, encoding) == export.of(LOG)
