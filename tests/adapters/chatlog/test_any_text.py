"""No text makes a parser fail otherwise than in words, and whatever is imported is a transcript."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chatlog import PARSERS, ChatLogError, Reading
from adapters.chatlog.moments import NoMoment, moment
from adapters.replay.transcript import Step, read_transcript
from bot.messages import InboundMessage

ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"])
PIECES = (
    "2026-03-01 09:12:33", "2026-03-01 09:12:34", "2026/3/1 9:12", "昨天 09:12", "—————  2026-03-01  —————", "09:12", " ",
    "  ", "\n", "\n", "张三", "李四(wxid_abc)", ":", "：", "[图片]", "[文件] a.pdf",
    '"张三"撤回了一条消息', '"李四"邀请"张三、王五"加入了群聊',
    "「张三：灯坏了」\n- - - - - -\n", "灯坏了", "@张三\u2005", "系统消息", "\u2028", "\r", "\x00", "\ufeff", '"', ",", "\t",
)  # fmt: skip
TALK = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map("".join)
CELLS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), min_size=1, max_size=8)
TABLE = st.lists(CELLS.map(",".join), max_size=12).map(lambda rows: "\n".join(["时间,昵称,内容,id,引用,类型", *rows]))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(PIECES)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=8,
)
FIELDS = (
    "id", "type", "date", "date_unixtime", "from", "from_id", "text", "reply_to_message_id", "photo", "media_type", "file",
    "mime_type", "actor", "actor_id", "action", "members", "location_information", "poll", "sticker_emoji",
)  # fmt: skip
ODD = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON))
PROPER = st.fixed_dictionaries(
    {"date": st.sampled_from(PIECES[:3]), "id": st.integers(1, 4)},
    optional={name: JSON for name in FIELDS if name not in {"date", "id", "date_unixtime"}}
    | {
        "type": st.sampled_from(["message", "service"]),
        "action": st.sampled_from(["invite_members", "remove_members"]),
    },
)
MESSAGES = st.lists(st.one_of(PROPER, ODD, JSON), max_size=6).map(lambda found: json.dumps({"messages": found}))


def imported(content: bytes, form: str | None, zone: str = "Asia/Shanghai") -> list[Step] | None:
    """The steps of the transcript of a file; None where it is refused."""
    with TemporaryDirectory() as folder:
        export, target = Path(folder, "export"), Path(folder, "chat.jsonl")
        export.write_bytes(content)
        try:
            lines = list(Reading("xueyuan", ZoneInfo(zone), form).of_file(export, lambda _: None))
        except ChatLogError:
            return None
        write(lines, target)
        return list(read_transcript(target, {"xueyuan": "web"}))


def write(lines: list[Any], target: Path) -> None:
    target.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


@settings(deadline=None)  # a busy machine is no fault
@given(TALK, ZONES)
def test_any_talk(text: str, zone: str) -> None:
    check(imported(text.encode("utf-8", "surrogatepass"), "wechat", zone))


@settings(deadline=None)  # a busy machine is no fault
@given(TABLE, ZONES)
def test_any_table(text: str, zone: str) -> None:
    check(imported(text.encode("utf-8", "surrogatepass"), "csv", zone))


@settings(deadline=None)  # a busy machine is no fault
@given(MESSAGES, ZONES)
def test_any_telegram_chat(text: str, zone: str) -> None:
    check(imported(text.encode(), "telegram", zone))


@settings(deadline=None)  # a busy machine is no fault
@given(st.binary(max_size=400), st.sampled_from([None, *PARSERS]))
def test_any_bytes(content: bytes, form: str | None) -> None:
    check(imported(content, form))


def check(steps: list[Step] | None) -> None:
    """Each message has an id of its own, and answers lead to messages before them."""
    seen: set[str] = set()
    for step in steps or []:
        event = step.event
        if isinstance(event, InboundMessage):
            assert event.id not in seen
            assert event.reply_to is None or event.reply_to in seen
            seen.add(event.id)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.text(alphabet="灯坏了好[]「」 ", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=8))
def test_no_message_is_lost(texts: list[str]) -> None:
    log = "\n\n".join(f"2026-03-01 09:12:{second:02} 张三\n{text}" for second, text in enumerate(texts))
    steps = imported(log.encode(), None) or []
    said = [step.event.text for step in steps if isinstance(step.event, InboundMessage)]
    assert said == [text.strip() for text in texts]


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=30), ZONES)
def test_any_time(text: str, zone: str) -> None:
    try:
        at = moment(text, ZoneInfo(zone))
    except NoMoment:
        return
    assert at.tzinfo is UTC


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(1_000_000_000, 4_000_000_000), ZONES)
def test_a_time_is_read_as_it_was_written(seconds: int, zone: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    read = moment(at.strftime("%Y/%m/%d %H:%M:%S"), ZoneInfo(zone))
    assert read == at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


LONG: dict[str, Callable[[int], str]] = {
    "names": lambda n: "2026-03-01 09:12:33 " + "张" * n,
    "blanks": lambda n: "2026-03-01 09:12:33 张三\n" + " \t" * n + "x",
    "rulers": lambda n: "—" * n + "\n" + "- " * n,
    "quotations": lambda n: "2026-03-01 09:12:33 张三\n「a：" + "」\n- -" * n,
    "joined": lambda n: '2026-03-01 09:12:33 张三\n"' + '"通过' * n,
    "mentions": lambda n: "2026-03-01 09:12:33 张三\n" + "@a" * n,
    "lists": lambda n: '{"messages": [' + "[" * n,
}


@pytest.mark.parametrize("kind", LONG)
def test_long_lines_take_no_longer_than_they_are(kind: str) -> None:
    """A quarter of a million characters in one line: nothing is tried again and again."""
    check(imported(LONG[kind](250_000).encode(), None))
