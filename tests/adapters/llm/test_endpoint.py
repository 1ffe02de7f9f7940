"""The endpoint: what it sends, and that whatever comes back but a clean answer is no answer."""

import asyncio
import json
import socket

import pytest

from bot.ports import Opinion
from bot.settings import LlmSettings
from tests.adapters.llm.conftest import GUIDE, NewEndpoint
from tests.adapters.llm.fake import CHAT, KEY, REQUEST, Answer, FakeModel, never, says, sends
from tests.fakes import FakeClock

WORDS = "楼下好像又在放音响了"


async def test_a_good_answer_is_an_opinion(new_endpoint: NewEndpoint) -> None:
    assert await new_endpoint().ask(WORDS) == Opinion(True, "complaint", "noise", "urgent")


async def test_chat_is_chat_and_nothing_more(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    model.answer = says(CHAT)

    assert await new_endpoint().ask(WORDS) == Opinion(False)


async def test_a_model_that_is_not_sure_has_no_opinion(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    model.answer = says({**REQUEST, "verdict": "unsure"})

    assert await new_endpoint().ask(WORDS) is None


async def test_what_is_sent(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    await new_endpoint().ask(WORDS)

    (question,) = model.asked
    assert model.paths == ["/v1/chat/completions"]
    assert model.heads[0]["Authorization"] == f"Bearer {KEY}"
    assert model.words == [WORDS]
    assert [message["role"] for message in question["messages"]] == ["system", "user"]
    assert question["messages"][0]["content"] == GUIDE.prompt
    assert question["model"] == "tiny"
    assert "tools" not in question
    schema = question["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["verdict", "nature", "category", "urgency"]


@pytest.mark.parametrize(("form", "expected"), [("json_object", {"type": "json_object"}), ("none", None)])
async def test_simpler_endpoints(new_endpoint: NewEndpoint, model: FakeModel, form: str, expected: object) -> None:
    assert await new_endpoint(format=form, key="", url=f"{model.url}/").ask(WORDS) is not None

    assert model.asked[0].get("response_format") == expected
    assert "Authorization" not in model.heads[0]
    assert model.paths == ["/v1/chat/completions"]


NONSENSE = {
    "prose": says("好的！这是一个求助。"),
    "fenced": says(f"```json\n{json.dumps(REQUEST)}\n```"),
    "half": says(json.dumps(REQUEST)[:-5]),
    "list": says([REQUEST] * 100),
    "number": says("1"),
    "deep": says("[" * 50_000),
    "more keys": says({**REQUEST, "tickets": 100}),
    "phone": says({**REQUEST, "phone": "13800000001"}),
    "fewer keys": says({"verdict": "request"}),
    "unknown nature": says({**REQUEST, "nature": "command"}),
    "praise": says({**REQUEST, "nature": "praise"}),
    "report": says({**REQUEST, "nature": "report"}),
    "unknown category": says({**REQUEST, "category": "'; DROP TABLE ticket; --"}),
    "unknown urgency": says({**REQUEST, "urgency": "complex"}),
    "unknown verdict": says({**REQUEST, "verdict": "close all tickets"}),
    "nested": says({**REQUEST, "nature": {"$ref": "help"}}),
    "null": says({**REQUEST, "category": None}),
    "empty": says(""),
    "no envelope": sends("{}"),
    "no choices": sends('{"choices": []}'),
    "tool call": sends('{"choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "x"}}]}}]}'),
    "content parts": sends('{"choices": [{"message": {"content": [{"type": "text", "text": "x"}]}}]}'),
    "not JSON": sends("<html>"),
    "not UTF-8": sends(b"\xff\xfe\x00"),
    "deep envelope": sends("[" * 50_000),
    "endless": sends(b" " * 70_000),
    "500": says(REQUEST, 500),
    "401": says({"error": "bad key"}, 401),
    "429": says(REQUEST, 429),
    "redirect": sends("", 307, {"Location": "http://203.0.113.9/v1"}),
    "broken gzip": sends(b"not gzip", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_is_no_answer(new_endpoint: NewEndpoint, model: FakeModel, answer: Answer) -> None:
    model.answer = answer

    assert await new_endpoint().ask(WORDS) is None
    assert len(model.asked) == 1  # and nobody is asked again, nor elsewhere


async def test_an_answer_that_is_too_late_is_none(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    model.answer = never()

    assert await new_endpoint(timeout_seconds=0.05).ask(WORDS) is None


async def test_nobody_is_there(clock: FakeClock, new_endpoint: NewEndpoint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert await new_endpoint(url=f"http://127.0.0.1:{port}/v1").ask(WORDS) is None


async def test_neither_words_nor_key_are_logged(
    new_endpoint: NewEndpoint, model: FakeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    for answer in NONSENSE.values():
        model.answer = answer
        await new_endpoint().ask(WORDS)
    logged = "".join(capsys.readouterr())

    assert "no second opinion" in logged
    assert WORDS not in logged
    assert KEY not in logged
    assert KEY not in repr(LlmSettings(url="http://h/v1", model="m", key=KEY))


# ---------------------------------------------------------------- budgets


async def test_the_same_words_are_asked_about_once(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    endpoint = new_endpoint()

    answers = [await endpoint.ask(WORDS) for _ in range(3)]

    assert len(set(answers)) == 1
    assert len(model.asked) == 1


async def test_nonsense_is_not_remembered(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    endpoint = new_endpoint()
    model.answer = sends("<html>")
    await endpoint.ask(WORDS)
    model.answer = says(CHAT)

    assert await endpoint.ask(WORDS) == Opinion(False)


async def test_old_answers_are_forgotten(
    new_endpoint: NewEndpoint, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.llm.endpoint.REMEMBERED", 2)
    endpoint = new_endpoint()

    for words in ("一", "二", "一", "三", "一", "二"):  # the third takes the place of the second
        await endpoint.ask(words)

    assert model.words == ["一", "二", "三", "二"]


async def test_so_many_a_day_and_tomorrow_again(new_endpoint: NewEndpoint, model: FakeModel, clock: FakeClock) -> None:
    endpoint = new_endpoint(per_day=2)

    answers = [await endpoint.ask(f"{WORDS}{n}") for n in range(4)]
    clock.advance(days=1)
    answers.append(await endpoint.ask("明天"))

    assert [answer is not None for answer in answers] == [True, True, False, False, True]
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("7", 7), ("", 60), ("Wed, 21 Oct 2099 07:28:00 GMT", 60), ("99999", 3600)]
)
async def test_a_model_that_wants_a_rest_gets_it(
    new_endpoint: NewEndpoint, model: FakeModel, clock: FakeClock, retry_after: str, seconds: int
) -> None:
    endpoint = new_endpoint()
    model.answer = says(REQUEST, 429, {"Retry-After": retry_after} if retry_after else {})
    await endpoint.ask(WORDS)
    model.answer = says(REQUEST)

    clock.advance(seconds=seconds - 1)
    assert await endpoint.ask(WORDS) is None
    clock.advance(seconds=1)
    assert await endpoint.ask(WORDS) is not None
    assert len(model.asked) == 2


async def test_so_many_at_a_time(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    endpoint = new_endpoint(concurrency=2)

    answers = await asyncio.gather(*(endpoint.ask(f"{WORDS}{n}") for n in range(6)))

    assert None not in answers
    assert model.most_lines <= 2


async def test_waiting_for_a_free_line_is_part_of_the_time(new_endpoint: NewEndpoint, model: FakeModel) -> None:
    model.answer = never()
    endpoint = new_endpoint(concurrency=1, timeout_seconds=0.05)

    assert await asyncio.gather(*(endpoint.ask(f"{WORDS}{n}") for n in range(8))) == [None] * 8
    assert (
        len(model.asked) < 4
    )  # the line is free in the instant in which the others give up: on a busy machine one slips in
