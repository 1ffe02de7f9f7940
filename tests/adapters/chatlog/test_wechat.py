"""WeChat chats as text: the shapes in which they come, and what stands in them beside plain words."""

import pytest

from adapters.chatlog import ChatLogError
from tests.adapters.chatlog.shapes import Export, account, told

SHAPES = {
    "time first": "2026-03-01 09:12:33 张三\n灯坏了\n\n2026-03-01 09:13:40 3-2-501 王阿姨(wxid_abc)\n我家也是\n",
    "one line": "2026-03-01 09:12:33 张三(wxid_1): 灯坏了\n2026-03-01 09:13:40 3-2-501 王阿姨(wxid_abc): 我家也是\n",
    "one line, Chinese colon": "[2026-03-01 09:12:33] 张三：灯坏了\n[2026-03-01 09:13:40] 3-2-501 王阿姨：我家也是\n",
    "name first": "张三 2026/3/1 09:12:33\n灯坏了\n\n3-2-501 王阿姨: 2026/3/1 9:13:40\n我家也是\n",
    "time in brackets": "张三(2026-03-01 09:12:33):灯坏了\n\n3-2-501 王阿姨(2026-03-01 09:13:40):我家也是\n",
    "Chinese date": "张三 2026年3月1日 上午9:12:33\n灯坏了\n3-2-501 王阿姨 2026年3月1日 09:13:40\n我家也是\n",
    "name alone with a colon": "2026-03-01 09:12:33 张三:\n灯坏了\n2026-03-01 09:13:40 3-2-501 王阿姨:\n我家也是\n",
    "Windows lines": "2026-03-01 09:12:33 张三\r\n灯坏了\r\n\r\n2026-03-01 09:13:40 3-2-501 王阿姨\r\n我家也是\r\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape(shape: str, export: Export) -> None:
    lines = export.lines(SHAPES[shape])
    assert told(lines) == [("09:12:33", "张三", "灯坏了"), ("09:13:40", "3-2-501 王阿姨", "我家也是")]
    assert all(line["chat"] == "xueyuan" and line["at"].endswith("+08:00") for line in lines)


def test_sent_by_mail(export: Export) -> None:
    """WeChat's own way: a ruler a day, then name and clock."""
    text = "—————  2026-03-01  —————\n\n\n张三  09:12\n\n灯坏了\n\n—————  2026-03-02  —————\n\n李四  下午3:05\n\n好\n"
    assert [line["at"] for line in export.lines(text)] == ["2026-03-01T09:12:00+08:00", "2026-03-02T15:05:00+08:00"]


def test_a_message_of_several_lines(export: Export) -> None:
    """Also a line like a head, but with the time written otherwise."""
    text = "2026-03-01 09:12:33 物业\n停水通知\n\n2026-03-05 09:00 至 17:00\n3月5日 9:00 起\n\n2026-03-01 09:13:00 李四\n收到\n"
    assert told(export.lines(text)) == [
        ("09:12:33", "物业", "停水通知\n\n2026-03-05 09:00 至 17:00\n3月5日 9:00 起"),
        ("09:13:00", "李四", "收到"),
    ]


def test_people_are_told_by_their_id_or_their_name(export: Export) -> None:
    text = "2026-03-01 09:12:33 张三(wxid_abc): 早\n2026-03-01 09:13:00 李四: 早\n2026-03-01 09:14:00 王(2栋): 早\n"
    lines = export.lines(text)
    assert [line["from"] for line in lines] == ["wxid_abc", account("李四"), account("王(2栋)")]
    assert [line["name"] for line in lines] == ["张三", "李四", "王(2栋)"]


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ('"张三"邀请"李四"加入了群聊', [("join", "李四")]),
        ("“张三”邀请“李四、王五”加入了群聊", [("join", "李四"), ("join", "王五")]),
        ('你邀请"李四"加入了群聊', [("join", "李四")]),
        ('"张三"邀请你和"李四"加入了群聊，群聊参与人还有：王五', [("join", "我"), ("join", "李四")]),
        ('"李四"通过扫描"张三"分享的二维码加入群聊', [("join", "李四")]),
        ('"李四"加入了群聊', [("join", "李四")]),
        ('"李四"退出了群聊', [("leave", "李四")]),
        ('你将"李四"移出了群聊', [("leave", "李四")]),
    ],
)
def test_who_comes_and_goes(notice: str, expected: list[tuple[str, str]], export: Export) -> None:
    for text in (
        f"2026-03-01 09:12:33 张三\n早\n2026-03-01 09:13:00\n{notice}\n",
        f"2026-03-01 09:12:33 张三\n早\n{notice}\n",
    ):
        found = export.lines(text)[1:]
        assert [(kind, account(name)) for kind, name in expected] == [
            (kind, line[kind]) for line in found for kind in ("join", "leave") if kind in line
        ]


RECALLED = "2026-03-01 09:12:33 张三: 灯坏了\n2026-03-01 09:12:50 李四: 好\n2026-03-01 09:13:00 {}\n"


@pytest.mark.parametrize(
    "notice", ['"张三"撤回了一条消息', '系统消息: "张三" 撤回了一条消息', '"群主"撤回了成员"张三"的一条消息']
)
def test_a_recall_takes_back_the_newest_of_its_sender(notice: str, export: Export) -> None:
    *_, last = export.lines(RECALLED.format(notice))
    assert last == {"at": "2026-03-01T09:13:00+08:00", "chat": "xueyuan", "recall": "line-1"}


def test_a_recall_of_what_the_file_does_not_have(export: Export) -> None:
    """WeChat lets nobody take back what was said long ago: the message itself is not in the export."""
    text = '2026-03-01 09:12:33 张三: 灯坏了\n2026-03-01 11:13:00 "张三"撤回了一条消息\n'
    lines, notes = export.of(text)
    assert (len(lines), notes) == (1, ["第 2 行：撤回的那条消息不在文件里"])


@pytest.mark.parametrize(
    ("body", "text", "media"),
    [
        ("[图片]", "", [{"type": "image"}]),
        ("[图片]\n[图片]\n3号楼门口", "3号楼门口", [{"type": "image"}] * 2),
        ("[图片] 3号楼门口", "3号楼门口", [{"type": "image"}]),
        ("[图片](a/1.jpg)", "", [{"type": "image", "name": "a/1.jpg"}]),
        ("[语音 5秒]", "", [{"type": "voice", "name": "5秒"}]),
        ("[视频]", "", [{"type": "video"}]),
        ("[文件] 停水 通知.pdf", "", [{"type": "file", "name": "停水 通知.pdf"}]),
        ("[位置] 东门", "", [{"type": "location", "name": "东门"}]),
        ("[红包]", "[红包]", None),
        ("[捂脸]", "[捂脸]", None),
        ("看[图片]", "看[图片]", None),
    ],
)
def test_what_is_no_words(body: str, text: str, media: object, export: Export) -> None:
    [line] = export.lines(f"2026-03-01 09:12:33 张三\n{body}\n")
    assert (line["text"], line.get("media")) == (text, media)


def test_a_quotation_leads_to_the_newest_message_of_those_words(export: Export) -> None:
    text = (
        "2026-03-01 09:10:00 王阿姨\n灯坏了\n晚上黑\n2026-03-01 09:11:00 王阿姨\n灯坏了\n晚上黑\n2026-03-01 09:11:30 张三\n[图片]\n"
        "2026-03-01 09:12:00 李四\n「王阿姨：灯坏了\n晚上黑」\n- - - - - - - - - - - - - - -\n我家也是\n"
        "2026-03-01 09:13:00 赵六\n「张三：[图片]」\n———————————————\n看到了\n"
    )
    lines = export.lines(text)
    assert [(line["text"], line.get("reply_to")) for line in lines[-2:]] == [
        ("我家也是", "line-4"),
        ("看到了", "line-7"),
    ]


def test_a_quotation_of_nothing_in_the_file_keeps_its_words(export: Export) -> None:
    [line] = export.lines("2026-03-01 09:12:00 李四\n「王阿姨：灯坏了」\n- - - - -\n我家也是\n")
    assert line["text"] == "「王阿姨：灯坏了」\n- - - - -\n我家也是"
    assert "reply_to" not in line


def test_mentions_of_people_who_speak(export: Export) -> None:
    text = "2026-03-01 09:12:00 李 四\n@王五\u2005 @李 四\u2005 @所有人 看\n2026-03-01 09:13:00 王五\n好\n"
    assert export.lines(text)[0]["mentions"] == [account("王五"), account("李 四")]


def test_lines_out_of_order_are_put_into_order(export: Export) -> None:
    text = "2026-03-01 09:14:00 张三\n三\n2026-03-01 09:12:00 李四\n一\n2026-03-01 09:13:00 王五\n二\n"
    assert [line["text"] for line in export.lines(text)] == ["一", "二", "三"]


def test_what_belongs_to_no_message_is_told(export: Export) -> None:
    lines, notes = export.of("学苑园业主群\n2026-03-01 09:12:33 张三\n早\n2026-13-01 09:12:33 李四\n好\n")
    assert told(lines) == [("09:12:33", "张三", "早\n2026-13-01 09:12:33 李四\n好")]
    assert notes == [
        "第 1 行：在第一条消息之前，没有导入",
        "第 4 行：“2026-13-01 09:12:33”不是时间；这一行算进上一条消息",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("张三 昨天 09:12\n灯坏了\n", r"第 1 行：时间没有写明是哪年哪月哪日"),
        ("群聊\n张三 3月1日 09:12\n灯坏了\n", r"第 2 行：时间没有写明"),
        ("张三 2026/3/1 09:12\n早\n\n张三 星期三 09:12\n灯坏了\n", r"第 4 行：“星期三 09:12”没有写明"),
        ("灯坏了\n好\n", "没有认出一条消息"),
        ("", "没有认出一条消息"),
        ("2026-03-01 09:12:33\n", "没有认出一条消息"),
        ("2027-99-01 09:12:33 张三\n", "没有读到一条消息"),
    ],
)
def test_a_file_that_cannot_be_taken(text: str, reason: str, export: Export) -> None:
    with pytest.raises(ChatLogError, match=reason):
        export.of(text)


@pytest.mark.parametrize("notice", ['"张三" 拍了拍 "李四"', "系统消息\n群公告已更新"])
def test_a_notice_that_means_nothing_here_is_told(notice: str, export: Export) -> None:
    lines, notes = export.of(f"2026-03-01 09:12:33 张三\n早\n\n2026-03-01 09:13:00 {notice}\n")
    assert (told(lines), len(notes)) == ([("09:12:33", "张三", "早")], 1)
    assert "不是认识的系统消息" in notes[0]


def test_a_line_like_a_time_of_nobody_is_words(export: Export) -> None:
    """周六 9:00 in an announcement is no head without a day."""
    [line] = export.lines("物业 2026/3/1 09:12\n体检通知\n集合 周六 9:00\n")
    assert line["text"] == "体检通知\n集合 周六 9:00"
