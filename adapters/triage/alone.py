"""A row of a table read by itself: nothing was said before, nothing is open."""

from collections.abc import Sequence

from adapters.triage.stream import Answer, Row, message_of
from bot.domain.org import Organization
from bot.messages import InboundMessage
from bot.ports import OpenTicket, Reader, ReadingContext


def read_alone(reader: Reader, org: Organization, row: Row) -> Answer:
    """What a message means without any other."""
    return Answer(row, reader.read(row.text, _surroundings(org, message_of(row))))


def _surroundings(org: Organization, message: InboundMessage) -> ReadingContext:
    group, person = org.groups.get(message.chat_key), org.person_of(message.account)
    units = org.below(group.unit) if group else ()
    return ReadingContext(
        account=message.account,
        at=message.at,
        tickets=_nothing_open,
        places=org.place_names(units[0]) if units else (),
        articles=org.articles_for(units[0]) if units else (),
        name=message.name,
        staff=person is not None and any(org.serves(person.id, unit) for unit in units),
    )


def _nothing_open(_category: str | None) -> Sequence[OpenTicket]:
    return ()
