"""A simple room to replay mini conversations in: it opens tickets as the bot would and remembers what was heard."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.org import Article
from bot.ports import Heard, OpenTicket, Reader, Reading, ReadingContext
from tests.triage.report import AT

TALKS = Path(__file__).with_name("talks.toml")


@dataclass
class Room:
    """A chat with its open tickets and the last messages."""

    reader: Reader
    tickets: list[OpenTicket] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    articles: Sequence[Article] = ()

    def say(self, minute: int, speaker: str, text: str) -> Reading:
        """Somebody says something; what it opens or adds to is remembered."""
        at = AT + timedelta(minutes=minute)
        context = ReadingContext(
            account=speaker.lstrip("*"), at=at, tickets=self.newest, recent=tuple(self.heard[-8:]), name=speaker,
            staff=speaker.startswith("*"), articles=self.articles,
        )  # fmt: skip
        reading = self.reader.read(text, context)
        if reading.act == "new" and reading.score >= 0.75:
            reading = replace(reading, ticket_id=self._open(reading, context, at))
        elif reading.act == "metoo":
            self._follow(reading.ticket_id, context.account)
        self.heard.append(Heard(context.account, at, reading.act, reading.ticket_id))
        return reading

    def newest(self, category: str | None) -> list[OpenTicket]:
        """The open tickets, newest first."""
        return [one for one in reversed(self.tickets) if category in {None, one.category}]

    def _follow(self, ticket: str | None, account: str) -> None:
        for index, one in enumerate(self.tickets):
            if one.id == ticket:
                self.tickets[index] = replace(one, followers=(*one.followers, account))

    def _open(self, reading: Reading, context: ReadingContext, at: datetime) -> str:
        opened = [str(len(self.tickets) + index + 1) for index in range(len(reading.matters))]
        for number, matter in zip(opened, reading.matters, strict=True):
            self.tickets.append(
                OpenTicket(
                    id=number,
                    number=int(number),
                    state="dispatched",
                    nature=matter.nature,
                    category=matter.category,
                    building=matter.building,
                    place=matter.place,
                    text=matter.text,
                    reporter=context.account,
                    followers=(),
                    registered_at=at,
                )
            )
        return ",".join(opened)


@dataclass(frozen=True)
class Outcome:
    """A line of a conversation, what was expected of it, and what came."""

    talk: str
    text: str
    acts: str
    tickets: str
    reading: Reading

    @property
    def right(self) -> bool:
        """Whether the reading is one of the expected ones."""
        ticket = self.reading.ticket_id or "-"
        return self.reading.act in self.acts.split("/") and ticket in self.tickets.split("/")


def outcomes(reader: Reader) -> Iterator[Outcome]:
    """All lines of all conversations."""
    for talk in tomllib.loads(TALKS.read_text(encoding="utf-8"))["talk"]:
        room = Room(reader)
        for line in talk["lines"]:
            minute, speaker, text, acts, tickets = (part.strip() for part in line.split("|"))
            yield Outcome(talk["name"], text, acts, tickets, room.say(int(minute), speaker, text))
