"""A database that is full already: as many open tickets as asked for, spread over the town, opened by the use case."""

from datetime import timedelta

from benchmarks.house import House
from benchmarks.talk import START, Talk
from benchmarks.town import CHANNEL, RESIDENTS, group_chat, resident
from bot.domain.states import CATEGORIES
from bot.messages import InboundMessage
from bot.ports import Matter, Reading, UnitOfWork
from bot.usecases import opening
from bot.usecases.context import Context

BATCH = 2000
AGE = timedelta(days=2)


def fill(house: House, count: int) -> None:
    """Open tickets two days ago. No reading: the same words again would join the ticket that is open."""
    talk = Talk(len([g for g in house.engine.org.groups.values() if g.kind == "residents"]), seed=99)
    groups = talk.groups
    for begin in range(0, count, BATCH):

        def job(uow: UnitOfWork, begin: int = begin) -> None:
            for number in range(begin, min(begin + BATCH, count)):
                _open(house.engine.context(uow, START - AGE), talk, number % groups, number)

        house.storage.desk.run(job)
    house.storage.desk.run(send_all)


def send_all(uow: UnitOfWork) -> None:
    """What the bot had to say about them went out long ago."""
    while waiting := uow.outbox.pending(START, BATCH):
        for notice in waiting:
            notice.state, notice.sent_at, notice.platform_id = "sent", START - AGE, notice.id
            uow.outbox.update(notice)


def _open(ctx: Context, talk: Talk, group: int, number: int) -> None:
    sender = resident(group, number % RESIDENTS)
    text = talk.words("request")
    at = ctx.now + timedelta(milliseconds=number)
    message = InboundMessage(CHANNEL, group_chat(group), sender, f"held-{number}", at, text, sender)
    matter = Matter(text, "help", CATEGORIES[number % len(CATEGORIES)], "routine")
    ticket = opening.new_ticket(ctx, matter, [message], f"grid{group}", ())
    opening.open_ticket(ctx, ticket, [message], Reading("new", 0.9, (matter,)))
