"""DingTalk with one group, spoken to by the adapter: the fake of ``dingtalk_server``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.dingtalk.channel import Dingtalk
from bot.settings import DingtalkSettings
from tests.peers.dingtalk_faults import Fault as Answer
from tests.peers.dingtalk_faults import Silence, fails
from tests.peers.dingtalk_server import TO_GROUP, TO_PERSON, WEBHOOK, FakeDingtalk
from tests.peers.dingtalk_world import EVENTS, GROUP, ID, OUTSIDER, PEOPLE, SECRET, happening, illustrate
from tests.peers.house import tools
from tests.peers.peer import Fault, Seen


class DingtalkPeer:
    """Implements ``Peer`` on the fake."""

    chat = GROUP
    accounts: Mapping[str, str] = {**PEOPLE, "wang": OUTSIDER}

    def __init__(self, tmp_path: Path, **changes: float) -> None:
        self._tmp_path = tmp_path
        self._changes = changes
        self.fake = FakeDingtalk()
        self._platform: Dingtalk | None = None
        self._said: dict[str, dict[str, Any]] = {}

    @property
    def platform(self) -> Dingtalk:
        assert self._platform is not None
        return self._platform

    async def start(self) -> None:
        await self.fake.start()
        await self.restart()

    async def restart(self) -> None:
        self._platform = self.connect(**self._changes)

    def connect(self, **changes: float) -> Dingtalk:
        """An adapter for the fake; ``heartbeat`` and ``patience`` in seconds."""
        # The bot's own budget is tested with the core; here nobody waits for it.
        settings = DingtalkSettings.model_validate(
            {"client_id": ID, "client_secret": SECRET, "url": self.fake.url, "per_second": 1e3, "chat_per_minute": 1e5}
        )
        return Dingtalk(settings, tools(self._tmp_path), **changes)

    async def stop(self) -> None:
        await self.fake.stop()

    async def say(
        self,
        who: str,
        text: str,
        *,
        reply_to: str | None = None,
        address: bool = False,
        photo: bytes | None = None,
        private: bool = False,
        at: datetime | None = None,
    ) -> str:
        account = self.accounts[who]
        quoted = next((one for one in await self.seen(account if private else "") if one.id == reply_to), None)
        payload = self.fake.payload(account, text, private, quoted, at)
        id_ = str(payload["msgId"])
        if photo is not None:
            illustrate(payload, code := f"code-{id_}")
            self.fake.files[code] = photo
        self._said[id_] = payload
        if private or address:  # nothing else ever arrives
            await self.again(id_)
        return id_

    async def again(self, message: str) -> None:
        await self.fake.acknowledged(await self.fake.push(self._said[message]))

    async def press(self, who: str, message: str, label: str) -> None:
        raise AssertionError("DingTalk has no buttons here")

    async def seen(self, private: str = "") -> Sequence[Seen]:
        return self.fake.chat(f"dm:{private}" if private else GROUP).seen

    async def rename(self, title: str) -> None:
        self.fake.title = title
        await self.fake.acknowledged(
            await self.fake.push(happening(title=title), EVENTS, "EVENT", event="chat_update_title")
        )

    async def cut(self, clean: bool = False) -> None:
        if clean:
            await self.fake.hang_up()
        else:
            self.fake.abort()

    async def trouble(self, fault: Fault) -> None:
        answers: dict[Fault, Answer] = {
            "limited": fails(429, **{"Retry-After": "1"}),
            "broken": fails(500, "unknownError"),
            "lost": Silence,
        }
        once = [answers[fault]]
        faults = self.fake.faults_after if fault == "lost" else self.fake.faults
        faults |= dict.fromkeys((TO_GROUP, TO_PERSON, WEBHOOK), once)  # one list: whichever way it goes, and once
