"""One stretch of listening: what the homeserver tells goes to the bot, room by room, in order.

The position is kept only when all of it is committed. What comes twice after a break is known by its id.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from adapters.matrix.client import Batch, Part
from adapters.matrix.failures import FailureError
from adapters.matrix.invitations import Invitations
from adapters.matrix.rooms import Place, Rooms, kept
from adapters.matrix.shapes import Payload, text_at
from adapters.matrix.translate import CHANNEL, Photo, Setting, answered, before_of, changed, moved, photo, translate
from bot.domain.errors import DomainError
from bot.messages import Media
from bot.ports import Inbound, Tools

PAGES = 100  # of older events read back in a room after a break
MEGABYTE = 1_000_000
LARGEST = 15 * MEGABYTE
STRIKES = 3
SEALED = "这个聊天开了端到端加密，我看不懂。请另建一个不加密的聊天找我，或者在群里说。"


class Hearing:
    """Takes in what the rooms say."""

    def __init__(
        self,
        rooms: Rooms,
        invitations: Invitations,
        inbound: Inbound,
        tools: Tools,
        names: tuple[str, ...],
        strikes: Counter[str],
    ) -> None:
        self._client = rooms.client
        self._rooms = rooms
        self._invitations = invitations
        self._inbound = inbound
        self._tools = tools
        self._names = names  # how the bot is called in texts
        self._strikes = strikes  # outlives a connection: how often each photo could not be had
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def take(self, batch: Batch, since: str) -> None:
        """All that happened since a position; without one it is what was said before the bot began, and not read."""
        self._invitations.add(*batch.invites)
        for part in batch.parts if since else ():
            await self._room(part, since)

    async def _room(self, part: Part, since: str) -> None:
        events = list(part.events)
        if part.gap and not any(_is_own_entry(event, self._client.user) for event in events):
            events = await self._older(part.room, part.gap, since) + events
            names = await self._rooms.members(part.room)
        else:
            names = {}
        names.update(_names((*part.members, *events)))
        if any(text_at(event, "type") == "m.room.member" for event in events):
            self._rooms.stirred(part.room)
        heard = [event for event in inside(events, self._client.user) if self._concerns(event)]
        if heard:
            place = await self._rooms.place(part.room)
            for event in heard:
                await self._one(event, part.room, place, names)

    def _concerns(self, event: Payload) -> bool:
        is_own = text_at(event, "sender") == self._client.user
        return not is_own or text_at(event, "type") == "m.room.member"

    async def _one(self, event: Payload, room: str, place: Place, names: dict[str, str]) -> None:
        kind = text_at(event, "type")
        if kind == "m.room.encrypted":
            await self._confess(room, place)
        elif new := moved(event):
            await self._move(room, place, new)
        else:
            setting = await self._setting(event, room, place, names)
            translated = translate(event, setting)
            if translated is not None:
                before = kept(place, room, translated.sender, self._tools.clock.now())
                await self._inbound.receive(translated, before)

    async def _setting(self, event: Payload, room: str, place: Place, names: dict[str, str]) -> Setting:
        """What has to be looked up for this one event."""
        name = names.get(text_at(event, "sender"), "")
        setting = Setting(self._client.user, place.chat, place.private, self._names, name)
        if place.strange:  # anybody may ask us in: what is said there is worth no effort, and its photos no room
            return setting
        if answer := answered(event):
            return replace(setting, ours=await self._rooms.noted(answer) or "")
        if original := changed(event):
            return replace(setting, author=await self._author(room, original))
        return replace(setting, media=await self._fetched(found)) if (found := photo(event)) else setting

    async def _author(self, room: str, id_: str) -> str:
        """Who sent a message. Anybody may claim to change it; the server does not look."""
        try:
            return text_at(await self._client.event(room, id_), "sender")
        except FailureError as failure:
            if failure.may_pass:
                raise
            return ""

    async def _fetched(self, found: Photo) -> tuple[Media, ...]:
        """The photo, stored; a message whose photo cannot be had comes without it."""
        try:
            content = await self._download(found)
            if content is not None:
                return (await asyncio.to_thread(self._tools.media.put, content, found.name),)
        except DomainError as error:
            self._log.info("photo not kept", reason=error.key)
        except OSError as error:  # the disk is full: the words may still be kept
            self._log.error("photo not kept", reason=f"{type(error).__name__}: {error}")
        return (Media("image", found.name),)

    async def _download(self, found: Photo) -> bytes | None:
        """A photo that the server fails to give is asked for again after a break, but not for ever."""
        if found.size > LARGEST:
            return None
        try:
            return await self._client.download(found.server, found.id, LARGEST)
        except FailureError as failure:
            self._strikes[found.id] += 1
            if failure.may_pass and self._strikes[found.id] < STRIKES:
                raise
            self._log.warning("photo not fetched", reason=failure.reason)
            return None

    async def _move(self, room: str, place: Place, new: str) -> None:
        """The group was upgraded: its room is closed, the talk goes on in another. Nobody else sends us anywhere."""
        if not place.private and not place.strange:
            await self._rooms.upgraded(room, new)
            self._invitations.add(new)

    async def _confess(self, room: str, place: Place) -> None:
        """Say once that we cannot read what is encrypted. Where that fails, the next encrypted word asks for it again."""
        if place.strange or await self._rooms.noted(f"sealed:{room}") is not None:
            return
        content = {"msgtype": "m.text", "body": SEALED, "m.mentions": {}}
        try:
            await self._client.send(room, "m.room.message", content, f"sealed-{room}")
        except FailureError as failure:
            self._log.info("not said that it is encrypted", room=room, reason=failure.reason)
            return
        await self._rooms.note({f"sealed:{room}": "said"})

    async def _older(self, room: str, start: str, until: str) -> list[Payload]:
        """What a long break has left out, oldest first."""
        events: list[Payload] = []
        for _ in range(PAGES):
            page, start = await self._client.back(room, start, until)
            events += page
            if not page or not start:
                break
        return events[::-1]


def inside(events: Sequence[Payload], me: str) -> list[Payload]:
    """What was said while we were in the room, and our own coming and going: a history from before is not ours to read."""
    own = [event for event in events if _is_own_step(event, me)]
    present = not own or before_of(own[0]) == "join"
    kept_: list[Payload] = []
    for event in events:
        is_step = _is_own_step(event, me)
        if is_step:
            present = text_at(event, "content", "membership") == "join"
        if present or is_step:
            kept_.append(event)
    return kept_


def _is_own_step(event: Payload, me: str) -> bool:
    return text_at(event, "type") == "m.room.member" and text_at(event, "state_key") == me


def _is_own_entry(event: Payload, me: str) -> bool:
    joined = text_at(event, "content", "membership") == "join"
    return joined and _is_own_step(event, me) and before_of(event) != "join"


def _names(events: Iterable[Payload]) -> Iterable[tuple[str, str]]:
    """Display names by user, the newest last."""
    for event in events:
        if text_at(event, "type") == "m.room.member" and (name := text_at(event, "content", "displayname")):
            yield text_at(event, "state_key"), name
