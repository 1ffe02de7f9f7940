"""CHAT.jsonl: every field of the contract is read, and whatever is wrong is named by file, line and field."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.replay.transcript import Step, TranscriptError, read_transcript
from bot.messages import Edit, InboundMessage, Media, Presence, Press, Rate, Recall

AT = '"at": "2026-07-08T09:00:00+08:00"'
CHANNELS = {"gate": "web"}


def steps_of(tmp_path: Path, *lines: str) -> list[Step]:
    """The steps of a transcript with these lines."""
    path = tmp_path / "chat.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return list(read_transcript(path, CHANNELS))


def test_a_message_with_all_fields(tmp_path: Path) -> None:
    line = (
        f'{{{AT}, "chat": "gate", "from": "wang", "id": "m1", "name": "3-1-101", "text": "灯坏了", "reply_to": "m0", '
        '"mentions": ["bot"], "media": [{"type": "location", "name": "门口", "lat": 1.5, "lng": 2.5}]}'
    )
    [step] = steps_of(tmp_path, line)
    assert step.event == InboundMessage(
        "web", "gate", "wang", "m1", datetime(2026, 7, 8, 1, tzinfo=UTC), "灯坏了", "3-1-101",
        reply_to="m0", mentions=("bot",), media=(Media("location", "门口", None, 1.5, 2.5),),
    )  # fmt: skip
    assert step.is_message


def test_a_private_chat_is_named_after_its_writer(tmp_path: Path) -> None:
    [step] = steps_of(tmp_path, f'{{{AT}, "chat": "dm:other", "from": "wang", "private": true, "text": "在吗"}}')
    assert isinstance(step.event, InboundMessage)
    assert (step.event.chat, step.event.private) == ("dm:wang", True)


def test_the_other_kinds_of_event(tmp_path: Path) -> None:
    common = f'{AT}, "chat": "gate", "from": "wang"'
    steps = steps_of(
        tmp_path,
        f'{{{common}, "press": {{"ticket": 1, "action": "sign"}}}}',
        f'{{{common}, "rate": {{"ticket": 1, "rating": 5}}}}',
        f'{{{AT}, "chat": "gate", "edit": "m1", "text": "新"}}',
        f'{{{AT}, "chat": "gate", "recall": "m1"}}',
        f'{{{AT}, "chat": "gate", "join": "li", "name": "李"}}',
        f'{{{AT}, "chat": "gate", "leave": "li"}}',
        f"{{{AT}}}",
    )
    kinds = [type(step.event) for step in steps]
    assert kinds == [Press, Rate, Edit, Recall, Presence, Presence, type(None)]
    assert not any(step.is_message for step in steps)


def test_a_quoted_ticket_is_told_by_its_number(tmp_path: Path) -> None:
    [step] = steps_of(
        tmp_path, f'{{{AT}, "chat": "gate", "from": "wang", "text": "收到", "reply_to": {{"ticket": 7}}}}'
    )
    assert step.quoted == 7


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", "line"),
        ("[]", "line"),
        ('{"at": "2026-07-08 09:00", "chat": "gate", "from": "a"}', "at"),
        ('{"at": "soon", "chat": "gate", "from": "a"}', "at"),
        (f'{{{AT}, "chat": "gate", "text": "x"}}', "from"),
        (f'{{{AT}, "from": "a", "text": "x"}}', "chat"),
        (f'{{{AT}, "chat": "gate", "from": "a", "text": 5}}', "text"),
        (f'{{{AT}, "chat": "gate", "from": "a", "colour": 5}}', "colour"),
        (f'{{{AT}, "chat": "gate", "from": "a", "mentions": "b"}}', "mentions"),
        (f'{{{AT}, "chat": "gate", "from": "a", "media": [{{"type": "smell"}}]}}', "media"),
        (f'{{{AT}, "chat": "gate", "from": "a", "reply_to": 5}}', "reply_to"),
        (f'{{{AT}, "chat": "gate", "from": "a", "private": "yes"}}', "private"),
        (f'{{{AT}, "chat": "gate", "from": "a", "press": {{"ticket": 1, "action": "explode"}}}}', "press"),
        (f'{{{AT}, "chat": "gate", "from": "a", "rate": {{"ticket": 1, "rating": 9}}}}', "rate"),
        (f'{{{AT}, "chat": "gate", "from": "a", "rate": {{"ticket": true, "rating": 5}}}}', "rate"),
        ("[" * 100_000, "line"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, field: str) -> None:
    with pytest.raises(TranscriptError, match=rf"chat\.jsonl:2: {field}: "):
        steps_of(tmp_path, f'{{{AT}, "chat": "gate", "from": "a", "text": "好"}}', line)


def test_time_must_not_run_backwards(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="earlier"):
        steps_of(tmp_path, f"{{{AT}}}", '{"at": "2026-07-08T08:59:59+08:00"}')


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(b'{"at": "\xff"}')
    with pytest.raises(TranscriptError, match="UTF-8"):
        list(read_transcript(path, CHANNELS))
