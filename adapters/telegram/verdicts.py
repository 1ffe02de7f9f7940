"""What a refusal of the Bot API means for a message: later, perhaps, never; and why, in words an operator can act on."""

from datetime import timedelta

from httpx import ConnectError, ConnectTimeout, PoolTimeout, ProxyError
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.ports import SendResult

NO_TOKEN = 60.0  # seconds: somebody has to act first
UNREACHED = (ConnectError, ConnectTimeout, PoolTimeout, ProxyError)
UNCHANGED = ("message is not modified", "message_not_modified")
FIXED = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "message_edit_time_expired",
    "message_author_required", "there is no text in the message to edit",
)  # fmt: skip
HINTS = {
    "blocked by the user": "they have to unblock the bot",
    "can't initiate": "they have to write to the bot first",
    "kicked": "add the bot to the group again",
    "not a member": "add the bot to the group again",
    "deactivated": "the account or the group does not exist any more",
    "chat not found": "the id in the organization file is another one, or that person never wrote to the bot",
    "rights": "allow the bot to write, in the group's permissions",
    "chat_write_forbidden": "allow the bot to write, in the group's permissions",
    "chat_restricted": "allow the bot to write, in the group's permissions",
}


def verdict(error: Exception, pause: float) -> SendResult:
    """What a failed sending means; ``pause`` in seconds, for what never left us."""
    match error:
        case RetryAfter():
            return SendResult("retry", retry_after=seconds_of(error))
        case InvalidToken():
            return SendResult("held", retry_after=NO_TOKEN)
        case Forbidden() | BadRequest():  # thrown out, blocked, no such chat, may not write there
            # Somebody in between (a proxy, a hotel's login page) refuses in words of his own, and passes nothing on.
            return SendResult("dead") if error.__cause__ is None else SendResult("held", retry_after=pause)
        case NetworkError() if str(error).startswith("Too Many Requests"):  # and does not say how long
            return SendResult("retry")
        case NetworkError() if _was_not_sent(error):
            return SendResult("held", retry_after=pause)
    return SendResult("uncertain")


def _was_not_sent(error: NetworkError) -> bool:
    """Nobody was reached, or the Bot API itself says that it failed. Its gateway (502, 504) knows nothing of what is behind."""
    cause = error.__cause__
    return isinstance(cause, UNREACHED) or (cause is None and str(error).startswith("Internal Server Error"))


def why(error: Exception) -> str:
    """Telegram's reason, and what can be done. Of what is not Telegram's word only the kind: a proxy's page may repeat the
    address that was asked, and the token stands in it.
    """
    if not isinstance(error, TelegramError) or error.__cause__ is not None:
        return type(error.__cause__ or error).__name__
    reason = str(error)[:200]
    hint = next((hint for words, hint in HINTS.items() if words in reason.lower()), None)
    return reason if hint is None else f"{reason}: {hint}"


def is_unchanged(error: BadRequest) -> bool:
    """Whether a message looked already as it was to look."""
    return any(words in str(error).lower() for words in UNCHANGED)


def is_fixed(error: BadRequest) -> bool:
    """Whether a message can't be edited, now or ever."""
    return any(words in str(error).lower() for words in FIXED)


def is_about_topic(error: BadRequest) -> bool:
    """Whether a refusal means the topic, not the chat."""
    return "thread not found" in str(error).lower() or "TOPIC_" in str(error).upper()


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
