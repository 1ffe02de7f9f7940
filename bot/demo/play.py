"""The demo's opening conversation: spoken into the room through the same door as anybody's words."""

import asyncio
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from bot.domain.org import Group, Organization
from bot.live import Bot
from bot.messages import InboundMessage, Presence, Rate
from bot.ports import RoomMessage, UnitOfWork

PLAY = Path(__file__).with_name("play.toml")
QUOTED_WITHIN = 100  # tries, a tenth of a second each, until the bot has said what is to be quoted


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of the play: an account of the web chat and the name it shows."""

    account: str
    name: str


class Play:
    """Plays the lines into one room. ``wake`` tells the open pages of a new line."""

    def __init__(self, bot: Bot, group: Group, staff: Mapping[str, str], wake: Callable[[str], None]) -> None:
        self._bot, self._group, self._wake = bot, group, wake
        script = tomllib.loads(PLAY.read_text(encoding="utf-8"))
        self._lines: list[dict[str, Any]] = script["line"]
        names = {**staff, **script["residents"]}
        speakers = dict.fromkeys(line["who"] for line in self._lines)
        self._actors = {who: Actor(f"demo-{who}", names[who]) for who in speakers}
        self._staff = staff

    async def run(self) -> None:
        """Enter, then speak each line at its time."""
        for who, actor in self._actors.items():
            await self._enter(who, actor)
        await self._bot.reload()
        begun = 0.0
        for number, line in enumerate(self._lines):
            await asyncio.sleep(line["after"] - begun)
            begun = line["after"]
            await self._perform(number, line, self._actors[line["who"]])

    async def _enter(self, who: str, actor: Actor) -> None:
        digest = sha256(token_urlsafe(16).encode()).hexdigest()  # nobody can sign in as an actor

        def record(uow: UnitOfWork) -> None:
            uow.rooms.add_visitor(actor.account, actor.name, digest, now)

        now = await self._now()
        if who in self._staff:
            await self._bot.query(lambda uow, _org, now: _bind(uow, who, actor, now))
        event = Presence(self._group.channel, self._group.chat, actor.account, now, True, actor.name)
        await self._bot.receive(event, record)

    async def _now(self) -> datetime:
        return await self._bot.query(lambda _uow, _org, now: now)

    async def _perform(self, number: int, line: Mapping[str, Any], actor: Actor) -> None:
        now, id_ = await self._now(), f"play/{number}"
        quoted = await self._quote(line["quote"]) if "quote" in line else None
        if "rate" in line:
            chat, channel = self._group.chat, self._group.channel
            event = Rate(channel, chat, actor.account, id_, now, line["rate"], number=line["quote"])
            await self._bot.receive(event, lambda _uow: None)
            return
        text = line["text"]
        message = InboundMessage(
            self._group.channel, self._group.chat, actor.account, id_, now, text, actor.name,
            reply_to=str(quoted) if quoted else None,
        )  # fmt: skip
        said = RoomMessage(0, self._group.key, actor.account, actor.name, text, now, id_, quoted, {"kind": "say"})
        await self._bot.receive(message, lambda uow: uow.rooms.post(said))
        self._wake(self._group.key)

    async def _quote(self, number: int) -> int | None:
        """The line in which the bot spoke last of a ticket, as soon as there is one."""
        for _ in range(QUOTED_WITHIN):
            seq = await self._bot.query(lambda uow, org, _now: self._newest(uow, org, number))
            if seq is not None:
                return seq
            await asyncio.sleep(0.1)
        return None

    def _newest(self, uow: UnitOfWork, org: Organization, number: int) -> int | None:
        ticket = uow.tickets.by_number(org.root(self._group.unit), number)
        notice = uow.outbox.newest_about(ticket.id, self._group.key) if ticket else None
        return int(notice.platform_id) if notice and notice.platform_id else None


def _bind(uow: UnitOfWork, person: str, actor: Actor, now: datetime) -> None:
    """The actor of a duty-holder gets the rights in the only way there is: by a one-time code."""
    digest = sha256(token_urlsafe(16).encode()).hexdigest()
    uow.org.issue_code(person, digest, now)
    uow.org.use_code(digest, f"web:{actor.account}", now)
