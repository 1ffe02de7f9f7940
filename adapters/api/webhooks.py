"""Webhooks: which programs are told what happens to tickets. docs/webhooks.md says what they are told."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from adapters.api.operations import Call, Strict, delete, get, post
from adapters.api.problems import Problem, missing
from bot.domain.hook import KINDS, LONGEST, Hook, stands
from bot.usecases import hooks
from bot.usecases.context import Context

Kind = Literal[
    "registered", "dispatched", "signed", "progressed", "transferred", "held", "extended", "resumed", "done", "reworked",
    "closed", "merged", "withdrawn", "not_accepted", "followed", "rated", "supervised", "escalated",
]  # fmt: skip
REFUSED = {
    "url": "The address cannot be used: https, a host, no name and password, no private network.",
    "many": "The unit has as many webhooks as it may have.",
}


class WebhookBody(BaseModel):
    """A webhook. ``kinds`` is empty for all events. ``state``: on, gone (it said so), failing, or orphan (who made it has lost
    the right). ``last`` is what became of the newest attempt. Of the address only the host is shown.
    """

    id: str
    unit: str
    host: str
    kinds: list[str]
    state: str
    failures: int
    last: str
    last_at: datetime | None
    made_at: datetime


class WebhooksBody(BaseModel):
    """The webhooks, oldest first."""

    webhooks: list[WebhookBody]


class NewWebhookBody(Strict):
    """What is to be told to whom; no kinds are all."""

    unit: Annotated[str, Field(max_length=64)]
    url: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    kinds: list[Kind] = Field(default_factory=list, max_length=len(KINDS))


class MadeWebhookBody(WebhookBody):
    """A new webhook with its secret, which nobody can ask for again."""

    secret: str


class GoneBody(BaseModel):
    """What is not there any more."""

    id: str


def _own(call: Call) -> list[Hook]:
    """The webhooks of the units that the caller commands."""
    return hooks.of_units(call.uow, [unit for unit in call.caller.units if call.caller.commands(unit)])


def _body(call: Call, hook: Hook) -> WebhookBody:
    return WebhookBody(
        id=hook.id,
        unit=hook.unit,
        host=hook.host,
        kinds=list(hook.kinds),
        state=hook.state if stands(hook, call.caller.org) else "orphan",
        failures=hook.failures,
        last=hook.last,
        last_at=hook.last_at,
        made_at=hook.at,
    )


@get("/v1/webhooks", answer=WebhooksBody, scope="admin")
def list_webhooks(call: Call) -> WebhooksBody:
    """The webhooks of the units that the key's person commands."""
    return WebhooksBody(webhooks=[_body(call, hook) for hook in _own(call)])


@post("/v1/webhooks", answer=MadeWebhookBody, body=NewWebhookBody, scope="admin")
def add_webhook(call: Call) -> MadeWebhookBody:
    """Subscribe an address to the events of a unit and of all below it (409 where that cannot be)."""
    wanted, caller = call.body(NewWebhookBody), call.caller
    if not caller.commands(wanted.unit):
        raise missing()
    ctx = Context(call.uow, caller.now, caller.org, call.deps.services)
    try:
        hook = hooks.subscribe(ctx, caller.person, wanted.unit, wanted.url, wanted.kinds)
    except hooks.Unfit as error:
        raise Problem(409, f"webhook_{error.reason}", REFUSED.get(error.reason, "")) from None
    return MadeWebhookBody(**_body(call, hook).model_dump(), secret=hook.secret)


@delete("/v1/webhooks/{webhook}", answer=GoneBody)
def remove_webhook(call: Call) -> GoneBody:
    """Tell it nothing more, not even what is on its way."""
    hook = next((one for one in _own(call) if one.id == call.path["webhook"]), None)
    if hook is None:
        raise missing()
    hooks.remove(call.uow, call.caller.now, hook, call.caller.person.id)
    return GoneBody(id=hook.id)


OPERATIONS = (list_webhooks, add_webhook, remove_webhook)
