"""What a webhook is told, as JSON: the one kind of message that no person reads, so that no catalog has words for it."""

import json

from bot.domain.hook import CHANNEL
from bot.messages import OutboundMessage
from bot.ports import Notice

VERSION = 1  # of the body's form: raised where a reader of today would stumble
NOTICE = CHANNEL  # the kind and the key of such a notice
TYPE, AT, DATA = "type", "at", "data"  # its parameters: kind of event, ISO instant, JSON object
ATTEMPT = "attempt"  # in ``extra`` of the message: how often it has been tried with this time


def is_for_machine(notice: Notice) -> bool:
    """Whether this notice goes to a webhook."""
    return notice.key == NOTICE


def told(notice: Notice) -> OutboundMessage:
    """The message: the same bytes under the same key, however often it goes out."""
    body = {
        "version": VERSION,
        "id": notice.id,
        "type": notice.params[TYPE],
        "timestamp": notice.params[AT],
        "data": json.loads(notice.params[DATA]),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return OutboundMessage(notice.id, notice.chat, text, notice.kind, extra={ATTEMPT: str(notice.attempts + 1)})
