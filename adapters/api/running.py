"""From a request to an operation and back: key, limit, strict reading, one transaction, an answer that is given only once."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from math import ceil

from aiohttp import web
from pydantic import BaseModel, ValidationError

from adapters.api.deps import DEPS, ApiDeps
from adapters.api.operations import Call, Nothing, Operation
from adapters.api.problems import CONTENT_TYPE, Problem, missing, no_key, unfit, unfit_at
from bot.domain.org import Organization
from bot.ports import KeptAnswer, UnitOfWork
from bot.usecases.keys import Caller, caller_of, note_use

BODY_BYTES = 64 * 1024
PART = 64  # characters of a part of the path
KEPT = timedelta(days=1)  # so long an answer is given again
ONCE = "Idempotency-Key"
ONCE_PATTERN = "^[A-Za-z0-9_-]{8,64}$"
_BEARER = re.compile(r"Bearer (gs_[A-Za-z0-9_-]{20,100})", re.IGNORECASE)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that fits its description. ``once`` is the sender's mark, ``digest`` tells whether two ask the same."""

    path: dict[str, str]
    query: BaseModel
    body: BaseModel
    once: str
    digest: str


@dataclass(frozen=True, slots=True)
class Task:
    """A request with the operation that it asks for."""

    deps: ApiDeps
    operation: Operation
    token: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def response(self) -> web.Response:
        """The same for the server."""
        kind = "application/json" if self.status < web.HTTPBadRequest.status_code else CONTENT_TYPE
        return web.Response(text=self.body, status=self.status, content_type=kind, headers=self.headers)


def refused(problem: Problem) -> Reply:
    """A problem as it goes back."""
    return Reply(problem.status, problem.body, dict(problem.headers))


def handled(operation: Operation) -> Handler:
    """What the server calls for an operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        deps, token = request.app[DEPS], token_of(request)
        await _admit(deps, token, operation.scope)
        asked = await read(request, operation)
        reply = await deps.inbound.query(partial(run, task=Task(deps, operation, token, asked)))
        return reply.response

    return handle


# ---------------------------------------------------------------- who


def token_of(request: web.Request) -> str:
    """The key of a request; only the header is looked at, since addresses stand in logs."""
    given = request.headers.getall("Authorization", [])
    found = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    if found is None:
        raise no_key()
    return found[1]


async def _admit(deps: ApiDeps, token: str, scope: str) -> None:
    """Let a good key in that has not come too often, and note the day. Raises ``Problem``."""

    def job(uow: UnitOfWork, org: Organization, now: datetime) -> Caller | None:
        caller = caller_of(uow, org, now, token)
        if caller is not None:
            note_use(uow, caller)
        return caller

    caller, now = await deps.inbound.query(job), deps.clock.now()
    if caller is None:
        raise no_key()
    if not deps.requests.allows(caller.key.id, now):
        seconds = max(1, ceil(deps.requests.wait(caller.key.id, now).total_seconds()))
        raise Problem(429, "too_many_requests", headers={"Retry-After": str(seconds)})
    _check_scope(caller, scope)


def _check_scope(caller: Caller, scope: str) -> None:
    if not caller.may(scope):
        raise Problem(403, "forbidden", f"This needs a key of scope {scope}.")


# ---------------------------------------------------------------- what


async def read(request: web.Request, operation: Operation) -> Asked:
    """A request, strictly read; raises ``Problem``."""
    path = dict(request.match_info)
    if any(not 0 < len(part) <= PART or not part.isprintable() for part in path.values()):
        raise missing()
    query = _query(request, operation.query)
    if operation.method != "POST":
        return Asked(path, query, Nothing(), "", "")
    once = request.headers.getall(ONCE, [])
    if len(once) != 1 or not re.fullmatch(ONCE_PATTERN, once[0]):
        raise unfit_at(f"header.{ONCE}", "8 to 64 letters, digits, _ or -; another one for each thing to do")
    content = await _content(request)
    digest = sha256(b"\n".join([request.method.encode(), request.path_qs.encode(), content])).hexdigest()
    return Asked(path, query, _body(operation.body, content), once[0], digest)


def _query(request: web.Request, model: type[BaseModel]) -> BaseModel:
    given = request.query
    if len(set(given)) != len(given):
        raise unfit_at("query", "a parameter twice")
    if not all(text.isprintable() for pair in given.items() for text in pair):
        raise unfit_at("query", "signs that are none")
    try:
        return model.model_validate_strings(dict(given))
    except ValidationError as error:
        raise unfit(error, "query") from None


async def _content(request: web.Request) -> bytes:
    if request.content_type != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "unsupported_media_type", "Send application/json, as it is.")
    content = bytearray()
    async for chunk in request.content.iter_chunked(BODY_BYTES):
        content += chunk
        if len(content) > BODY_BYTES:
            raise Problem(413, "too_large", f"A body has at most {BODY_BYTES} bytes.")
    return bytes(content)


def _body(model: type[BaseModel], content: bytes) -> BaseModel:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise unfit(error, "body") from None


# ---------------------------------------------------------------- the transaction


def run(uow: UnitOfWork, org: Organization, now: datetime, *, task: Task) -> Reply:
    """Do it, if the key is still good in this very transaction; what came before under the same mark is answered as then."""
    operation, asked, caller = task.operation, task.asked, caller_of(uow, org, now, task.token)
    if caller is None:
        return refused(no_key())
    call = Call(task.deps, uow, caller, asked.path, asked.query, asked.body)
    if operation.method != "POST":
        return _attempt(operation, call)
    kept = uow.keys.answered(caller.key.id, asked.once)
    if kept is not None and now - kept.at < KEPT:
        return Reply(kept.status, kept.body) if kept.digest == asked.digest else refused(_taken())
    reply = _attempt(operation, call)
    uow.keys.answer(KeptAnswer(caller.key.id, asked.once, asked.digest, reply.status, reply.body, now))
    return reply


def _attempt(operation: Operation, call: Call) -> Reply:
    try:
        _check_scope(call.caller, operation.scope)
        return Reply(200, operation.run(call).model_dump_json())
    except Problem as problem:
        return refused(problem)


def _taken() -> Problem:
    return Problem(409, "idempotency_key_taken", f"This {ONCE} was sent with something else.")
