"""What the columns of a chat in a table may be called, in Chinese and English."""

from collections.abc import Sequence

NAMES = {
    "time": (
        "time", "at", "datetime", "timestamp", "created_at", "createtime", "strtime", "sendtime", "msgtime", "date_time",
        "时间", "发送时间", "消息时间", "日期时间", "时间戳",
    ),
    "date": ("date", "day", "日期", "发送日期"),
    "sender": (
        "sender", "from", "name", "nickname", "user", "author", "username", "sendername", "from_name", "from_nickname",
        "昵称", "发送人", "发送者", "发言人", "发信人", "姓名", "用户", "用户名", "群昵称", "成员",
    ),
    "account": (
        "sender_id", "from_id", "user_id", "account", "wxid", "uid", "发送人id", "发送者id", "用户id", "微信号", "账号", "帐号",
    ),
    "text": ("text", "content", "message", "body", "msg", "strcontent", "内容", "消息", "消息内容", "文本", "正文"),
    "id": ("id", "msg_id", "message_id", "msgsvrid", "localid", "消息id", "编号", "消息编号"),
    "reply_to": ("reply_to", "reply_to_id", "reply_to_message_id", "in_reply_to", "回复", "引用", "回复id", "回复消息id"),
    "type": ("type", "kind", "content_type", "msg_type", "message_type", "类型", "消息类型"),
}  # fmt: skip
KINDS = {
    "3": "image", "34": "voice", "43": "video", "48": "location", "图片": "image", "照片": "image", "image": "image",
    "photo": "image", "picture": "image", "语音": "voice", "语音消息": "voice", "voice": "voice", "视频": "video",
    "video": "video", "文件": "file", "file": "file", "位置": "location", "location": "location",
}  # fmt: skip
NOTICES = frozenset({"10000", "系统", "系统消息", "system", "service", "notice"})
DELIMITERS = (",", "\t", ";", "|", "，")

_KNOWN = {name.replace("_", ""): field for field, names in NAMES.items() for name in names}


def fields_of(header: Sequence[str]) -> dict[str, int]:
    """Which column holds what; of several columns for the same, the first in our own order of names."""
    found: dict[str, int] = {}
    titles = [_plain(title) for title in header]
    for name, field in _KNOWN.items():
        if name in titles:
            found.setdefault(field, titles.index(name))
    if "time" not in found and "date" in found:
        found["time"] = found.pop("date")
    return found


def _plain(title: str) -> str:
    title = title.strip().strip("\ufeff\"'").split("(")[0].split("（")[0].lower()
    return title.replace("_", "").replace(" ", "").replace("-", "")


def delimiter_of(line: str) -> str | None:
    """What separates the columns of a table whose first line is a header with a time and a text."""
    scores = {one: _score(line.split(one)) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: scores[one])
    return best if scores[best] else None


def _score(header: Sequence[str]) -> int:
    fields = fields_of(header)
    return len(fields) if {"time", "text"} <= fields.keys() else 0
