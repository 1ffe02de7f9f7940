"""Updates as Telegram sends them: those of a public collection where it lies beside the project, and our own."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

SAMPLES = Path(__file__).parents[3].parent / "shared" / "data" / "bad-input" / "telegram"
ME, GROUP = 7001, -1001234567890
USER = {"id": 501, "is_bot": False, "first_name": "张", "last_name": "老师", "username": "zhang_user"}
BOT_USER = {"id": ME, "is_bot": True, "first_name": "网格管家", "username": "grid_steward_bot"}
CHAT = {"id": GROUP, "type": "supergroup", "title": "学苑业主群"}
PRIVATE = {"id": 501, "type": "private", "first_name": "张"}
DATE = 1_790_000_000


def message(**fields: Any) -> dict[str, Any]:
    """A message update."""
    return {"update_id": 1, "message": said(**fields)}


def said(**fields: Any) -> dict[str, Any]:
    """A message in the group."""
    return {"message_id": 42, "date": DATE, "chat": CHAT, "from": USER, **fields}


def member(status: str, user: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"status": status, "user": user or USER, **more}


def change(kind: str, was: dict[str, Any], becomes: dict[str, Any], chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    """Somebody's standing changed."""
    content = {"chat": chat, "from": USER, "date": DATE, "old_chat_member": was, "new_chat_member": becomes}
    return {"update_id": 2, kind: content}


def tap(data: str, **fields: Any) -> dict[str, Any]:
    query = {"id": "777", "from": USER, "chat_instance": "-5", "data": data, "message": said(**{"from": BOT_USER})}
    return {"update_id": 3, "callback_query": query | fields}


def entity(type_: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": type_, "offset": offset, "length": length, **more}


PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 67, "file_size": 1000},
    {"file_id": "big", "file_unique_id": "b", "width": 1280, "height": 960, "file_size": 90_000},
]
MENTION = {"type": "mention", "offset": 0, "length": 17}

OWN: list[dict[str, Any]] = [
    message(text="3号楼的化粪池又堵了"),
    message(text="@grid_steward_bot 我家停水", entities=[MENTION]),
    message(caption="就是这里", photo=PHOTO, media_group_id="9"),
    message(text="我家也是", reply_to_message=said(message_id=41, text="堵了", **{"from": BOT_USER})),
    message(location={"latitude": 30.5, "longitude": 114.3}),
    message(voice={"file_id": "v", "file_unique_id": "v", "duration": 3}),
    message(new_chat_members=[USER, {**USER, "id": 502}]),
    message(left_chat_member=USER),
    message(migrate_to_chat_id=-100999),
    message(text="x", message_thread_id=7, is_topic_message=True),
    message(text="收到", chat=PRIVATE),
    {"update_id": 9, "edited_message": said(text="4号楼", edit_date=DATE + 5)},
    tap("rate:0123456789abcdef01234567:5"),
    tap("sign:0123456789abcdef01234567"),
    change("my_chat_member", member("left", BOT_USER), member("member", BOT_USER)),
    change("chat_member", member("member"), member("kicked", until_date=0)),
    {
        "update_id": 10,
        "poll_answer": {"poll_id": "5", "user": USER, "option_ids": [0], "option_persistent_ids": ["a"]},
    },
]


def recorded() -> list[dict[str, Any]]:
    """The public collection."""
    if not SAMPLES.is_dir():
        pytest.skip("../shared is absent: the public samples are not tried")
    found: list[dict[str, Any]] = json.loads((SAMPLES / "updates.json").read_text(encoding="utf-8"))
    return found


def picture() -> bytes:
    """A small photo."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(written, "JPEG")
    return written.getvalue()
