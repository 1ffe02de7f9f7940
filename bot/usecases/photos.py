"""What a ticket's photos say: the letters read in them stand beside the words of whoever sent the photo.

Reading takes seconds and is done outside (``bot.photos``); here is what comes before and after it, each in a transaction.
"""

from datetime import datetime

from bot.domain.states import ENDED
from bot.ports import KeptMessage, UnitOfWork

BOT, READ = "bot", "photos_read"  # the flag that holds the last message whose photos were looked at


def begin(uow: UnitOfWork) -> None:
    """Photos that were kept before reading was switched on stay as they are."""
    if uow.people.flag(BOT, READ) is None:
        newest, _ = uow.words.photos_after(0)
        uow.people.set_flag(BOT, READ, str(newest))


def unread(uow: UnitOfWork) -> tuple[int, list[KeptMessage]]:
    """The newest message, and the messages up to it whose photos nobody has read yet."""
    return uow.words.photos_after(_last(uow))


def done(uow: UnitOfWork, newest: int) -> None:
    """All photos up to this message have been looked at."""
    if newest != _last(uow):
        uow.people.set_flag(BOT, READ, str(newest))


def _last(uow: UnitOfWork) -> int:
    return int(uow.people.flag(BOT, READ) or 0)


def note(uow: UnitOfWork, now: datetime, photo: KeptMessage, line: str) -> None:
    """Add what a photo says to its message, and to the ticket's text if the reporter sent it.

    As words of the sender they are masked, erased and forgotten like all he said. What was erased or ended while the photo
    was being read gets nothing; the same line is added once, however often the photo is read.
    """
    ticket = uow.tickets.get(photo.ticket_id)
    kept = next((word for word in uow.words.of(photo.ticket_id) if word.key == photo.key), None)
    if ticket is None or ticket.state in ENDED or kept is None or not kept.media:
        return
    if line not in kept.text:
        uow.words.edit(kept.key, _joined(kept.text, line))
    if kept.account == ticket.reporter and line not in ticket.text:
        ticket.text = _joined(ticket.text, line)
        ticket.record("noted", now, BOT, "photo read", kept.key)
        uow.tickets.save(ticket)


def _joined(text: str, line: str) -> str:
    return f"{text}\n{line}" if text else line
