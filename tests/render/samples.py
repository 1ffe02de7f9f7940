"""Notices as the use cases make them, for the tests of catalogs and rendering."""

import json
from datetime import UTC, datetime

from bot.domain.digest import OWNER, PERSON, Digest, Hot, Late, Share
from bot.messages import OutboundMessage
from bot.ports import Notice

GROUP, PRIVATE = "web:xueyuan", "web:dm:zhang"
AT = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)
DUE = "2026-09-25T09:30:00+08:00"
ROWS = [["12", "drainage", "in_progress", "3号楼2单元501室"], ["13", "noise", "on_hold", "楼上太吵"]]
TO_DO = [["12", "drainage", "work", "下水道又堵了", "3"], ["13", "noise", "ask.you", "楼上太吵", ""]]
DIGEST = Digest(
    "weekly", "新河社区", "2026-05-04", "2026-05-10", heard=(12, 8), closed=(9, 10), open=5, overdue=2, repeats=1, praise=2,
    categories=(Hot("drainage", "", "", 5, 1), Hot("noise", "", "", 3, 4)),
    places=(Hot("", "学苑小区", "3", 4, 0), Hot("", "", "5", 2, 1)),
    spikes=(Hot("drainage", "", "", 5, 0, 0.9),),
    late=(Late(12, "drainage", 3, PERSON, "周敏"), Late(15, "noise", 1, OWNER)),
    rates=(Share("on_time", "90.0 %", 10), Share("satisfied", "87.5 %", 8)),
)  # fmt: skip
FACTS = {
    "number": "12",
    "category": "drainage",
    "nature": "help",
    "state": "dispatched",
    "place": "3号楼2单元501室",
    "unit": "学苑小区",
    "public_id": "k3Jd93kdLs02Ksd93kdLs0",
    "late": "",
}
# What a use case adds to the facts of the ticket, by notice; the beginning of a key stands for all that begin so.
WORDS: dict[str, dict[str, str]] = {
    "emergency": {"hotlines": "119、110"},
    "bind.": {"person": "周敏"},
    "board.link": {"person": "周敏", "url": "https://bot.example/sign-in/k3Jd93kdLs02Ksd93kdLs0", "minutes": "10"},
    "candidate": {"title": "下水道好像不太通", "why": "下水道、不太通"},
    "candidate.near": {"title": "不通", "why": "像 3号楼下水道", "parent": "12", "near": "3号楼下水道堵了"},
    "answer.article": {"title": "居住证办理", "body": "带身份证到窗口办。", "source": "永安街道"},
    "ping.": {"title": "下水道又堵了", "due": DUE, "person": "周敏", "times": "1"},
    "urged.private": {"person": "周敏"},
    "progress": {"note": "师傅下午来"},
    "poll.result": {"note": "已经疏通"},
    "rework.owner": {"title": "下水道又堵了", "times": "2"},
    "supplement": {"title": "下水道又堵了", "note": "味道更大了"},
    "not_accepted": {"note": "这是邻里自己商量的事"},
    "merged": {"child": "13"},
    "asked.": {"title": "下水道又堵了", "note": "等配件", "until": DUE, "person": "周敏"},
    "granted.": {"note": "等配件", "until": DUE},
    "refused": {"title": "下水道又堵了"},
    "reminder.": {"title": "下水道又堵了", "due": DUE},
    "escalation.": {"title": "下水道又堵了", "due": DUE, "person": "周敏"},
    "mine": {"lines": json.dumps(ROWS)},
    "stands": {"lines": json.dumps(ROWS)},
    "todo": {"lines": json.dumps(TO_DO), "count": "12"},
    "mine.none": {"lines": "[]"},
    "todo.none": {"lines": "[]"},
    "digest": {"digest": DIGEST.as_json(), "url": "", "late": ""},
    "digest.none": {"days": "7"},
    "digest.residents": {"solved": "3"},
    "lists": {"problems": "21", "voices": "34", "tasks": "5", "effects": "16"},
    "settings.": {"listen": "addressed"},
    "shadow": {"group": "学苑邻里群", "why": "下水道、堵"},
    "my_data": {"lines": json.dumps(ROWS), "count": "2"},
    "my_data.none": {"lines": "[]", "count": "0"},
    "erased": {"count": "4"},
    "which_ticket": {"numbers": "12、13"},
    "error.date_range": {"days": "30"},
    "sweep.": {"title": "举一反三：排水（下水）", "why": "30天内同类12件，涉及5栋，比上期多8件。", "count": "8"},
    "away.": {
        "person": "周敏",
        "standin": "王芳",
        "since": DUE,
        "until": DUE,
        "count": "3",
        "taker": "陈卫东",
        "unit": "学苑小区",
        "numbers": "12、13",
    },
    "season.": {"title": "8月25日起：中元节，防火", "notice": "8月25日到8月27日是中元节。", "count": "2"},
}
WITHOUT_TICKET = frozenset(
    [
        "privacy",
        "privacy.second",
        "human.none",
        "unheard",
        "heard",
        "mine",
        "stands",
        "mine.none",
        "todo",
        "todo.none",
        "digest",
        "digest.none",
        "digest.residents",
        "lists",
        "settings.how",
        "settings.where",
        "settings.set",
        "my_data",
        "my_data.none",
        "erased",
        "which_ticket",
        "which_unit",
        "how_can_i_help",
        "report.how",
        "report.go_private",
        "away.set",
        "away.set.open",
        "away.set.alone",
        "away.when",
        "away.who",
        "away.back",
        "away.not",
        "away.undone",
        "away.passed",
        "away.nobody_to",
        "away.standin",
        "away.nobody",
        "away.handed",
    ]
)


def words_of(key: str) -> dict[str, str]:
    """What the use cases give a notice with this key."""
    facts = {"category": "drainage", "place": "3号楼"} if key == "shadow" else FACTS
    found = {} if key in WITHOUT_TICKET else dict(facts)
    for beginning, words in WORDS.items():
        if key == beginning or (beginning.endswith(".") and key.startswith(beginning)):
            found |= words
    return found


def notice(key: str, chat: str = GROUP, buttons: tuple[str, ...] = (), id_: str = "n1", **params: str) -> Notice:
    """A notice; ``params`` replace what the use case would give."""
    without = key in WITHOUT_TICKET
    return Notice(
        id=id_,
        chat=chat,
        kind="notice",
        key=key,
        created_at=AT,
        params={**words_of(key), **params},
        mentions=("web:zhang",),
        ticket_id=None if without else "t1",
        number=None if without else 12,
        buttons=buttons,
    )


def labels(message: OutboundMessage) -> list[str]:
    return [button.label for button in message.buttons]
