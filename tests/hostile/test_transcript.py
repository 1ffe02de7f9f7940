"""A transcript full of rubbish ends with one sentence that names file, line and field; never with anything else."""

import json
from pathlib import Path

import pytest

from adapters.replay.player import Player
from adapters.replay.transcript import TranscriptError, read_transcript
from tests.fakes import TownBot, town_bot
from tests.hostile.corpus import OWN, SOURCES, json_bodies, lines

pytestmark = pytest.mark.timeout(240)
AT = "2026-05-06T09:00:00+08:00"
CHANNELS = {"xueyuan": "web"}
BODIES = [
    b"",
    b"\x00",
    b"[]",
    b"null",
    b"1e400",
    b"NaN",
    b"{}",
    b'{"at":1}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'"' + b"\\u0000" * 1000,
    b'{"at": "2026-05-06T09:00:00+08:00", "chat": "xueyuan", "from": "z", "text": 1e999}',
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b'{"at": "0001-01-01T00:00:00+14:00"}',
    b'{"at": "9999-12-31T23:59:59-14:00"}',
    b'{"at": "2026-05-06"}',
    b'{"at": "' + b"9" * 10_000 + b'"}',
    b'{"at": "2026-05-06T09:00:00+08:00", "chat": "x", "from": "z", "rate": {"ticket": '
    + b"9" * 5000
    + b', "rating": 5}}',
    b'{"at": "2026-05-06T09:00:00+08:00", "chat": "x", "from": "z", "media": [{"type": "location", "lat": "x", "lng": []}]}',
    b'{"at": "2026-05-06T09:00:00+08:00", "chat": "x", "from": "z", "reply_to": {"ticket": 18446744073709551616}, "text": "hi"}',
    b'{"at": "2026-05-06T09:00:00+08:00", "chat": "\\ud800", "from": "\\udfff", "id": "\\ud83d", "text": "\\ud800"}',
]


def play(bot: TownBot, file: Path) -> bool:
    """Play a file; False where it was refused in words."""
    player = Player(bot.engine, bot.storage.desk)
    try:
        player.play(read_transcript(file, CHANNELS))
    except TranscriptError as error:
        said = str(error)
    else:
        return True
    assert said.startswith(f"{file}:1:")
    return False


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_our_own_rubbish(tmp_path: Path, number: int) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_bytes(BODIES[number])
    with town_bot(tmp_path / "bot.db") as bot:
        play(bot, file)

        assert bot.tickets() == []


def test_json_test_suite(tmp_path: Path) -> None:
    """Each body as a file of its own. None of them is a line of ours, so none may be played, whatever JSON it is."""
    file = tmp_path / "chat.jsonl"
    with town_bot(tmp_path / "bot.db") as bot:
        for body in json_bodies():
            first = b" ".join(body.split(b"\n"))
            file.write_bytes(first)
            assert not play(bot, file) or not first.strip()

        assert bot.tickets() == []


@pytest.mark.parametrize("source", SOURCES)
def test_hostile_words_in_sound_lines(tmp_path: Path, source: str) -> None:
    file = tmp_path / "chat.jsonl"
    rows = [
        {"at": AT, "chat": "xueyuan", "from": f"r{n}", "name": line, "text": line}
        for n, line in enumerate(lines(source))
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with town_bot(tmp_path / "bot.db") as bot:
        assert play(bot, file)


@pytest.mark.parametrize(
    "field", ["chat", "from", "id", "reply_to", "at", "private", "mentions", "media", "press", "rate", "edit"]
)
def test_hostile_words_in_any_field(tmp_path: Path, field: str) -> None:
    file = tmp_path / "chat.jsonl"
    with town_bot(tmp_path / "bot.db") as bot:
        for line in OWN:
            row = {"at": AT, "chat": "xueyuan", "from": "zhang", "text": "你好", field: line}
            file.write_text(json.dumps(row), encoding="utf-8")
            play(bot, file)

        assert bot.tickets() == []
