"""The terminal as a chat: type as a resident or a steward, see what the bot says. No account anywhere.

zhang: 3号楼路灯坏了        speak as zhang in the current group (a name stays until another is given)
zhou: >1 收到               quote the bot's newest message about ticket 1
/room xueyuan               another group        /dm       to and from a private chat with the bot
/wait 2h                    let time pass (m, h, d)        /quit
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages import BOT, Capabilities, InboundMessage, OutboundMessage, id_of
from bot.ports import SendResult

CHANNEL = "console"
CAPABILITIES = Capabilities(buttons=False, mentions=True, polls=False, max_length=4000)
_SAYS = re.compile(r"^([^\s:：/>][^:：\s]{0,30})[:：]\s*(.*)$", re.DOTALL)
_QUOTE = re.compile(r"^>\s*(\d{1,6})\s*(.*)$", re.DOTALL)
_MENTION = re.compile(r"@(\S+)")
_WAIT = re.compile(r"^/wait\s+(\d{1,4})\s*([mhd])$")
_SPANS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass
class ConsoleState:
    """Who speaks, and where. ``chat`` is a chat id of ``channel``; ``count`` numbers the lines."""

    channel: str
    room: str
    account: str
    private: bool = False
    count: int = 0
    newest: dict[int, str] = field(default_factory=dict)  # ticket number → key of the bot's newest message about it


def waiting(line: str) -> timedelta | None:
    """How long ``/wait`` lets pass; None for any other line."""
    found = _WAIT.match(line.strip())
    return timedelta(**{_SPANS[found[2]]: int(found[1])}) if found else None


def steer(line: str, state: ConsoleState) -> bool:
    """Obey ``/room`` and ``/dm``; False for any other line."""
    words = line.strip().split()
    if words[:1] == ["/room"] and len(words) == 2:
        state.room, state.private = words[1], False
        return True
    if words == ["/dm"]:
        state.private = not state.private
        return True
    return False


def translate(line: str, state: ConsoleState, at: datetime) -> InboundMessage | None:
    """A typed line as a message; None for an empty one."""
    text = line.strip()
    if not text:
        return None
    if said := _SAYS.match(text):
        state.account, text = said[1], said[2]
    reply_to = number = None
    if quote := _QUOTE.match(text):
        number, text = int(quote[1]), quote[2]
        reply_to = state.newest.get(number)
    state.count += 1
    return InboundMessage(
        channel=state.channel,
        chat=f"dm:{state.account}" if state.private else state.room,
        sender=state.account,
        id=f"{at.timestamp():.0f}-{state.count}",
        at=at,
        text=text,
        private=state.private,
        reply_to=reply_to,
        reply_number=None if reply_to else number,
        mentions=tuple(name if name != "机器人" else BOT for name in _MENTION.findall(text)),
    )


class ConsoleChannel:
    """Prints what the bot says."""

    capabilities = CAPABILITIES

    def __init__(self, state: ConsoleState, write: Callable[[str], None]) -> None:
        self.name = state.channel
        self._state = state
        self._write = write

    async def send(self, message: OutboundMessage) -> SendResult:
        """Print a message; it cannot fail."""
        self.show(message)
        return SendResult("sent", message.key)

    def show(self, message: OutboundMessage) -> None:
        """Print one message with the chat it goes to."""
        if message.number is not None:
            self._state.newest[message.number] = message.key
        self._write(f"  [{id_of(message.chat)}] 网格管家: {message.text}")
