"""What DingTalk answers, and what that makes of a sending. Two dialects: ``errcode`` of the old calls, ``code`` of the new."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.ports import SendResult

OK, UNAUTHORIZED, FORBIDDEN, TOO_MANY, UNAVAILABLE = 200, 401, 403, 429, 503
TURNED_AWAY = frozenset({200, 400, 401, 403})  # so they refuse who asks; the body says why
BROKEN = 500  # from here on it is their fault
THROTTLED = 600.0  # seconds: past 20 messages a minute a chat is closed for ten minutes
HURRIED = 5.0  # seconds: too many calls within one
BUSY = 60.0  # seconds: their system is overloaded
FLOODING = frozenset({"130101", "410100", "660026", "send.too.fast", "send.byToken.tooFast"})
CROWDED = ("throttl", "too.many.")  # of the code's words: Throttling.User, too.many.group, too.many.people
HASTY = frozenset({"90002", "90018"})  # too many calls a second, the old dialect
OVERLOADED = frozenset({"-1"})
FINAL = frozenset(
    {"400013", "430101", "430102", "430103", "430104"}
)  # the group is dissolved; the words are not allowed
GATE = re.compile(r"qp[sm]limit", re.IGNORECASE)  # the new one: Forbidden.AccessDenied.QpsLimitForAppkeyAndApi
STRANGERS = ("invalidStaffIdList", "filteredStaffIdList")
STALE = frozenset({"InvalidAuthentication", "40014", "42001"})  # the access token


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with what came with it; an empty ``body`` where it was no JSON object."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    retry_after: float = 0.0

    @property
    def code(self) -> str:
        """The platform's own code; empty where all is well."""
        code = self.body.get("errcode", self.body.get("code"))
        return "" if code in (None, 0, "0", "") else str(code)

    @property
    def is_stale(self) -> bool:
        """Whether the access token has to be fetched anew."""
        return self.status == UNAUTHORIZED or self.code in STALE

    @property
    def is_flooding(self) -> bool:
        """Whether we spoke too much."""
        return self.status == TOO_MANY or self.code in FLOODING or any(word in self.code.lower() for word in CROWDED)

    @property
    def is_hasty(self) -> bool:
        """Whether we called too fast: such a call was turned away at the door."""
        return self.code in HASTY or GATE.search(self.code) is not None

    @property
    def is_overloaded(self) -> bool:
        """Whether their system had no room for the call."""
        return self.status == UNAVAILABLE or self.code in OVERLOADED

    @property
    def pause(self) -> float:
        """Seconds until the same call may be made again, as they say or else as is known; 0 where nothing stands in its way."""
        waits = ((self.is_flooding, THROTTLED), (self.is_hasty, HURRIED), (self.is_overloaded, BUSY))
        return next((self.retry_after or wait for is_so, wait in waits if is_so), 0.0)

    @property
    def is_refused(self) -> bool:
        """Whether the call was understood and turned down, so that nothing came of it."""
        return not self.pause and self.status < BROKEN and (self.status != OK or bool(self.code))

    @property
    def is_final(self) -> bool:
        """Whether these words never reach this chat, whichever way they go."""
        return self.code in FINAL

    @property
    def is_foreign(self) -> bool:
        """Whether it is no answer of theirs: something on the way turned the call back."""
        return not self.code and self.status not in TURNED_AWAY and self.status < BROKEN

    @property
    def media_id(self) -> str:
        """How an uploaded photo is called; empty where it was not taken."""
        id_ = self.body.get("media_id")
        return id_ if isinstance(id_, str) else ""

    def words(self) -> str:
        """What is wrong, for an operator."""
        if any(self.body.get(name) for name in STRANGERS):
            return "the staff id is unknown, or outside of the app's visible range"
        said = self.body.get("errmsg", self.body.get("message", ""))
        return f"{self.status} {self.code} {said}".strip()[:200]


def judged(answer: Answer) -> SendResult:
    """What became of a message. A server that broke down may have sent it; a refusal at the door is tried again."""
    if answer.pause:
        return SendResult("retry", retry_after=answer.pause)
    if answer.is_foreign:
        return SendResult("held", retry_after=BUSY)
    if not answer.is_refused:
        return _taken(answer)
    if answer.is_stale or answer.status == FORBIDDEN:  # a right or a secret is missing: somebody can put it right
        return SendResult("retry", retry_after=THROTTLED)
    return SendResult("dead")


def _taken(answer: Answer) -> SendResult:
    """A message to one person may be taken and yet not go to him; an answer that says nothing leaves it open."""
    body, key = answer.body, answer.body.get("processQueryKey")
    if body.get("flowControlledStaffIdList"):
        return SendResult("retry", retry_after=THROTTLED)
    if any(body.get(name) for name in STRANGERS):
        return SendResult("dead")
    if answer.status != OK or not (key or "errcode" in body):
        return SendResult("uncertain")
    return SendResult("sent", key if isinstance(key, str) and key else None)
