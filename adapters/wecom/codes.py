"""What the platform's codes mean for a message (developer.work.weixin.qq.com/document/path/90313)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.ports import SendResult

# Refusals that pass: busy, too often (it lasts as long as the minute that was overdrawn), too many at once.
AGAIN = {-1: 5.0, 45009: 60.0, 45033: 5.0}
UNCLEAR = -1_000_000  # stands for an answer that is none
NOT_THERE = "the robot is not in this chat, or nobody there has spoken to it: add it, and let somebody mention it"
ADVICE = {
    93000: "the webhook's key is wrong or its robot was removed: put the new key into wecom.webhooks",
    93001: NOT_THERE,
    93004: "the robot is switched off: switch it on in WeCom",
    93006: NOT_THERE,
    93008: NOT_THERE,
}
ELSE = "see developer.work.weixin.qq.com/document/path/90313"


@dataclass(frozen=True, slots=True)
class Ack:
    """The platform's answer to a request: 0 is yes; ``body`` is what was asked for."""

    code: int
    why: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


def ack_of(answer: object) -> Ack:
    """The code of an answer; one without a code leaves everything open."""
    fields = answer if isinstance(answer, dict) else {}
    code, body = fields.get("errcode"), fields.get("body")
    why = str(fields.get("errmsg", ""))[:200]
    return Ack(code if isinstance(code, int) else UNCLEAR, why, body if isinstance(body, dict) else {})


def result_of(ack: Ack, platform_id: str | None) -> SendResult:
    """What became of a message: what is refused for good is told to the operator by its code."""
    if ack.code == 0:
        return SendResult("sent", platform_id)
    if ack.code in AGAIN:
        return SendResult("retry", retry_after=AGAIN[ack.code])
    if ack.code == UNCLEAR:
        return SendResult("uncertain", platform_id)
    advice = ADVICE.get(ack.code, ELSE)
    structlog.get_logger("channel").warning("refused", channel="wecom", code=ack.code, reason=ack.why, advice=advice)
    return SendResult("dead")
