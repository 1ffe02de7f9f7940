"""DingTalk with one group, spoken to by the adapter: the fake of ``dingtalk_server``."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.dingtalk.channel import Dingtalk
from bot.settings import DingtalkSettings
from tests.peers.dingtalk_server import GROUP, ID, OUTSIDER, PEOPLE, SECRET, FakeDingtalk
from tests.peers.house import tools
from tests.peers.peer import Seen


class DingtalkPeer:
    """Implements ``Peer`` on the fake."""

    chat = GROUP
    accounts: Mapping[str, str] = {**PEOPLE, "wang": OUTSIDER}

    def __init__(self, tmp_path: Path, **changes: float) -> None:
        self._tmp_path = tmp_path
        self._changes = changes
        self.fake = FakeDingtalk()
        self._platform: Dingtalk | None = None

    @property
    def platform(self) -> Dingtalk:
        assert self._platform is not None
        return self._platform

    async def start(self) -> None:
        await self.fake.start()
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
    ) -> str:
        account = self.accounts[who]
        quoted = next((one for one in await self.seen(account if private else "") if one.id == reply_to), None)
        payload = self.fake.payload(account, text, private, quoted)
        if photo is not None:
            self.fake.files[code := f"code-{payload['msgId']}"] = photo
            del payload["text"]
            runs = [{"text": text}, {"type": "picture", "downloadCode": code}]
            payload |= {"msgtype": "richText", "content": {"richText": runs}}
        if private or address:  # nothing else ever arrives
            await self.fake.acknowledged(await self.fake.push(payload))
        return str(payload["msgId"])

    async def press(self, who: str, message: str, label: str) -> None:
        raise AssertionError("DingTalk has no buttons here")

    async def seen(self, private: str = "") -> Sequence[Seen]:
        return self.fake.chat(f"dm:{private}" if private else GROUP).seen

    async def cut(self) -> None:
        self.fake.abort()
