"""Webhooks as a channel: outbox, order, retries and the operator's decisions are those of every other platform."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from adapters.webhook.posting import Answer
from bot.domain.hook import CHANNEL, GONE, ON, Hook, stands
from bot.domain.org import Organization
from bot.messages import Capabilities, OutboundMessage, id_of
from bot.ports import Clock, SendResult, UnitOfWork
from bot.render.hooks import ATTEMPT
from bot.usecases import hooks
from bot.usecases.outbox import ATTEMPTS

T = TypeVar("T")
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14400)  # seconds after each attempt: 7.7 hours in all
TRIES = 4  # at a receiver that answers and says no
PASSING = frozenset({408, 425, 429})  # of the 4xx, those that mean "later"
NO_MORE, SERVER_FAILED = 410, 500


class Query(Protocol):
    """``ports.Inbound.query``."""

    def __call__(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> Awaitable[T]:
        """Run a job in a transaction of its own."""
        ...


class Post(Protocol):
    """``Poster.post``."""

    def __call__(self, hook: Hook, id_: str, body: bytes, now: datetime) -> Awaitable[Answer]:
        """Post a body under its key."""
        ...


class WebhookChannel:
    """Implements ``ports.Channel``. Receivers know a message by its key, so that it may be sent twice and counts once."""

    def __init__(self, query: Query, post: Post, clock: Clock) -> None:
        self.name = CHANNEL
        self.capabilities = Capabilities(buttons=False, mentions=False, keyed=True)
        self._query = query
        self._post = post
        self._clock = clock

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post it, and note with the subscription what became of it."""
        id_ = id_of(message.chat)
        hook = await self._query(partial(_find, id_=id_))
        if hook is None or hook.state == GONE:
            return SendResult("dropped")
        if hook.state != ON:  # given up on: a person may switch it on again, and then send these again
            return SendResult("dead")
        answer = await self._post(hook, message.key, message.text.encode(), self._clock.now())
        result = verdict(answer, int(message.extra.get(ATTEMPT, "1")))
        await self._query(partial(_note, id_=id_, state=result.state, last=answer.word))
        return result


def _find(uow: UnitOfWork, org: Organization, _now: datetime, *, id_: str) -> Hook | None:
    """The subscription, while it stands: what was queued in a right that has been lost goes nowhere."""
    hook = uow.hooks.get(id_)
    return hook if hook is not None and stands(hook, org) else None


def _note(uow: UnitOfWork, _org: Organization, now: datetime, *, id_: str, state: str, last: str) -> None:
    hooks.note(uow, now, id_, state, last)


def verdict(answer: Answer, attempt: int) -> SendResult:
    """What an answer means for a message that was tried so often by now."""
    if answer.arrived:
        return SendResult("sent")
    if answer.status == NO_MORE:
        return SendResult("dropped")
    tries = TRIES if _is_no(answer) else ATTEMPTS
    if attempt >= tries:
        return SendResult("dead")
    return SendResult("retry", retry_after=max(answer.retry_after, PAUSES[min(attempt, len(PAUSES)) - 1]))


def _is_no(answer: Answer) -> bool:
    """Whether asking again will hardly help: a redirect, a refusal, an address that may not be called."""
    return answer.word == "address" or (0 < answer.status < SERVER_FAILED and answer.status not in PASSING)
