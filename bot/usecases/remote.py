"""What a program does in a duty-holder's place, with his key: the same words as in his private chat, the same rights, and the
same refusals, given back instead of told.
"""

from dataclasses import dataclass, replace

from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, id_of, private_chat
from bot.ports import Notice
from bot.triage.commands import Command
from bot.usecases import door, staff
from bot.usecases.actions import ACTIONS, Act
from bot.usecases.context import Context
from bot.usecases.keys import Caller
from bot.usecases.telling import facts

# What needs nothing but a ticket, words, a person or a number; "split" names one message of several.
ORDERS = tuple(action for action in ACTIONS if action != "split")


@dataclass(frozen=True, slots=True)
class Order:
    """An action with its words. ``person`` is the id of whom it is for, ``into`` the number that a ticket is merged into."""

    action: str
    text: str = ""
    person: str = ""
    into: int | None = None


def carry_out(ctx: Context, caller: Caller, ticket: Ticket, order: Order) -> Notice | None:
    """Do it; gives back the notice that says why not."""
    if not staff.may_do(ctx, caller.person, ticket, order.action):
        return _told(ctx, caller, ticket, "error.not_yours", {})
    if order.person and not (order.person in ctx.org.people and ctx.org.serves(order.person, ticket.unit)):
        return _told(ctx, caller, ticket, "error.not_serving", {})  # else a name in the words would be taken for him
    message = door.cleaned(_message(ctx, caller, order))
    if not isinstance(message, InboundMessage):
        raise TypeError("a cleaned message is a message")
    command = Command(order.action, message.text, other=order.into)
    refusal = staff.attempt(Act(ctx, ticket, caller.person, command, message))
    return _told(ctx, caller, ticket, refusal.key, refusal.params) if refusal else None


def _message(ctx: Context, caller: Caller, order: Order) -> InboundMessage:
    """The words as if they had been typed: a person is called by name, and by the account that the name stands for."""
    channel, _, sender = caller.account.partition(":")
    person = ctx.org.people.get(order.person)
    own = [key for key in (person.account_keys() if person else ()) if key.startswith(f"{channel}:")]
    text = f"@{person.name} {order.text}".strip() if person else order.text
    id_ = f"api-{ctx.services.ids.time_ordered(ctx.now)}"
    message = InboundMessage(
        channel, id_of(private_chat(caller.account)), sender, id_, ctx.now, text, caller.person.name, private=True
    )
    return replace(message, mentions=tuple(map(id_of, own[:1])))


def _told(ctx: Context, caller: Caller, ticket: Ticket, key: str, params: dict[str, str]) -> Notice:
    """A refusal as it would be told privately; it goes to nobody but the caller."""
    words = {name: str(value) for name, value in {**facts(ctx, ticket), **params}.items()}
    return Notice(
        id="", chat=private_chat(caller.account), kind="question", key=key, created_at=ctx.now, params=words
    )  # fmt: skip
