"""What the platform's codes mean for a message.

Sources: the list of codes of the message API (open.feishu.cn, 2026-11); 11232 and 230020 as limits: openclaw/openclaw
PR 89659, seen on the real platform (2026-06). The official client takes 99991400 for a refused token: the platform's own
words for it are "request trigger frequency limit".
"""

from adapters.feishu.api import BROKEN, SPENT, TOO_MANY, Answer
from bot.ports import SendResult

LIMITED = frozenset({99991400, 99991402, 11232, 11233, 11020, 11021, 230020, 230049})  # the last: it is being sent
OUT_OF_CALLS = 99991403  # the month's calls are used up
GONE = frozenset({230011, 230019, 230050, 230071, 230072, 230110})  # what is answered is not there any more
PAUSE, LONG_PAUSE = 2.0, 3600.0  # seconds, where the platform does not say how long


def is_gone(answer: Answer) -> bool:
    """Whether the message to be answered is the trouble, and it can be said without answering."""
    return answer.code in GONE


def verdict(answer: Answer) -> SendResult:
    """What became of a message. Its key makes it safe to send it again where we cannot know."""
    if answer.code == 0:
        id_ = answer.data.get("message_id")
        return SendResult("sent", id_) if isinstance(id_, str) else SendResult("uncertain")
    if answer.code == OUT_OF_CALLS:
        return SendResult("retry", retry_after=LONG_PAUSE)
    if answer.status == TOO_MANY or answer.code in LIMITED:
        return SendResult("retry", retry_after=answer.pause or PAUSE)
    if answer.status >= BROKEN or answer.code in SPENT:
        return SendResult("retry", retry_after=answer.pause or PAUSE)
    return SendResult("dead")
