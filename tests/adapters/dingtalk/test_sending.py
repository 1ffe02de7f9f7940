"""How the bot speaks on DingTalk: by webhook while it is fresh, else through the API; and what each refusal makes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from adapters.dingtalk.channel import Dingtalk
from adapters.dingtalk.translate import Webhook
from adapters.dingtalk.webhooks import MANY, Webhooks
from bot.app import SystemClock
from bot.messages import OutboundMessage
from bot.ports import SendResult
from bot.render.catalog import load_catalog
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_faults import errs, fails
from tests.peers.dingtalk_server import TO_GROUP, TO_PERSON, WEBHOOK, FakeDingtalk
from tests.peers.dingtalk_world import GROUP, OUTSIDER
from tests.peers.house import House, house

TOKEN = "/v1.0/oauth2/accessToken"
HELLO = OutboundMessage("k1", f"dingtalk:{GROUP}", "@周敏 您好", "notice", ("dingtalk:manager4220",), names=("周敏",))
TO_ZHOU = replace(HELLO, chat="dingtalk:dm:manager4220", mentions=(), names=())
TO_WANG = replace(HELLO, chat=f"dingtalk:dm:{OUTSIDER}", mentions=(), names=())
HELD = SendResult("held", retry_after=60)
RETRY_LATE = SendResult("retry", retry_after=600)


@pytest.fixture
async def silent(peer: DingtalkPeer) -> AsyncIterator[Dingtalk]:
    """An adapter that has heard nothing yet: there is no webhook."""
    platform = peer.platform
    yield platform
    await platform.close()


async def test_a_fresh_webhook_mentions_people(lived: House, fake: FakeDingtalk) -> None:
    await _greeted(lived)

    result = await lived.peer.platform.send(HELLO)

    assert result == SendResult("sent")
    seen = (await lived.peer.seen())[-1]
    assert (seen.text, seen.mentions) == ("@周敏 您好", ("manager4220",))
    assert TO_GROUP not in [path for path, _ in fake.calls]


@pytest.mark.parametrize("account", [f"dingtalk:{OUTSIDER}", "web:manager4220"])
async def test_somebody_outside_is_called_by_name_only(lived: House, account: str) -> None:
    await _greeted(lived)

    await lived.peer.platform.send(replace(HELLO, mentions=(account,)))

    assert (await lived.peer.seen())[-1].mentions == ()


async def test_without_a_webhook_the_api_speaks(silent: Dingtalk, peer: DingtalkPeer) -> None:
    result = await silent.send(HELLO)

    (seen,) = await peer.seen()
    assert result == SendResult("sent", seen.id)
    assert (seen.text, seen.mentions) == ("@周敏 您好", ())


async def test_a_webhook_about_to_expire_is_not_used(peer: DingtalkPeer, tmp_path: Path) -> None:
    peer.fake.fresh_seconds = 30
    async with house(tmp_path, peer):
        await peer.say("zhang", "在吗", address=True)
        assert (await peer.platform.send(HELLO)).platform_id is not None


async def test_a_webhook_survives_a_restart(lived: House, peer: DingtalkPeer, fake: FakeDingtalk) -> None:
    await _greeted(lived)
    await lived.restart()

    assert await peer.platform.send(HELLO) == SendResult("sent")
    assert (await peer.seen())[-1].mentions == ("manager4220",)


async def test_a_webhook_that_is_not_taken_gives_way(lived: House, fake: FakeDingtalk) -> None:
    await _greeted(lived)
    fake.hooks.clear()
    fake.calls.clear()

    first, second = await lived.peer.platform.send(HELLO), await lived.peer.platform.send(HELLO)

    assert first.platform_id
    assert second.platform_id
    assert [path for path, _ in fake.calls] == [WEBHOOK, TO_GROUP, TO_GROUP]


@pytest.mark.parametrize(
    "url", ["https://evil.example/robot?session=1", "http://oapi.dingtalk.com/x", "::", "dingtalk.com"]
)
async def test_a_webhook_elsewhere_is_not_believed(lived: House, fake: FakeDingtalk, url: str) -> None:
    payload = fake.payload("staff-zhang", "在吗") | {"sessionWebhook": url}
    await fake.acknowledged(await fake.push(payload))

    assert (await lived.peer.platform.send(HELLO)).platform_id


async def test_private_words_go_to_one_person(silent: Dingtalk, peer: DingtalkPeer) -> None:
    result = await silent.send(TO_ZHOU)

    (seen,) = await peer.seen("manager4220")
    assert result == SendResult("sent", seen.id)
    assert await peer.seen() == []


async def test_somebody_outside_is_answered_while_it_is_fresh(lived: House, peer: DingtalkPeer) -> None:
    assert await peer.platform.send(TO_WANG) == SendResult("dead")

    await peer.say("wang", "在吗", private=True)

    assert await peer.platform.send(TO_WANG) == SendResult("sent")
    assert TO_WANG.text in [seen.text for seen in await peer.seen(OUTSIDER)]


async def test_words_are_no_markup(silent: Dingtalk, peer: DingtalkPeer) -> None:
    hostile = '# 标题 **粗** [点我](https://evil.example) <font color="red">@所有人</font> @manager4220 "}\n\\u0000'

    await silent.send(replace(HELLO, text=hostile))

    assert (await peer.seen())[-1].text == hostile


async def test_the_longest_text_fits(silent: Dingtalk) -> None:
    longest = silent.capabilities.max_length

    assert (await silent.send(replace(HELLO, text="\U0001f6b0" * longest))).state == "sent"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (fails(429), RETRY_LATE),
        (fails(429, **{"Retry-After": "7"}), SendResult("retry", retry_after=7)),
        (fails(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"), SendResult("retry", retry_after=5)),
        (fails(400, "Throttling.User"), RETRY_LATE),
        (fails(400, "send.too.fast"), RETRY_LATE),
        (fails(400, "too.many.group"), RETRY_LATE),
        (fails(503, "ServiceUnavailable"), SendResult("retry", retry_after=60)),
        (fails(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"), RETRY_LATE),
        (fails(500, "unknownError"), SendResult("uncertain")),
        (fails(502), SendResult("uncertain")),
        (fails(400, "resource.not.found"), SendResult("dead")),
        (fails(400, "param.length.limit"), SendResult("dead")),
        (lambda: web.Response(text="<html>"), SendResult("uncertain")),
        (lambda: web.Response(text="[1]", content_type="application/json"), SendResult("uncertain")),
        (lambda: web.Response(status=302, headers={"Location": "https://evil.example"}), HELD),
        (lambda: web.Response(status=407), HELD),
        (fails(404, "InvalidAction.NotFound"), SendResult("dead")),
    ],
)
@pytest.mark.parametrize(("path", "message"), [(TO_GROUP, HELLO), (TO_PERSON, TO_ZHOU)])
async def test_each_refusal_of_the_api(
    silent: Dingtalk,
    fake: FakeDingtalk,
    path: str,
    message: OutboundMessage,
    fault: Callable[[], web.StreamResponse],
    expected: SendResult,
) -> None:
    fake.faults[path] = [fault]

    assert await silent.send(message) == expected
    assert not fake.chats


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (errs(130101), RETRY_LATE),
        (errs(410100), RETRY_LATE),
        (fails(429), RETRY_LATE),
        (errs(-1), SendResult("retry", retry_after=60)),
        (errs(90018), SendResult("retry", retry_after=5)),
        (fails(500), SendResult("uncertain")),
        (errs(430102), SendResult("dead")),
        (errs(400013), SendResult("dead")),
        (lambda: web.Response(text="<html>"), SendResult("uncertain")),
    ],
)
async def test_each_refusal_of_a_webhook(
    lived: House, fake: FakeDingtalk, fault: Callable[[], web.StreamResponse], expected: SendResult
) -> None:
    await _greeted(lived)
    fake.faults[WEBHOOK] = [fault]

    assert await lived.peer.platform.send(HELLO) == expected
    assert TO_GROUP not in [path for path, _ in fake.calls]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"invalidStaffIdList": ["manager4220"]}, SendResult("dead")),
        ({"filteredStaffIdList": ["manager4220"]}, SendResult("dead")),
        ({"flowControlledStaffIdList": ["manager4220"]}, RETRY_LATE),
    ],
)
async def test_a_person_who_is_not_reached(
    silent: Dingtalk, fake: FakeDingtalk, lists: dict[str, list[str]], expected: SendResult
) -> None:
    fake.faults[TO_PERSON] = [lambda: web.json_response({"processQueryKey": "key1", **lists})]

    assert await silent.send(TO_ZHOU) == expected


async def test_a_stale_token_is_fetched_anew(silent: Dingtalk, fake: FakeDingtalk, peer: DingtalkPeer) -> None:
    await silent.send(HELLO)
    fake.token = "token-2"

    assert (await silent.send(HELLO)).state == "sent"
    assert len(await peer.seen()) == 2


async def test_a_token_that_is_never_taken_waits_for_somebody(silent: Dingtalk, fake: FakeDingtalk) -> None:
    fake.faults[TO_GROUP] = [fails(401, "InvalidAuthentication"), fails(401, "InvalidAuthentication")]

    assert await silent.send(HELLO) == RETRY_LATE


async def test_a_stale_token_is_fetched_once_for_all(silent: Dingtalk, fake: FakeDingtalk) -> None:
    """Also where one is told late that it was stale, when another has fetched a new one already."""
    await silent.send(HELLO)
    fake.token, fetched = "token-2", len(fake.fetched)
    fake.faults[TO_GROUP] = [0.3]

    results = await asyncio.gather(silent.send(HELLO), silent.send(HELLO))

    assert {result.state for result in results} == {"sent"}
    assert len(fake.fetched) == fetched + 1


async def test_one_token_serves_all(silent: Dingtalk, fake: FakeDingtalk) -> None:
    fake.faults[TOKEN] = [fails(500)] * 10

    results = await asyncio.gather(*(silent.send(HELLO) for _ in range(10)))
    assert {result.state for result in results} == {"held"}
    fake.faults[TOKEN] = []
    results = await asyncio.gather(*(silent.send(HELLO) for _ in range(10)))
    assert {result.state for result in results} == {"sent"}


@pytest.mark.parametrize("fault", [fails(400, "invalidClientIdOrSecret"), fails(503), fails(429), 2.0])
async def test_without_a_token_nothing_has_left(
    silent: Dingtalk, fake: FakeDingtalk, fault: Callable[[], web.StreamResponse] | float
) -> None:
    fake.faults[TOKEN] = [fault]

    assert (await silent.send(HELLO)).state == "held"
    assert not fake.calls


async def test_a_timeout_leaves_it_open_what_arrived(silent: Dingtalk, fake: FakeDingtalk, peer: DingtalkPeer) -> None:
    fake.faults_after[TO_GROUP] = [2.0]
    assert await silent.send(HELLO) == SendResult("uncertain")
    assert len(await peer.seen()) == 1  # it did arrive: sent again it would stand there twice

    fake.faults[TO_GROUP] = [2.0]
    assert await silent.send(HELLO) == SendResult("uncertain")


async def test_a_webhook_that_does_not_answer_is_not_doubled(lived: House, fake: FakeDingtalk) -> None:
    await _greeted(lived)
    before = len(await lived.peer.seen())
    fake.faults_after[WEBHOOK] = [2.0]

    assert await lived.peer.platform.send(HELLO) == SendResult("uncertain")
    assert len(await lived.peer.seen()) == before + 1
    assert TO_GROUP not in [path for path, _ in fake.calls]


async def test_where_nobody_listens_nothing_has_left(peer: DingtalkPeer) -> None:
    await peer.stop()
    platform = peer.connect()

    assert (await platform.send(HELLO)).state == "held"

    await platform.close()


async def test_who_has_hung_up_says_nothing_more(silent: Dingtalk, fake: FakeDingtalk) -> None:
    await silent.close()

    assert (await silent.send(HELLO)).state == "held"
    assert not fake.chats


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ({"code": "resource.not.found", "message": "robot 不存在"}, "robot 不存在"),
        ({"invalidStaffIdList": ["x"]}, "visible"),
    ],
)
async def test_what_is_given_up_is_logged_in_words(
    silent: Dingtalk, fake: FakeDingtalk, capsys: pytest.CaptureFixture[str], lists: dict[str, object], words: str
) -> None:
    fake.faults[TO_PERSON] = [lambda: web.json_response(lists, status=400 if "code" in lists else 200)]

    assert await silent.send(TO_ZHOU) == SendResult("dead")
    assert words in capsys.readouterr().out


async def test_why_somebody_outside_is_not_reached_is_logged(
    silent: Dingtalk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await silent.send(TO_WANG) == SendResult("dead")
    assert "outside the organization" in capsys.readouterr().out


async def test_a_webhook_behind_a_wall_is_not_forgotten(lived: House, fake: FakeDingtalk) -> None:
    await _greeted(lived)
    fake.faults[WEBHOOK] = [lambda: web.Response(status=302, headers={"Location": "https://evil.example"})]

    assert await lived.peer.platform.send(HELLO) == HELD
    assert await lived.peer.platform.send(HELLO) == SendResult("sent")
    assert TO_GROUP not in [path for path, _ in fake.calls]


async def test_of_many_webhooks_the_newest_are_at_hand() -> None:
    hooks = Webhooks(SystemClock())
    until = datetime.now(UTC) + timedelta(hours=1)
    for number in range(MANY + 1):
        hooks.keep(f"dingtalk:cid{number}", Webhook(f"https://oapi.dingtalk.com/{number}", until))

    assert await hooks.find("dingtalk:cid0") is None
    assert await hooks.find(f"dingtalk:cid{MANY}") == f"https://oapi.dingtalk.com/{MANY}"


async def test_a_line_that_breaks_leaves_it_open_what_arrived(peer: DingtalkPeer, fake: FakeDingtalk) -> None:
    platform = peer.connect(patience=20)
    fake.faults_after[TO_GROUP] = [10]
    sending = asyncio.create_task(platform.send(HELLO))
    async with asyncio.timeout(5):
        while not await peer.seen():  # noqa: ASYNC110 - the server rings no bell
            await asyncio.sleep(0.01)
    await peer.stop()

    assert await sending == SendResult("uncertain")
    await platform.close()


async def _greeted(lived: House) -> None:
    """Somebody spoke, and the bot has said all that it says by itself."""
    await lived.peer.say("zhang", "在吗", address=True)
    await lived.shown(load_catalog("zh_CN").text("notice", "addressed.how"))
