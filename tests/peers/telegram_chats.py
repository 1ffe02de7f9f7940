"""The people and chats behind the fake Bot API: what they do becomes updates."""

import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

Json = dict[str, Any]
ME = 7001
USERNAME = "grid_steward_bot"
FIRST_FILE_SIZE = 90  # pixels of the smaller size that every photo has, too
ADMIN_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip


class ApiError(Exception):
    """A refusal."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Chats:
    """One bot, some people, their chats."""

    def __init__(self, push: Callable[[str, Json], Json], hears_all: bool) -> None:
        self.push = push
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Json] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.files: dict[str, bytes] = {}
        self.polls: dict[str, Json] = {}
        self.topics: dict[int, set[int]] = {}
        self.migrated: dict[int, int] = {}
        self.gone: set[int] = set()  # chats from which the bot was thrown out, people who blocked it
        self.answered: list[str] = []
        self._numbers: dict[int, int] = {}
        self._ids = count(1)
        self.me: Json = {
            "id": ME,
            "is_bot": True,
            "first_name": "网格管家",
            "username": USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": hears_all,
            "supports_inline_queries": False,
        }

    # ------------------------------------------------------------ people

    def person(self, id_: int, name: str, username: str = "") -> Json:
        """Somebody, who has started a chat with the bot."""
        self.users[id_] = {"id": id_, "is_bot": False, "first_name": name} | (
            {"username": username} if username else {}
        )
        self.chats[id_] = {"id": id_, "type": "private", "first_name": name}
        return self.users[id_]

    def group(self, id_: int, title: str, kind: str = "supergroup", topics: Sequence[int] = ()) -> Json:
        self.chats[id_] = {"id": id_, "type": kind, "title": title} | ({"is_forum": True} if topics else {})
        self.topics[id_] = set(topics)
        return self.chats[id_]

    def say(self, chat: int, who: int, text: str = "", **fields: Any) -> Json:
        """Somebody writes; ``reply_to`` and ``photo`` are made into what they are, other fields go in as they are."""
        reply_to, photo, topic = fields.pop("reply_to", None), fields.pop("photo", None), fields.pop("topic", None)
        message = self._message(chat, self.users[who], **fields)
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        if text and photo is None:
            message["text"] = text
        if reply_to is not None:
            quoted = self.messages[(chat, int(reply_to))]
            message["reply_to_message"] = {name: one for name, one in quoted.items() if name != "reply_to_message"}
        if photo is not None:
            message |= {"photo": self.photo(photo)} | ({"caption": text} if text else {})
        if entities := _entities(text):
            message["entities" if photo is None else "caption_entities"] = entities
        if self._is_told(message):
            self.push("message", message)
        return message

    def photo(self, content: bytes) -> list[Json]:
        """A photo in two sizes."""
        name = f"photos/file_{next(self._ids)}.jpg"
        self.files[name] = content
        big: Json = {"width": 1280, "height": 960, "file_size": len(content)}
        small: Json = {"width": FIRST_FILE_SIZE, "height": 67, "file_size": 100}
        return [
            {"file_id": f"{name}#s", "file_unique_id": f"{name}s", **small},
            {"file_id": name, "file_unique_id": name, **big},
        ]

    def _is_told(self, message: Json) -> bool:
        """Privacy mode: only what is meant for the bot."""
        if self.me["can_read_all_group_messages"] or message["chat"]["type"] == "private":
            return True
        text = message.get("text", "") + message.get("caption", "")
        quoted = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or f"@{USERNAME}" in text or quoted == ME

    def tap(self, chat: int, who: int, message: int, label: str) -> Json:
        shown = self.messages[(chat, message)]
        buttons = [one for row in shown["reply_markup"]["inline_keyboard"] for one in row]
        data = next(one["callback_data"] for one in buttons if one["text"] == label)
        return self.tap_with(chat, who, message, data)

    def tap_with(self, chat: int, who: int, message: int, data: str) -> Json:
        query = {"id": f"q{next(self._ids)}", "from": self.users[who], "chat_instance": "-99", "data": data}
        return self.push("callback_query", query | {"message": self.messages[(chat, message)]})

    def vote(self, who: int, poll: str, *options: int) -> Json:
        kept = [self.polls[poll]["options"][option]["persistent_id"] for option in options]
        answer = {"poll_id": poll, "user": self.users[who], "option_ids": list(options), "option_persistent_ids": kept}
        return self.push("poll_answer", answer)

    def member(self, kind: str, chat: int, who: Json, was: str, becomes: str) -> Json:
        """Somebody's standing in a chat changes."""
        change = {"chat": self.chats[chat], "from": who, "date": int(time.time())}
        return self.push(
            kind, change | {"old_chat_member": _standing(who, was), "new_chat_member": _standing(who, becomes)}
        )

    def rename(self, chat: int, who: int, title: str) -> Json:
        """Somebody gives a group another title; all bots are told, privacy mode or not."""
        self.chats[chat] = {**self.chats[chat], "title": title}
        return self.push("message", self._message(chat, self.users[who], new_chat_title=title))

    def upgrade(self, old: int, new: int) -> None:
        """A group becomes a supergroup; its messages are counted anew."""
        creator = next(iter(self.users.values()))
        self.group(new, self.chats[old]["title"])
        self.push("message", self._message(old, creator, migrate_to_chat_id=new))
        self.push("message", self._message(new, creator, migrate_from_chat_id=old))
        self.migrated[old] = new

    def _message(self, chat: int, who: Json, **fields: Any) -> Json:
        number = self._numbers[chat] = self._numbers.get(chat, 0) + 1
        message = {"message_id": number, "date": int(time.time()), "chat": self.chats[chat], "from": who, **fields}
        self.messages[(chat, number)] = message
        return message


def _entities(text: str) -> list[Json]:
    """What Telegram's clients mark by themselves: the bot's name and commands."""
    found = []
    place = text.find(f"@{USERNAME}")
    if place >= 0 and not text.startswith("/"):
        found.append({"type": "mention", "offset": units(text[:place]), "length": len(USERNAME) + 1})
    if text.startswith("/"):
        found.append({"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])})
    return found


def _standing(user: Json, status: str) -> Json:
    member: Json = {"user": user, "status": status}
    if status == "administrator":
        member |= dict.fromkeys(ADMIN_RIGHTS, False)
    if status == "kicked":
        member["until_date"] = 0
    return member
