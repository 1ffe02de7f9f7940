"""What becomes of a message where something goes wrong."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.feishu.results import REASONS
from bot.ports import SendResult
from tests.adapters.feishu.conftest import NewFeishu
from tests.adapters.feishu.outbox import message
from tests.peers.feishu_messages import Fault
from tests.peers.feishu_server import FeishuServer


@pytest.mark.parametrize("code", sorted(REASONS))
async def test_what_is_given_up_is_told_in_words(server: FeishuServer, new_feishu: NewFeishu, code: int) -> None:
    server.faults = [Fault(code, 400)]

    with capture_logs() as logs:
        assert await new_feishu().send(message()) == SendResult("dead")

    assert logs[0]["reason"].startswith(f"{REASONS[code]}（{code} ")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault(99991400, 429, {"x-ogw-ratelimit-reset": "7"}), SendResult("retry", retry_after=7)),
        (Fault(99991400, 400), SendResult("retry", retry_after=2)),
        (Fault(1, 429, {"Retry-After": "3"}), SendResult("retry", retry_after=3)),
        (Fault(1, 429, {"Retry-After": "soon"}), SendResult("retry", retry_after=2)),
        (Fault(230020, 400), SendResult("retry", retry_after=2)),
        (Fault(11232, 400), SendResult("retry", retry_after=2)),
        (Fault(230049, 400), SendResult("retry", retry_after=2)),
        (Fault(99991403, 400), SendResult("held", retry_after=3600)),
        (Fault(99991403, 429), SendResult("held", retry_after=3600)),
        (Fault(1, 500), SendResult("retry", retry_after=30)),
        (Fault(1, 503, {"Retry-After": "9"}), SendResult("held", retry_after=9)),
        (Fault(page="<h1>502</h1>", status=502), SendResult("held", retry_after=30)),
        (Fault(page="<h1>forbidden by the proxy</h1>", status=403), SendResult("held", retry_after=30)),
        (Fault(page="<h1>please log in</h1>"), SendResult("held", retry_after=30)),
        (Fault(230001, 400), SendResult("dead")),
        (Fault(230002, 400), SendResult("dead")),
        (Fault(230013, 400), SendResult("dead")),
        (Fault(230025, 400), SendResult("dead")),
        (Fault(230027, 400), SendResult("dead")),
        (Fault(99991672, 403), SendResult("dead")),
        (Fault(0, 301, {"Location": "https://elsewhere.example"}), SendResult("held", retry_after=30)),
    ],
)
async def test_each_refusal_has_its_meaning(
    server: FeishuServer, new_feishu: NewFeishu, fault: Fault, result: SendResult
) -> None:
    server.faults = [fault]

    assert await new_feishu().send(message()) == result
    assert not server.sent


async def test_a_spent_token_is_made_anew(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.send(message(key="k1"))
    server.tokens.clear()

    assert (await feishu.send(message(key="k2"))).state == "sent"
    assert server.calls.count("token") == 2


async def test_a_token_that_is_never_good_waits(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(99991663, 400), Fault(99991663, 400)]

    assert (await new_feishu().send(message())).state == "held"


async def test_a_wrong_secret_waits_for_somebody_to_put_it_right(new_feishu: NewFeishu) -> None:
    with capture_logs() as logs:
        assert (await new_feishu(app_secret="wrong").send(message())).state == "held"
    assert "app_secret" in logs[0]["reason"]
    assert "wrong" not in str(logs)


@pytest.mark.parametrize("token", [{"code": 99991400, "msg": "too many"}, {"nothing": 1}])
async def test_a_token_that_does_not_come_now_is_no_wrong_secret(
    server: FeishuServer, new_feishu: NewFeishu, token: dict[str, Any]
) -> None:
    server.token = token

    assert (await new_feishu().send(message())).state == "held"


async def test_nothing_is_said_after_the_end(new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.close()

    assert (await feishu.send(message())).state == "held"


async def test_silence_before_the_work_was_done(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(hang="before")]

    assert (await new_feishu(patience=0.3).send(message())).state == "sent"
    assert len(server.sent) == 1


async def test_silence_after_the_work_was_done_doubles_nothing(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(hang="after")]

    result = await new_feishu(patience=0.3).send(message())

    assert result == SendResult("sent", server.sent[0].id)
    assert len(server.sent) == 1


async def test_after_lasting_silence_it_is_said_again_under_its_key(
    server: FeishuServer, new_feishu: NewFeishu
) -> None:
    server.faults = [Fault(hang="after"), Fault(hang="before")]
    feishu = new_feishu(patience=0.3)

    assert (await feishu.send(message())).state == "retry"
    assert await feishu.send(message()) == SendResult("sent", server.sent[0].id)
    assert len(server.sent) == 1


async def test_an_answer_without_the_id_is_asked_for_again(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.forgetful = True

    assert (await new_feishu().send(message())).state == "retry"


async def test_a_platform_that_is_away_is_tried_again(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.send(message(key="k1"))
    await server.stop()

    assert (await feishu.send(message(key="k2"))).state == "held"
    await server.start()
    assert (await feishu.send(message(key="k2"))).state == "sent"


async def test_a_first_message_while_the_platform_is_away(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await server.stop()

    assert (await feishu.send(message())).state == "held"
