import json

import pytest

from adapters.web.errors import BadRequest, Refusal
from adapters.web.wire import MAX_BODY, Say, Score, TakeBack, Tap, command_of, decode

SAY = {"type": "say", "id": "abcd1234", "text": "路灯坏了"}
GARBAGE = [
    b"", b"\x00", b"\xff\xfe{}", b"{", b"[]", b"null", b"1", b'"say"', b"{}", b'{"type":1}', b'{"type":"nothing"}',
    b'{"type":"say"}', b'{"type":"say","id":"abcd1234"}', b'{"type":"say","id":"abcd1234","text":NaN}',
    b'{"type":"rate","id":"abcd1234","ticket":"t","rating":Infinity}',
    b'{"type":"rate","id":"abcd1234","ticket":"t","rating":1e400}',
    b'{"type":"rate","id":"abcd1234","ticket":"t","rating":true}',
    b'{"type":"rate","id":"abcd1234","ticket":"t","rating":6}',
    b'{"type":"rate","id":"abcd1234","ticket":"t","rating":5.0}',
    b'{"type":"say","id":"abcd1234","text":"x","text":"y"}',
    b'{"type":"say","id":"abcd1234","text":"\\ud800"}',
    b'{"type":"say","id":"abcd1234","text":"x","\\udfff":1}',
    b'{"type":"say","id":"abcd1234","text":"x","sender":"li"}',
    b'{"type":"say","id":"a/../b!!","text":"x"}', b'{"type":"say","id":1,"text":"x"}',
    b'{"type":"say","id":"abcd1234","text":["x"]}', b'{"type":"say","id":"abcd1234","text":"x","mentions":"li"}',
    b'{"type":"say","id":"abcd1234","text":"x","mentions":[1]}', b'{"type":"say","id":"abcd1234","text":"x","reply":-1}',
    b'{"type":"recall","id":"abcd1234","seq":123456789012345678901234567890}',
    b'{"type":"press","id":"abcd1234","ticket":"t","action":"<b>"}',
    b"[" * 20_000, b'{"a":' * 5_000, b"1" * 5_000, b" " * (MAX_BODY + 1),
]  # fmt: skip


@pytest.mark.parametrize("raw", GARBAGE)
def test_garbage_is_a_bad_request(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        command_of(raw)


def test_the_commands_of_a_page() -> None:
    assert command_of(json.dumps(SAY)) == Say("abcd1234", "路灯坏了")
    full = {**SAY, "reply": 7, "mentions": ["a", "a", "b"], "photos": ["token"]}
    assert command_of(json.dumps(full)) == Say("abcd1234", "路灯坏了", 7, ("a", "b"), ("token",))
    assert command_of('{"type":"recall","id":"abcd1234","seq":3}') == TakeBack("abcd1234", 3)
    press = '{"type":"press","id":"abcd1234","ticket":"t1","action":"done","text":" 换了灯泡 ","line":9}'
    assert command_of(press) == Tap("abcd1234", "t1", "done", "换了灯泡", 9)
    assert command_of('{"type":"rate","id":"abcd1234","ticket":"t1","rating":5}') == Score("abcd1234", "t1", 5)


def test_a_photo_needs_no_words() -> None:
    command = command_of('{"type":"say","id":"abcd1234","text":"","photos":["token"]}')

    assert isinstance(command, Say)
    assert command.photos == ("token",)


def test_a_long_text_is_refused_not_cut() -> None:
    with pytest.raises(Refusal, match=r"error\.too_long"):
        command_of(json.dumps({**SAY, "text": "长" * 2001}, ensure_ascii=False))


def test_what_is_well_formed_comes_through_unchanged() -> None:
    assert decode('{"a": ["\\u0000", "😀", 1, null, true]}') == {"a": ["\x00", "😀", 1, None, True]}
