"""What duty-holders put right: the category, the place, and a voice that was taken for one of another matter.

Each is written down as ``corrected``, and triage learns from it.
"""

from dataclasses import replace

from bot.domain.errors import DomainError, Missing
from bot.domain.org import Person
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, channel_of, id_of
from bot.ports import KeptMessage, Matter, Reading
from bot.usecases import learning, opening
from bot.usecases.context import Context
from bot.usecases.surroundings import reading_context

TURNED = frozenset(
    {"help", "complaint", "suggestion", "hazard"}
)  # natures that may become one another: they go the same way


def refile(ctx: Context, ticket: Ticket, person: Person, said: str, message: InboundMessage) -> None:
    """The ticket is of another category or nature; who has it keeps it, until somebody hands it on."""
    words = ctx.services.commands
    named = {"category": words.category(said), "nature": words.nature(said)}
    labels = {head: code for head, code in named.items() if code is not None}
    if not labels:
        raise Missing("error.category")
    if "nature" in labels and ticket.nature not in TURNED:
        raise DomainError("error.nature")
    for head, code in labels.items():
        setattr(ticket, head, code)
        ticket.record("corrected", ctx.now, person.id, head, message.key)
    learning.learn(ctx, ticket, ticket.text, act="new", **labels)


def relocate(ctx: Context, ticket: Ticket, person: Person, said: str, message: InboundMessage) -> None:
    """The ticket is about another place; once signed for, the community knows it."""
    if not said:
        raise Missing("error.place")
    found = _read(ctx, replace(message, text=f"{said}，{ticket.text}"))
    ticket.place = said
    ticket.building = next((one.building for one in found.matters if one.place and one.place in said), "")
    ticket.record("corrected", ctx.now, person.id, "place", message.key)
    if ticket.signed_at is not None:
        ctx.services.landmarks.learn(ticket)


def split(ctx: Context, ticket: Ticket, person: Person, message: InboundMessage) -> None:
    """The quoted words of a voice are a matter of their own: they become a ticket, and their speaker follows the other no more."""
    voices = [kept for kept in ctx.uow.words.of(ticket.id) if kept.role == "voice"]
    quoted = next((kept for kept in voices if kept.key == f"{message.chat_key}:{message.reply_to}"), None)
    if quoted is None or quoted is voices[0]:
        raise Missing("error.split")
    if not any(kept.account == quoted.account and kept is not quoted for kept in voices):
        ticket.lose(quoted.account)
    ticket.record("corrected", ctx.now, person.id, "split", message.key)
    said = _as_heard(quoted)
    reading = _read(ctx, said)
    matter = reading.matters[0] if reading.matters else Matter(said.text, ticket.nature, ticket.category, "routine")
    opened = opening.new_ticket(ctx, replace(matter, text=said.text), [said], ticket.unit, reading.reason)
    opening.open_ticket(ctx, opened, [said], reading)
    learning.learn(ctx, opened, said.text, act="new")


def _read(ctx: Context, message: InboundMessage) -> Reading:
    return ctx.services.reader.read(message.text, reading_context(ctx, message, None, True))


def _as_heard(kept: KeptMessage) -> InboundMessage:
    """A kept message as it came in."""
    chat = id_of(kept.chat)
    return InboundMessage(
        channel_of(kept.chat), chat, id_of(kept.account), kept.key.removeprefix(f"{kept.chat}:"), kept.at, kept.text,
        name=kept.name, media=kept.media,
    )  # fmt: skip
