"""What the core asks of the world: protocols that storage, adapters and triage implement. Nothing here does anything."""

from bot.ports.connections import Connection, Connections, Refused
from bot.ports.delivery import Notice, Outbox, Polls, Timer, Timers
from bot.ports.facts import By, Facts, Sum
from bot.ports.learning import Example, Learner, Learning, Scores, Version
from bot.ports.lists import Lists, Position, Wanted
from bot.ports.load import Burden, Loads, Spot
from bot.ports.office import Cell, Column, Document, Grid, Office, Section, Sheet, Unreadable, Value
from bot.ports.opinion import Opinion, SecondOpinion
from bot.ports.outside import Channel, Clock, IdSource, Inbound, MediaStore, Platform, SendResult, Tools
from bot.ports.people import OrgStore, People, Reserve
from bot.ports.reading import Heard, Matter, MediaReader, OpenTicket, Reader, Reading, ReadingContext
from bot.ports.records import Audit, Inbox, KeptMessage, Tickets, Words
from bot.ports.rooms import RoomMessage, Rooms
from bot.ports.work import Desk, UnitOfWork

__all__ = [
    "Audit",
    "Burden",
    "By",
    "Cell",
    "Channel",
    "Clock",
    "Column",
    "Connection",
    "Connections",
    "Desk",
    "Document",
    "Example",
    "Facts",
    "Grid",
    "Heard",
    "IdSource",
    "Inbound",
    "Inbox",
    "KeptMessage",
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
    "People",
    "Platform",
    "Polls",
    "Position",
    "Reader",
    "Reading",
    "ReadingContext",
    "Refused",
    "Reserve",
    "RoomMessage",
    "Rooms",
    "Scores",
    "SecondOpinion",
    "Section",
    "SendResult",
    "Sheet",
    "Spot",
    "Sum",
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
