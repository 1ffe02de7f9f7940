"""What the core asks of the world: protocols that storage, adapters and triage implement. Nothing here does anything."""

from bot.ports.choices import Change, Choices
from bot.ports.connections import Connection, Connections, Refused
from bot.ports.delivery import Notice, Outbox, Polls, Timer, Timers
from bot.ports.digests import Digests
from bot.ports.facts import By, Facts, Sum
from bot.ports.hooks import Hooks
from bot.ports.keys import ApiKey, KeptAnswer, Keys
from bot.ports.learning import Example, Learner, Learning, Scores, Version
from bot.ports.lists import Lists, Position, Wanted
from bot.ports.load import Burden, Ended, Loads, Spot
from bot.ports.office import (
    Cell,
    Chart,
    Column,
    Document,
    Grid,
    Office,
    Pair,
    Press,
    Section,
    Series,
    Sheet,
    Unreadable,
    Value,
)
from bot.ports.opinion import Opinion, SecondOpinion
from bot.ports.outside import CardPainter, Channel, Clock, IdSource, Inbound, MediaStore, Platform, SendResult, Tools
from bot.ports.people import OrgStore, People, Reserve
from bot.ports.reading import Heard, Matter, MediaReader, OpenTicket, Reader, Reading, ReadingContext
from bot.ports.records import Audit, Inbox, KeptMessage, Tickets, Words
from bot.ports.rooms import RoomMessage, Rooms
from bot.ports.rota import Rota
from bot.ports.sweeps import Sweep, Sweeps
from bot.ports.work import Desk, UnitOfWork

__all__ = [
    "ApiKey",
    "Audit",
    "Burden",
    "By",
    "CardPainter",
    "Cell",
    "Change",
    "Channel",
    "Chart",
    "Choices",
    "Clock",
    "Column",
    "Connection",
    "Connections",
    "Desk",
    "Digests",
    "Document",
    "Ended",
    "Example",
    "Facts",
    "Grid",
    "Heard",
    "Hooks",
    "IdSource",
    "Inbound",
    "Inbox",
    "KeptAnswer",
    "KeptMessage",
    "Keys",
    "Learner",
    "Learning",
    "Lists",
    "Loads",
    "Matter",
    "MediaReader",
    "MediaStore",
    "Notice",
    "Office",
    "OpenTicket",
    "Opinion",
    "OrgStore",
    "Outbox",
    "Pair",
    "People",
    "Platform",
    "Polls",
    "Position",
    "Press",
    "Reader",
    "Reading",
    "ReadingContext",
    "Refused",
    "Reserve",
    "RoomMessage",
    "Rooms",
    "Rota",
    "Scores",
    "SecondOpinion",
    "Section",
    "SendResult",
    "Series",
    "Sheet",
    "Spot",
    "Sum",
    "Sweep",
    "Sweeps",
    "Tickets",
    "Timer",
    "Timers",
    "Tools",
    "UnitOfWork",
    "Unreadable",
    "Value",
    "Version",
    "Wanted",
    "Words",
]
