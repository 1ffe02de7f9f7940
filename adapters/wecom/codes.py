"""What the platform's codes mean for a message (developer.work.weixin.qq.com/document/path/90313)."""

from dataclasses import dataclass

import structlog

from bot.ports import SendResult

# Refusals that pass: busy, too often (it lasts as long as the minute that was overdrawn), too many at once.
AGAIN = {-1: 5.0, 45009: 60.0, 45033: 5.0}
UNCLEAR = -1_000_000  # stands for an answer that is none


@dataclass(frozen=True, slots=True)
class Ack:
    """The platform's answer to a request: 0 is yes."""

    code: int
    why: str = ""


def ack_of(answer: object) -> Ack:
    """The code of an answer; one without a code leaves everything open."""
    fields = answer if isinstance(answer, dict) else {}
    code = fields.get("errcode")
    return Ack(code if isinstance(code, int) else UNCLEAR, str(fields.get("errmsg", ""))[:200])


def result_of(ack: Ack, platform_id: str | None) -> SendResult:
    """What became of a message: what is refused for good is told to the operator by its code."""
    if ack.code == 0:
        return SendResult("sent", platform_id)
    if ack.code in AGAIN:
        return SendResult("retry", retry_after=AGAIN[ack.code])
    if ack.code == UNCLEAR:
        return SendResult("uncertain", platform_id)
    structlog.get_logger("channel").warning("refused", channel="wecom", code=ack.code, reason=ack.why)
    return SendResult("dead")
