"""The story of ``story`` as a transcript, replayed: what every platform's tickets and messages are measured against."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapters.replay.player import Player
from adapters.replay.report import as_json
from adapters.replay.transcript import read_transcript
from bot.app import Ids, build_engine
from storage.open import open_storage
from tests.fakes import CLEAR, new_database
from tests.peers.house import AWAKE, organization
from tests.peers.peer import Peer

SAME = (
    "number", "nature", "category", "urgency", "state", "text", "place", "reporter", "followers", "assignee", "source",
    "rework_count", "close_reason", "solved", "rating",
)  # fmt: skip  # of a ticket: all that is no instant
LINES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("zhang", {"text": CLEAR["drainage"]}),
    ("wang", {"text": "我家也是，臭死了"}),
    ("zhou", {"text": "收到", "reply_to": {"ticket": 1}}),
    ("zhou", {"text": "办结：已经疏通了", "reply_to": {"ticket": 1}}),
    ("zhang", {"rate": {"ticket": 1, "rating": 5}}),
    ("wang", {"rate": {"ticket": 1, "rating": 5}}),
)


def replay(tmp_path: Path, peer: Peer) -> dict[str, Any]:
    """What ``gridsteward replay --json`` prints of the story, with the peer's own accounts."""
    org = organization(peer)
    transcript = tmp_path / "chat.jsonl"
    transcript.write_text("".join(f"{json.dumps(line)}\n" for line in _lines(peer)), encoding="utf-8")
    with open_storage(new_database(tmp_path / "replay.db", org), "OFF") as storage:
        player = Player(build_engine(AWAKE, org, Ids(1)), storage.desk)
        player.play(read_transcript(transcript, {peer.chat: peer.platform.name}))
        return storage.desk.run(lambda uow: as_json(uow, org, player))


def _lines(peer: Peer) -> list[dict[str, Any]]:
    mentions = [] if peer.platform.capabilities.hears_all else ["bot"]
    return [
        {
            "at": f"2026-05-06T09:0{minute}:00+08:00", "chat": peer.chat, "from": peer.accounts[who],
            **({"id": f"m{minute}", "mentions": mentions} if "text" in line else {}), **line,
        }
        for minute, (who, line) in enumerate(LINES)
    ]  # fmt: skip


def words_of(texts: Iterable[str]) -> list[str]:
    """What is said, without what differs between platforms: instants, how those are called who are spoken to, how a ticket
    stands by now where a message can be changed.
    """
    plain = (re.sub(r"[0-9]+月[0-9]+日 ?[0-9:]*", "…", text.replace("\u2005", " ")) for text in texts)
    return [re.sub(r"^(@\S+ )+|\n〔[^〕]*〕$", "", text) for text in plain]
