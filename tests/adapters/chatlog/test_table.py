"""Chats in tables."""

import pytest

from adapters.chatlog import ChatLogError
from tests.adapters.chatlog.shapes import Export, account, told

HEADERS = {
    "Chinese": "时间,昵称,内容",
    "English": "time,sender,text",
    "tabs": "时间\t发送人\t内容",
    "semicolons": "Time;Nick Name;Message",
    "with a mark": "\ufeff时间,昵称,内容",
    "with a zone": "time(Asia/Shanghai),from_nickname,content",
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header(header: str, export: Export) -> None:
    title = HEADERS[header]
    delimiter = next(one for one in ",\t;" if one in title)
    row = delimiter.join(["2026/3/1 9:12", "张三", "灯坏了"])
    [line] = export.lines(f"{title}\n{row}\n")
    assert (line["at"], line["from"], line["name"], line["text"]) == (
        "2026-03-01T09:12:00+08:00", account("张三"), "张三", "灯坏了",
    )  # fmt: skip


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-01 09:12:33", "2026/3/1 9:12:33", "2026年3月1日 9:12:33", "2026.03.01 上午9:12:33", "2026-03-01T09:12:33",
        "2026-03-01T01:12:33Z", "2026-03-01T01:12:33.250+00:00", "1772327553", "1772327553000",
    ],
)  # fmt: skip
def test_a_time(time: str, export: Export) -> None:
    [line] = export.lines(f"时间,昵称,内容\n{time},张三,灯坏了\n")
    assert line["at"] == "2026-03-01T09:12:33+08:00"


def test_date_and_time_in_columns_of_their_own(export: Export) -> None:
    [line] = export.lines("日期,时间,昵称,内容\n2026-03-01,09:12,张三,灯坏了\n")
    assert line["at"] == "2026-03-01T09:12:00+08:00"


def test_ids_answers_accounts_and_kinds(export: Export) -> None:
    text = (
        "id,time,sender,wxid,type,text,reply_to\n"
        "a,2026-03-01 09:12,张三,zs,1,灯坏了,\n"
        "b,2026-03-01 09:13,李四,,3,<msg><img/></msg>,a\n"
        "c,2026-03-01 09:14,王五,,图片,3号楼门口,灯坏了\n"
        'd,2026-03-01 09:15,,,10000,"""赵六""加入了群聊",\n'
        "e,2026-03-01 09:16,,bot,1,好,\n"
    )
    lines = export.lines(text)
    assert [line.get("from") or line.get("join") for line in lines] == [
        "zs", account("李四"), account("王五"), account("赵六"), account("bot"),
    ]  # fmt: skip
    assert [line.get("reply_to") for line in lines] == [None, "a", "a", None, None]
    assert [line.get("text") for line in lines] == ["灯坏了", "", "3号楼门口", None, "好"]
    assert [line.get("media") for line in lines[1:3]] == [[{"type": "image"}]] * 2


def test_quotation_marks_hold_lines_together_and_commas_without_them_too(export: Export) -> None:
    text = '内容,时间,昵称\n"灯坏了,\n晚上黑",2026-03-01 09:12,张三\n水停了,快来,2026-03-01 09:13,李四,,\n'
    assert told(export.lines(text)) == [("09:12:00", "张三", "灯坏了,\n晚上黑"), ("09:13:00", "李四", "水停了,快来")]


def test_rows_of_nobody_belong_to_the_message_before(export: Export) -> None:
    text = "时间,昵称,内容\n2026-03-01 09:12,张三,灯坏了\n,,晚上黑\n2026-03-01 09:13,,看不见\n"
    assert told(export.lines(text)) == [("09:12:00", "张三", "灯坏了\n晚上黑\n看不见")]


def test_the_newest_first(export: Export) -> None:
    text = "时间,昵称,内容\n2026-03-01 09:13,李四,三\n2026-03-01 09:12,张三,二\n2026-03-01 09:12,张三,一\n"
    assert [line["text"] for line in export.lines(text)] == ["一", "二", "三"]


def test_a_time_that_cannot_be_read(export: Export) -> None:
    lines, notes = export.of(
        "时间,昵称,内容\n?,李四,早\n2026-03-01 09:12,张三,灯坏了\n?,李四,好\n1826-03-01 09:12,王五,好\n"
    )
    assert [line["at"][11:16] for line in lines] == ["09:12"] * 3
    assert notes == [
        "第 2 行：“?”不是时间；没有导入",
        "第 4 行：“?”不是时间；按上一行的时间算",
        "第 5 行：“1826-03-01 09:12”的年份不对；按上一行的时间算",
    ]


def test_a_notice_that_nobody_knows(export: Export) -> None:
    lines, notes = export.of("时间,昵称,内容\n2026-03-01 09:12,系统消息,群公告\n2026-03-01 09:12,张三,好\n")
    assert (len(lines), notes) == (1, ["第 2 行：没有发送人，不是认识的系统消息，没有导入"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("昵称,内容\n张三,灯坏了\n", "表头里要有时间和内容两列"),
        ("", "表头里要有"),
        ("时间,昵称,内容\n", "没有读到一条消息"),
        ("时间,昵称,内容\n昨天 09:12,张三,好\n", "第 2 行：“昨天 09:12”没有写明是哪年哪月哪日"),
        ('时间,昵称,内容\n2026-03-01 09:12,张三,好\n2026-03-01 09:12,张三,"' + "x" * 200_000, "第 3 行：读不下去"),
    ],
)
def test_a_file_that_cannot_be_taken(text: str, reason: str, export: Export) -> None:
    with pytest.raises(ChatLogError, match=reason):
        export.of(text, form="csv")


def test_an_answer_to_itself_is_none(export: Export) -> None:
    lines, notes = export.of("id,time,sender,text,reply_to\na,2026-03-01 09:12,张三,好,a\n")
    assert "reply_to" not in lines[0]
    assert notes == ["第 2 行：回复的消息“a”不在文件里；这条当作普通消息"]
