"""All that an update tells, read at once. Past here every value has its type: what was odd about an update ends here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Message, PollAnswer, Update

from adapters.telegram.translate import Me, chat_of, events_of, id_of, name_of
from bot.messages import InboundEvent

MEGABYTE = 1_000_000
LARGEST = 15 * MEGABYTE  # a photo


@dataclass(frozen=True, slots=True)
class Vote:
    """An answer in a native poll."""

    poll: str
    option: int
    sender: str
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an update tells beside its events."""

    update: int
    events: tuple[InboundEvent, ...] = ()
    topic: int | None = None  # in which somebody wrote
    username: str | None = None
    photo: str | None = None  # the file to fetch
    moved: tuple[str, str] | None = None  # old and new id of a group that was upgraded
    vote: Vote | None = None
    tap: str | None = None  # waits for an answer


def read(payload: Mapping[str, Any], me: Me, now: datetime) -> Told | None:
    """Read an update; None where it is odd."""
    try:
        return _told(Update.de_json(dict(payload), None), me, now)
    except Exception:  # whatever its parser or we stumble over; it checks no types: a list for a name comes through
        return None


def _told(update: Update, me: Me, now: datetime) -> Told:
    message = update.message
    return Told(
        update=int(id_of(update.update_id)),
        events=events_of(update, me, now),
        topic=None if message is None else _topic(message),
        username=None if message is None else _username(message),
        photo=None if message is None else _largest(message),
        moved=None if message is None else _moved(message),
        vote=_vote(update.poll_answer),
        tap=None if update.callback_query is None else str(update.callback_query.id),
    )


def _topic(message: Message) -> int | None:
    return int(id_of(message.message_thread_id)) if message.is_topic_message else None


def _username(message: Message) -> str | None:
    """Names that are said with an @; whoever has none is mentioned otherwise."""
    user = message.from_user
    return str(user.username) if user is not None and user.username else None


def _largest(message: Message) -> str | None:
    """The largest picture that is not too large."""
    sizes = [one for one in message.photo if (one.file_size or 0) <= LARGEST]
    if sizes:
        return str(max(sizes, key=lambda one: one.width * one.height).file_id)
    document = message.document
    return str(document.file_id) if document is not None and (document.file_size or 0) <= LARGEST else None


def _moved(message: Message) -> tuple[str, str] | None:
    """Both groups, the old one and the new one, tell of an upgrade."""
    if message.migrate_to_chat_id is not None:
        return chat_of(message), id_of(message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return id_of(message.migrate_from_chat_id), chat_of(message)
    return None


def _vote(answer: PollAnswer | None) -> Vote | None:
    """Taking a vote back says nothing: the vote stays until there is another."""
    if answer is None or answer.user is None or answer.user.is_bot or len(answer.option_ids) != 1:
        return None
    return Vote(str(answer.poll_id), int(id_of(answer.option_ids[0])), id_of(answer.user.id), name_of(answer.user))
