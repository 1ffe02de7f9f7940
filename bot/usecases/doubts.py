"""What may be asked of a second reader: a share of what each group says, and tickets to look at again."""

from collections import deque

RESERVE = 20  # questions that a group may save up
TICKETS = 100  # that wait to be looked at again


class Doubts:
    """Counted in mind, a process at a time; nothing here holds words."""

    def __init__(self) -> None:
        self._credit: dict[str, float] = {}  # questions, by group
        self._tickets: deque[str] = deque(maxlen=TICKETS)

    def heard(self, chat: str, share: float) -> None:
        """A group has said something: a part of a question more."""
        self._credit[chat] = min(self._credit.get(chat, 0.0) + share, RESERVE)

    def may_ask(self, chat: str) -> bool:
        """Take one question from what a group has left."""
        left = self._credit.get(chat, 0.0)
        if left < 1:
            return False
        self._credit[chat] = left - 1
        return True

    def look_again(self, ticket_id: str) -> None:
        """A ticket was opened on a guess: somebody else may read its words, too."""
        self._tickets.append(ticket_id)

    def tickets(self) -> list[str]:
        """Those tickets, once."""
        found = list(self._tickets)
        self._tickets.clear()
        return found
