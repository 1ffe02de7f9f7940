"""What the platform's codes mean for a message.

Sources: the lists of codes of im/v1 message create, reply and patch (open.feishu.cn, 2025-08); 11232 and 230020 as limits:
openclaw/openclaw PR 89659, seen on the real platform (2026-06); 230031 as an end: deepcoldy/botmux PR 1440 (2026-09);
230001 for an edit of what is no card: go-lark/lark issue 48 (2023-06). The official client takes 99991400 for a refused token:
the platform's own words for it are "request trigger frequency limit".
"""

from adapters.feishu.api import NO_ANSWER, SPENT, Answer
from adapters.feishu.content import word
from bot.ports import SendResult

OUT_OF_CALLS = 99991403  # the month's calls are used up
GONE = frozenset({230011, 230019, 230050, 230071, 230072, 230110})  # what is answered or edited is not there any more
FIXED = GONE | {230001, 230031, 232009}  # no card; older than 14 days; the group is dissolved
GATEWAYS = frozenset({502, 503, 504})
# Seconds, where the platform does not say how long. A message is tried five times: well within the hour of its key, and not
# all within one short trouble.
PAUSE, LATER, LONG_PAUSE = 2.0, 30.0, 3600.0
REASONS = {  # of what waiting does not help
    230001: "平台说参数不对",
    230002: "机器人不在群里：把它加回群，或者从组织表里去掉这个群",
    230006: "应用没有机器人能力：在“添加应用能力”里加上，再发一个版本",
    230013: "这个人不在应用的可用范围里：改可用范围，再发一个版本",
    230018: "群设置不让机器人说话：请群主放开",
    230022: "平台说有敏感内容",
    230025: "太长，一条最多 30 KB",
    230027: "缺少权限；外部群还要给机器人开对外共享",
    230028: "没有通过企业的防泄漏审查（电话、邮箱）",
    230029: "这个人已经离职",
    230034: "没有这个群或这个人",
    230035: "群在禁言，或者机器人被屏蔽",
    230053: "这个人不收机器人的消息",
    230054: "私有互通群不收卡片",
    230075: "密聊里不能发",
    230099: "平台不认这张卡片",
    232009: "群已经解散",
    99991672: "缺少权限：在“权限管理”里开通 im:message:send_as_bot，再发一个版本",
}


def is_gone(answer: Answer) -> bool:
    """Whether the message to be answered is the trouble, and it can be said without answering."""
    return answer.code in GONE


def reason(answer: Answer) -> str:
    """Why it was refused, in words that somebody can act on, and the platform's own."""
    return f"{REASONS.get(answer.code, '平台不收')}（{answer.code} {answer.words}）"


def verdict(answer: Answer, replaces: str | None = None) -> SendResult:
    """What became of a message, or of the edit of ``replaces``; a card that is fixed for ever stays as it was, and is done.

    Its key, or its being the same edit, makes it safe to say it again where we cannot know.
    """
    if answer.code == 0:
        id_ = replaces or word(answer.data, "message_id")
        return SendResult("sent", id_) if id_ else SendResult("retry", retry_after=LATER)
    if replaces is not None and answer.code in FIXED:
        return SendResult("sent", replaces)
    if answer.code == OUT_OF_CALLS:
        return SendResult("held", retry_after=LONG_PAUSE)
    if answer.is_limited:
        return SendResult("retry", retry_after=answer.pause or PAUSE)
    if answer.status in GATEWAYS or answer.code == NO_ANSWER or answer.code in SPENT:
        return SendResult("held", retry_after=answer.pause or LATER)  # it got no further than the door
    return SendResult("retry", retry_after=answer.pause or LATER) if answer.is_down else SendResult("dead")
