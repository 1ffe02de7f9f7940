"""Bodies that no program of ours sends: a problem each, never a crash, and nothing done."""

import pytest

from tests.adapters.api.asking import Api
from tests.adapters.api.test_tickets import TICKETS, progressed, told
from tests.hostile.corpus import BAD_INPUT

PARSING = BAD_INPUT / "jsontestsuite" / "test_parsing"
OWN = [
    b"", b"{", b"null", b"[]", b'"sign"', b"1", b"\xff\xfe", b'{"action": "sign", "more": 1}', b'{"action": 1}',
    b'{"action": "sign", "into": true}', b'{"action": "sign", "into": 1.0}', b'{"action": "sign", "into": 1e400}',
    b'{"action": "sign", "into": 99999999999999999999}', b'{"action": "sign", "text": null}', b'{"action": "split"}',
    b'{"action": "progress", "text": "\\ud800"}', b"[" * 20_000, b'{"action":' * 5_000, b'{"action": "progress", "text": NaN}',
]  # fmt: skip


async def send(api: Api, path: str, key: str, body: bytes, mark: int) -> int:
    """Send raw bytes as JSON; the status."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"hostile-{mark:06}"}
    answer = await api.send("POST", path, key, data=body, headers=headers)
    assert answer.status < 400 or answer.headers["Content-Type"].startswith("application/problem+json")
    return answer.status


async def test_bodies_that_are_none_are_refused(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path = f"{TICKETS}/{ticket.public_id}/actions"
    for at, body in enumerate(OWN):
        assert (body[:40], await send(api, path, key, body, at)) == (body[:40], 422)
    assert progressed(api, ticket) == 0


@pytest.mark.skipif(not PARSING.is_dir(), reason="the collection does not lie beside the project")
async def test_a_collection_of_json_that_parsers_stumble_over(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path = f"{TICKETS}/{ticket.public_id}/actions"
    files = sorted(PARSING.glob("*.json"))
    assert len(files) > 300
    for at, file in enumerate(files):
        api.house.clock.pass_by(seconds=1)
        status = await send(api, path, key, file.read_bytes(), at)
        assert (file.name, 400 <= status < 500) == (file.name, True)


async def test_hostile_words_are_kept_as_words(api: Api) -> None:
    key = await api.key("wang", scope="act")
    ticket = await told(api)
    path = f"{TICKETS}/{ticket.public_id}/actions"
    words = [
        "<script>alert(1)</script>",
        "=1+1",
        "{number}",
        "a\x00b",
        "\u202egnp.exe",
        "@所有人",
        "1号件 办结",
        "\ufeff",
    ]
    for text in words:
        answer = await api.post(path, key, {"action": "progress", "text": text})
        assert answer.status in {200, 409}
        assert answer.headers["Content-Type"].startswith(("application/json", "application/problem+json"))
    await api.house.talk()
    steps = (await api.get(f"{TICKETS}/{ticket.public_id}/timeline", key)).json["steps"]
    assert {"<script>alert(1)</script>", "=1+1", "{number}"} <= {step["words"] for step in steps}
    assert api.house.ask(lambda uow: uow.tickets.get(ticket.id).state) == "in_progress"
