"""``gridsteward console``: the bot in the terminal, on a database that goes away with it."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.console import CAPABILITIES, ConsoleChannel, ConsoleState, steer, translate, waiting
from adapters.console import __doc__ as HELP
from bot.app import build_engine, scratch_storage
from bot.domain.org import Organization
from bot.ports import SendResult, UnitOfWork
from bot.settings import Settings
from bot.usecases.engine import Engine

if TYPE_CHECKING:
    from storage.open import Storage


class _Session:
    """One conversation: time runs as the machine's, plus what ``/wait`` has let pass."""

    def __init__(self, engine: Engine, storage: "Storage", state: ConsoleState, write: Callable[[str], None]) -> None:
        self._engine, self._storage, self._state = engine, storage, state
        self._channel = ConsoleChannel(state, write)
        self._passed = timedelta()

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._passed

    def line(self, line: str) -> None:
        """Do what one typed line says."""
        if (span := waiting(line)) is not None:
            self._wait(span)
        elif not steer(line, self._state):
            message = translate(line, self._state, self._now())
            if message is not None:
                self._storage.desk.run(lambda uow: self._engine.handle(uow, message, message.at))
        self._storage.desk.run(self._speak)

    def _wait(self, span: timedelta) -> None:
        end = self._now() + span
        while (due := self._storage.desk.run(self._engine.next_due)) is not None and due <= end:
            self._passed += max(due - self._now(), timedelta())
            self._storage.desk.run(self._speak)
        self._passed += end - self._now()

    def _speak(self, uow: UnitOfWork) -> None:
        now = self._now()
        self._engine.fire_due(uow, now)
        for parcel in self._engine.claim(uow, now, lambda _channel: CAPABILITIES):
            self._channel.show(parcel.message)
            self._engine.settle(uow, now, parcel, SendResult("sent", parcel.message.key))


def converse(settings: Settings, org: Organization, write: Callable[[str], None]) -> None:
    """Read lines until ``/quit`` or the end of input."""
    group = next((group for group in org.groups.values() if group.kind == "residents"), None)
    if group is None:
        write("组织文件里没有居民群")
        return
    with scratch_storage(None, settings) as storage:
        storage.desk.run(lambda uow: uow.org.replace(org))
        state = ConsoleState(group.channel, group.chat, "resident")
        session = _Session(build_engine(settings, org), storage, state, write)
        write(HELP or "")
        for line in sys.stdin:
            if line.strip() == "/quit":
                return
            session.line(line)
