"""What an app lacks is said in words, before anybody misses it."""

from adapters.feishu.probing import ADDRESSED, ALL, MEMBERS, SCOPES
from tests.adapters.feishu.conftest import NewFeishu
from tests.peers.feishu_messages import Fault
from tests.peers.feishu_server import FeishuServer

GRANTED = dict.fromkeys([*SCOPES, *ADDRESSED, MEMBERS[1]], 1)


async def test_an_app_that_has_all_it_needs(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.scopes = GRANTED

    assert await new_feishu().probe() == []


async def test_each_scope_that_is_missing_is_named(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.scopes = GRANTED | {"im:resource": 2}

    (lack,) = await new_feishu().probe()

    assert "im:resource" in lack


async def test_to_hear_all_takes_a_scope_of_its_own(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.scopes = GRANTED

    (lack,) = await new_feishu(hears_all=True).probe()

    assert next(iter(ALL)) in lack


async def test_without_any_scope(new_feishu: NewFeishu) -> None:
    assert len(await new_feishu().probe()) == len(SCOPES) + 3  # of the group's messages, members and title


async def test_callbacks_need_their_secrets(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.scopes = GRANTED

    (lack,) = await new_feishu(mode="callback", encrypt_key="").probe()

    assert "encrypt_key" in lack


async def test_a_busy_platform_is_no_app_without_a_bot(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faulty["/bot/v3/info"] = Fault(99991400)

    (lack,) = await new_feishu().probe()

    assert "连不上" in lack


async def test_a_wrong_secret_and_a_platform_that_is_away(server: FeishuServer, new_feishu: NewFeishu) -> None:
    (wrong,) = await new_feishu(app_secret="wrong").probe()
    await server.stop()
    (away,) = await new_feishu().probe()

    assert "app_secret" in wrong
    assert "连不上" in away
