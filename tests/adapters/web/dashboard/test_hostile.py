"""Hostile words in every field of the dashboard's pages stay words: no element, attribute or address is made of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pytest

from bot.domain.org import Organization, Unit
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, Media
from bot.ports import Connection, KeptMessage, Matter, Notice, UnitOfWork
from bot.usecases import opening
from bot.usecases.board import COLUMNS, SHOWN
from tests.adapters.web.house import ORG, House
from tests.hostile import corpus

PAGES = ("/desk", "/desk/board", "/desk/candidates", "/desk/outbox")
BATCH = SHOWN * 4
PAGE_BYTES = 100_000
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title link script body a header svg path span h1 h2 h3 button main nav form label select option "
        "details summary div input p section ul li ol dl dt dd strong img textarea",
    )
)


class Reading(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """No element but ours, no handler, no address elsewhere."""
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc", "http-equiv"}:
                self.faults.append(f"{tag} {name}={value}")
            leads = name in {"href", "src", "action", "hx-get", "sse-connect"}
            if leads and not re.match("/(?!/)|#", value or ""):
                self.faults.append(f"{tag} {name}={value}")
        if tag == "script" and not (dict(attrs).get("src") or "").startswith("/static/"):
            self.faults.append("a script of its own")


@pytest.mark.parametrize("source", ["own", "blns", "fuzzdb"])
async def test_words_stay_words(house: House, source: str) -> None:
    owner = await house.staff("li")
    lines = [line for line in corpus.lines(source) if _is_whole(line)]
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        house.ask(partial(fill, house=house, lines=batch, start=start))
        await house.bot.reload()
        for path in PAGES:
            status, html = await owner.get(path)
            assert status == 200, (path, batch)
            assert Reading(html).faults == [], (path, batch)
            assert len(html.encode()) < PAGE_BYTES, path


def _is_whole(line: str) -> bool:
    """Whether a database can hold it at all: no halves of characters."""
    try:
        return bool(line.encode().strip())
    except UnicodeEncodeError:
        return False


def called(line: str) -> Organization:
    """The organization with a hostile name for the unit, the group and the people."""
    name = line[:200]
    units = {
        **ORG.units,
        "court": Unit("court", name, "community", "town"),
        "house": Unit("house", name, "grid", "court"),
    }
    people = {id_: replace(person, name=name) for id_, person in ORG.people.items()}
    groups = {key: replace(group, title=name) for key, group in ORG.groups.items()}
    return replace(ORG, units=units, people=people, groups=groups)


def fill(uow: UnitOfWork, house: House, lines: Sequence[str], start: int) -> None:
    """Tickets in all columns, candidates, and messages that did not arrive, with a line in every field of theirs."""
    uow.org.replace(called(lines[0]))
    for shown in uow.tickets.in_units(["court"], ["candidate", *COLUMNS], 1000):
        shown.state = "withdrawn"
        uow.tickets.save(shown)
    for lost in uow.outbox.in_state("dead", 1000):
        lost.state = "dropped"
        uow.outbox.update(lost)
    states = ["candidate", *COLUMNS]
    for at, line in enumerate(lines):
        ticket = a_ticket(house, uow, line)
        ticket.state = states[at % len(states)]
        ticket.number = None if ticket.state == "candidate" else start + at + 1
        uow.tickets.add(ticket)
        photo = Media("image", line[:50], line[:50])
        message = KeptMessage(
            f"{ticket.id}:{at}", ticket.id, "web:court", "web:x", line, "voice", line, house.clock.now(), (photo,)
        )
        uow.words.keep(message)
        lost = Notice(
            f"{ticket.id}-{at}",
            "web:court",
            line[:40] or "x",
            "progress",
            house.clock.now(),
            {"note": line},
            state="dead",
        )
        uow.outbox.add(lost)
        uow.reserve.put(f"notice:{lost.id}", house.clock.now(), line)
    uow.connections.put(Connection("web", "down", house.clock.now(), lines[0]))


def a_ticket(house: House, uow: UnitOfWork, line: str) -> Ticket:
    """A ticket that is hostile all over."""
    ctx = house.bot._engine.context(uow, house.clock.now())
    message = InboundMessage("web", "court", "x", "m", house.clock.now(), line, line)
    ticket = opening.new_ticket(ctx, Matter(line, "help", "other", "routine"), [message], "court", [line])
    ticket.title = ticket.text = ticket.place = ticket.reporter_name = ticket.asked_note = ticket.reason = line
    ticket.assignee, ticket.due_at = "wang", house.clock.now()
    return ticket
