"""What we say, as events. Plain bodies only: words of people are never markup, and only who is meant is notified."""

from collections.abc import Mapping

from adapters.matrix.translate import POLL
from bot.domain.poll import RATINGS
from bot.messages import OutboundMessage, channel_of, id_of

Content = Mapping[str, object]
TEXT = "org.matrix.msc1767.text"
STAR = "★"


def words(message: OutboundMessage) -> Content:
    """The text, and what it answers."""
    if message.reply_to is None:
        return _said(message)
    return {**_said(message), "m.relates_to": {"m.in_reply_to": {"event_id": message.reply_to}}}


def other_words(message: OutboundMessage, original: str) -> Content:
    """The text in the place of an earlier one. Who is meant stands in the new words alone: nobody is called once more."""
    return {
        "msgtype": "m.text",
        "body": f"* {message.text}",  # for clients that know no edits
        "m.mentions": {},
        "m.new_content": _said(message),
        "m.relates_to": {"rel_type": "m.replace", "event_id": original},
    }


def _said(message: OutboundMessage) -> Content:
    """``m.mentions`` stands there also when empty: else clients look for names in the text."""
    users = [id_of(account) for account in message.mentions if channel_of(account) == channel_of(message.chat)]
    return {"msgtype": "m.text", "body": message.text, "m.mentions": {"user_ids": users}}


def ballot(number: int | None) -> Content:
    """A poll of one to five stars, best first, as clients send it today (MSC3381, the unstable form)."""
    question = f"#{number or ''} {STAR}"
    answers = [{"id": str(n), TEXT: f"{n} {STAR * n}"} for n in sorted(RATINGS, reverse=True)]
    listed = "\n".join(str(answer[TEXT]) for answer in answers)
    start = {
        "question": {TEXT: question},
        "kind": f"{POLL}.disclosed",
        "max_selections": 1,
        "answers": answers,
    }
    return {f"{POLL}.start": start, TEXT: f"{question}\n{listed}", "m.mentions": {}}


def picture(address: str, name: str, content_type: str, size: int) -> Content:
    """An image that has been uploaded."""
    info = {"mimetype": content_type, "size": size}
    return {"msgtype": "m.image", "body": name, "url": address, "info": info, "m.mentions": {}}
