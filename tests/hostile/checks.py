"""What the bot may say after hostile words: judged from the outside, without asking the code that cleans."""

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.messages import OutboundMessage, is_private
from tests.fakes import WIRE, TownBot

BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
EVERYBODY = re.compile(r"[@]\s*(all|everyone|here|channel|所有人|全体成员)", re.IGNORECASE)
OURS = ("@王师傅", "@某人")  # examples that stand in the catalogs
_spawned: list[str] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"}:
        _spawned.append(f"{event} {args[0]!r}")


sys.addaudithook(_watch)


def spawned() -> list[str]:
    """Processes that were begun since the last look."""
    found = _spawned.copy()
    _spawned.clear()
    return found


def faults_of(message: OutboundMessage, intended: Iterable[str]) -> list[str]:
    """What is wrong with a message to people; ``intended`` are the accounts that may be called."""
    faults = []
    text = message.text
    bad = [f"U+{ord(c):04X}" for c in text if (c != "\n" and unicodedata.category(c) in {"Cc", "Cs"}) or ord(c) in BIDI]
    if bad:
        faults.append(f"control or direction characters {bad[:5]}")
    if len(text) > WIRE.max_length:
        faults.append(f"{len(text)} characters")
    if set(message.mentions) - set(intended):
        faults.append(f"calls {message.mentions}")
    if calls := _stray_calls(message):
        faults.append(f"{calls} more @ than people who are meant")
    if EVERYBODY.search(_visible(text)):
        faults.append("calls everybody")
    return [f"{message.kind} {fault}: {text[:200]!a}" for fault in faults]


def _stray_calls(message: OutboundMessage) -> int:
    """How many @ that a platform might follow stand in a text beside those of the people meant; private chats show none."""
    text = message.text
    for example in OURS:
        text = text.replace(example, "")
    meant = 0 if is_private(message.chat) else len(message.mentions)
    return max(0, text.count("@") - meant)


def _visible(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


class Siege:
    """Feeds lines to a bot and collects what goes wrong, so that one test tells of all lines."""

    def __init__(self, bot: TownBot, intended: Iterable[str]) -> None:
        self.bot = bot
        self.intended = set(intended)
        self.faults: list[str] = []
        self._schema = self._read_schema()
        spawned()

    def try_line(self, line: str, act: Callable[[str], Sequence[OutboundMessage]]) -> list[OutboundMessage]:
        """Do something with a line; gives back what the bot said."""
        try:
            said = list(act(line))
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error!s:.200} for {line[:80]!a}")
            return []
        for message in said:
            self.faults += [f"{fault} for {line[:80]!a}" for fault in faults_of(message, self.intended)]
        return said

    def verdict(self) -> list[str]:
        """All faults, with those that only show at the end."""
        connection = self.bot.storage.connection
        faults = [*self.faults, *(f"spawned {one}" for one in spawned())]
        if self._read_schema() != self._schema:
            faults.append("the schema has changed")
        faults += [f"file: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += self.bot.read(lambda uow: uow.audit.verify())
        return faults[:20]

    def _read_schema(self) -> list[tuple[str, str]]:
        return self.bot.storage.connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def rows(bot: TownBot) -> Counter[str]:
    """How many rows the tables of people's matters have."""
    tables = ("ticket", "vote", "audit", "message", "org_person", "org_group")
    count = bot.storage.connection.execute
    return Counter({table: count(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables})  # noqa: S608
