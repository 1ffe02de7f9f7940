"""What the settings switch on, and what ``probe`` finds."""

from pathlib import Path

from bot.app import platforms
from bot.settings import DingtalkSettings, Settings
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_faults import fails
from tests.peers.dingtalk_server import FakeDingtalk
from tests.peers.house import tools


def test_it_is_on_where_the_settings_name_an_app(tmp_path: Path) -> None:
    """Nothing is opened by that: there is no loop here."""
    settings = Settings(dingtalk=DingtalkSettings(client_id="ding1", per_second=3, chat_per_minute=7))

    (platform,) = platforms(settings, tools(tmp_path))

    assert (platform.name, tuple(platform.routes)) == ("dingtalk", ())
    can = platform.capabilities
    assert (can.buttons, can.polls, can.keyed, can.hears_all, can.mentions) == (False, False, False, False, True)
    assert (can.per_second, can.chat_per_minute) == (3, 7)
    assert platforms(Settings(), tools(tmp_path)) == []


async def test_probe_says_what_is_wrong(peer: DingtalkPeer, fake: FakeDingtalk) -> None:
    silent = peer.platform
    assert await silent.probe() == []
    fake.faults["/v1.0/gateway/connections/open"] = [fails(401, "authFailed"), 2.0]
    (refused,) = await silent.probe()
    (unreached,) = await silent.probe()

    assert "client_secret" in refused
    assert "authFailed" in refused
    assert "连不上" in unreached
    await silent.close()
