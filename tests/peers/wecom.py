"""WeCom as people see it: a group of colleagues with the robot in it, on the fake server."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from adapters.wecom import connect
from bot.ports import Platform
from bot.settings import WecomSettings
from tests.peers.house import tools
from tests.peers.peer import Seen
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom, Sent, message, tapped

GROUP = "wrkSFfCgAAxueyuan"


class WecomPeer:
    """Implements ``Peer``. Who does not address the robot is not told to it: the platform is made so."""

    chat = GROUP
    accounts: Mapping[str, str] = {"zhang": "ZhangSan", "wang": "WangWu", "zhou": "ZhouMin"}

    def __init__(self, tmp_path: Path) -> None:
        self.server = FakeWecom()
        self._tmp_path = tmp_path
        self._said: dict[str, str] = {}
        self._platform: Platform | None = None

    @property
    def platform(self) -> Platform:
        assert self._platform is not None
        return self._platform

    async def start(self) -> None:
        await self.server.start()
        url = self.server.url(scheme="ws")
        settings = WecomSettings(
            bot_id=BOT_ID, secret=SecretStr(SECRET), url=url, per_second=1000, chat_per_minute=6000
        )
        self._platform = connect(settings, tools(self._tmp_path))

    async def stop(self) -> None:
        await self.server.stop()

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
        body = message(self.server, self.accounts[who], text, "" if private else GROUP)
        if photo is not None:
            parts = [{"msgtype": "text", "text": body.pop("text")}]
            parts.append({"msgtype": "image", "image": self.server.keep_photo(photo)})
            body |= {"msgtype": "mixed", "mixed": {"msg_item": parts}}
        if reply_to is not None:
            body["quote"] = {"msgtype": "text", "text": {"content": self._words(reply_to)}}
        self._said[body["msgid"]] = text
        if address or private:
            await self.server.push("aibot_msg_callback", body)
        return str(body["msgid"])

    async def press(self, who: str, message: str, label: str) -> None:
        place = next(place for place, one in enumerate(self.server.sent) if one.id == message)
        card = next(one.body["template_card"] for one in self.server.sent[place:] if "template_card" in one.body)
        key = next(button["key"] for button in card["button_list"] if button["text"] == label)
        body = tapped(self.server, self.accounts[who], GROUP, key, card["task_id"])
        await self.server.push("aibot_event_callback", body)

    async def seen(self, private: str = "") -> Sequence[Seen]:
        chat = self.accounts.get(private, private) if private else GROUP
        found: list[Seen] = []
        for seen in (_seen(one) for one in self.server.sent if one.chat == chat):
            if found and seen.text.endswith("…") and found[-1].text.startswith(seen.text[:-1]):
                found[-1] = replace(found[-1], buttons=seen.buttons)  # the card under long words
            else:
                found.append(seen)
        return found

    async def cut(self) -> None:
        self.server.cut()

    def _words(self, message: str) -> str:
        """What a quote shows of a message: its words, and nothing that tells it from others."""
        found = next((one for one in self.server.sent if one.id == message), None)
        return self._said[message] if found is None else _seen(found).text


def _seen(one: Sent) -> Seen:
    if one.body["msgtype"] == "markdown":
        return Seen(one.id, one.body["markdown"]["content"])
    card = one.body["template_card"]
    return Seen(one.id, card["sub_title_text"], buttons=tuple(button["text"] for button in card["button_list"]))
