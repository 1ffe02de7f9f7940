"""Where things are: upgraded groups, topics, usernames, polls. Kept as the channel's notes, so that a restart loses nothing.

When a group becomes a supergroup its id changes and its messages are counted anew. The bot goes on knowing it by the old
id; messages of the new one are called ``s12``, so that they are not taken for old ones with the same number.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.telegram.translate import CHANNEL
from bot.domain.org import Organization
from bot.messages import InboundEvent, InboundMessage, OutboundMessage, id_of, is_private, key_of
from bot.ports import Inbound, UnitOfWork

REMEMBERED = 2000  # messages whose topic is known
ANEW = "s"  # before the number of a message of an upgraded group


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes. ``mark`` stands before the ids of its messages."""

    chat: int
    topic: int | None = None
    reply_to: int | None = None
    replaces: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """A native poll: its chat, its ticket, and what each option stands for."""

    chat: str
    ticket: str
    values: tuple[str, ...]


class Places:
    """Reads and writes the notes. What is known of topics lives in memory, and the last one of each chat in a note."""

    def __init__(self) -> None:
        self.usernames: dict[str, str] = {}
        self._topics: OrderedDict[str, int | None] = OrderedDict()  # by the key of a message
        self._last: dict[str, int | None] = {}  # by chat

    async def open(self, inbound: Inbound) -> None:
        """Learn the usernames of those who have a duty: others mention them by these."""
        self.usernames.update(await inbound.query(_usernames))

    async def placed(self, inbound: Inbound, event: InboundEvent) -> tuple[InboundEvent, bool]:
        """The event under the chat by which the bot knows it, and whether the bot listens there at all."""

        def look(uow: UnitOfWork, org: Organization, now: datetime) -> tuple[str, bool]:
            chat = event.chat
            old = uow.connections.noted(CHANNEL, f"was:{chat}")
            if old is not None and key_of(CHANNEL, chat) not in org.groups:
                _keep_move(uow, old, chat, now)  # notes that nobody writes are forgotten after some months
                chat = old
            return chat, chat.startswith("dm:") or key_of(CHANNEL, chat) in org.groups

        chat, known = await inbound.query(look)
        return (event if chat == event.chat else _in_old_chat(event, chat)), known

    async def moved(self, inbound: Inbound, old: str, new: str) -> None:
        """A group was upgraded."""
        await inbound.query(lambda uow, _org, now: _keep_move(uow, old, new, now))

    # ------------------------------------------------------------ topics

    def saw_topic(self, message: InboundMessage, topic: int | None) -> None:
        """Remember in which topic a message stands."""
        self._topics[message.key] = topic
        if len(self._topics) > REMEMBERED:
            self._topics.popitem(last=False)

    def note_topic(self, uow: UnitOfWork, chat: str, topic: int | None, at: datetime) -> None:
        """Note the topic in which a group speaks; written where it changed."""
        if chat not in self._last or self._last[chat] != topic:
            uow.connections.note(CHANNEL, f"topic:{chat}", str(topic or ""), at)

    def noted_topic(self, chat: str, topic: int | None) -> None:
        """The note is committed."""
        self._last[chat] = topic

    async def target(self, inbound: Inbound, message: OutboundMessage) -> Target:
        """Where a message goes now; a ticket stays in the topic in which it began. ValueError where the chat is no id."""
        chat = id_of(message.chat)
        number = int(chat.removeprefix("dm:"))
        if is_private(message.chat):
            return Target(number, None, _number(message.reply_to, ""), _number(message.replaces, ""))

        def look(uow: UnitOfWork, _org: Organization, now: datetime) -> Target:
            new = uow.connections.noted(CHANNEL, f"now:{chat}")
            mark = "" if new is None else ANEW
            reply_to, replaces = _number(message.reply_to, mark), _number(message.replaces, mark)
            topic = None if message.replaces else self._topic(uow, message, chat, now)
            return Target(number if new is None else int(new), topic, reply_to, replaces, mark)

        return await inbound.query(look)

    def _topic(self, uow: UnitOfWork, message: OutboundMessage, chat: str, now: datetime) -> int | None:
        ticket = message.ticket_id
        found = uow.connections.noted(CHANNEL, f"topic:{chat}:{ticket}") if ticket else None
        if found is None:
            found = self._beginning(uow, ticket) if ticket else None
            found = uow.connections.noted(CHANNEL, f"topic:{chat}") if found is None else found
            if found and ticket:
                uow.connections.note(CHANNEL, f"topic:{chat}:{ticket}", found, now)
        return int(found) if found else None

    def _beginning(self, uow: UnitOfWork, ticket: str) -> str | None:
        """The topic of a ticket's first words; empty for the chat's main one."""
        words = uow.words.of(ticket)
        return next((str(self._topics[word.key] or "") for word in words if word.key in self._topics), None)

    # ------------------------------------------------------------ people

    def knows(self, account: str, username: str) -> bool:
        """Whether nothing is to be learnt."""
        return self.usernames.get(username.casefold()) == account

    async def learn(self, inbound: Inbound, account: str, username: str) -> None:
        """Remember the username of an account that has a duty; whoever else had it does not bear it any more."""
        name = username.casefold()
        self.usernames.pop(name, None)
        if await inbound.query(lambda uow, org, now: _note_username(uow, org, now, account, name)):
            for old in [one for one, whose in self.usernames.items() if whose == account]:
                del self.usernames[old]
            self.usernames[name] = account

    # ------------------------------------------------------------ polls

    async def asked(self, inbound: Inbound, poll_id: str, poll: Poll) -> None:
        """A poll was put up."""
        value = json.dumps([poll.chat, poll.ticket, poll.values])
        await inbound.query(lambda uow, _org, now: uow.connections.note(CHANNEL, f"poll:{poll_id}", value, now))

    async def poll(self, inbound: Inbound, poll_id: str) -> Poll | None:
        """The poll with this id, if it is ours."""
        noted = await inbound.query(lambda uow, _org, _now: uow.connections.noted(CHANNEL, f"poll:{poll_id}"))
        if noted is None:
            return None
        chat, ticket, values = json.loads(noted)
        return Poll(chat, ticket, tuple(values))


def _note_username(uow: UnitOfWork, org: Organization, now: datetime, account: str, name: str) -> bool:
    """Nobody's is kept who has no duty."""
    if org.person_of(key_of(CHANNEL, account)) is None:
        return False
    uow.connections.note(CHANNEL, f"user:{account}", name, now)
    return True


def _usernames(uow: UnitOfWork, org: Organization, now: datetime) -> Mapping[str, str]:
    found = {}
    for person in org.people.values():
        for channel, account in person.accounts:
            username = uow.connections.noted(CHANNEL, f"user:{account}") if channel == CHANNEL else None
            if username is not None:
                found[username] = account
                uow.connections.note(CHANNEL, f"user:{account}", username, now)
    return found


def _keep_move(uow: UnitOfWork, old: str, new: str, now: datetime) -> None:
    uow.connections.note(CHANNEL, f"was:{new}", old, now)
    uow.connections.note(CHANNEL, f"now:{old}", new, now)


def _in_old_chat(event: InboundEvent, chat: str) -> InboundEvent:
    changes: dict[str, Any] = {"chat": chat}
    if hasattr(event, "id"):
        changes["id"] = f"{ANEW}{event.id}"
    if isinstance(event, InboundMessage) and event.reply_to is not None:
        changes["reply_to"] = f"{ANEW}{event.reply_to}"
    return replace(event, **changes)


def _number(platform_id: str | None, mark: str) -> int | None:
    """The message's number there; None for one of before the upgrade, which can be neither answered nor edited any more."""
    if platform_id is None or not platform_id.startswith(mark):
        return None
    number = platform_id.removeprefix(mark)
    return int(number) if number.isascii() and number.isdigit() else None
