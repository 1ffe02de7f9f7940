"""What the bot can ask of the fake Bot API: what it says becomes messages of its chats."""

import time
from collections.abc import Sequence
from typing import Any

from tests.peers.telegram_chats import ME, ApiError, Chats, Json, units

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


class Calls(Chats):
    """The methods of the Bot API, by their names."""

    def do_getMe(self) -> Json:
        return self.me

    def do_sendMessage(
        self,
        chat_id: int,
        text: str,
        entities: Sequence[Json] = (),
        link_preview_options: Json | None = None,
        **how: Any,
    ) -> Json:
        if not text.strip():
            raise ApiError(400, "Bad Request: message text is empty")
        if units(text) > 4096:
            raise ApiError(400, "Bad Request: message is too long")
        known = [one for one in entities if one["type"] != "text_mention" or one["user"]["id"] in self.users]
        if any(one["offset"] + one["length"] > units(text) for one in known):
            raise ApiError(400, "Bad Request: ENTITY_BOUNDS_INVALID")
        return self._post(chat_id, {"text": text} | ({"entities": known} if known else {}), **how)

    def do_editMessageText(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        entities: Sequence[Json] = (),
        link_preview_options: Json | None = None,
        reply_markup: Json | None = None,
    ) -> Json:
        """As the Bot API: without a keyboard, the one that was there is gone."""
        message = self._own(chat_id, message_id)
        if "text" not in message:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        becomes = {"text": text} | ({"entities": list(entities)} if entities else {}) | _keyboard(reply_markup)
        if becomes == {name: message[name] for name in ("text", "entities", "reply_markup") if name in message}:
            raise ApiError(400, NOT_MODIFIED)
        for name in ("text", "entities", "reply_markup"):
            message.pop(name, None)
        message |= {**becomes, "edit_date": int(time.time())}
        return message

    def do_editMessageReplyMarkup(self, chat_id: int, message_id: int, reply_markup: Json | None = None) -> Json:
        message = self._own(chat_id, message_id)
        message |= _keyboard(reply_markup)
        return message

    def _own(self, chat: int, number: int) -> Json:
        """A message that the bot may edit."""
        self._may_write(chat)
        message = self.messages.get((chat, number))
        if message is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != ME:
            raise ApiError(400, "Bad Request: message can't be edited")
        return message

    def do_sendPhoto(self, chat_id: int, photo: bytes, **how: Any) -> Json:
        if not isinstance(photo, bytes):
            raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return self._post(chat_id, {"photo": self.photo(photo)}, **how)

    def do_sendMediaGroup(self, chat_id: int, media: Sequence[Json], **how: Any) -> list[Json]:
        if not 2 <= len(media) <= 10:
            raise ApiError(400, "Bad Request: wrong number of media")
        album = f"8{next(self._ids):017}"
        return [
            self._post(chat_id, {"photo": self.photo(self.files[one["media"]]), "media_group_id": album}, **how)
            for one in media
        ]

    def do_sendPoll(
        self, chat_id: int, question: str, options: Sequence[Json], is_anonymous: bool = True, **how: Any
    ) -> Json:
        if not 1 <= len(question) <= 300 or not 2 <= len(options) <= 12:
            raise ApiError(400, "Bad Request: poll must have 2-12 options and a question")
        poll: Json = {"id": f"5{next(self._ids):017}", "question": question, "total_voter_count": 0, "is_closed": False}
        poll |= {"is_anonymous": is_anonymous, "type": "regular", "allows_multiple_answers": False}
        poll |= {"allows_revoting": True, "members_only": False}
        poll["options"] = [
            {"persistent_id": f"o{place}", "text": one["text"], "voter_count": 0} for place, one in enumerate(options)
        ]
        self.polls[poll["id"]] = poll
        return self._post(chat_id, {"poll": poll}, **how)

    def do_answerCallbackQuery(self, callback_query_id: str) -> bool:
        self.answered.append(callback_query_id)
        return True

    def do_getFile(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise ApiError(400, "Bad Request: invalid file_id")
        if len(self.files[file_id]) > 20_000_000:
            raise ApiError(400, "Bad Request: file is too big")
        return {
            "file_id": file_id, "file_unique_id": file_id, "file_size": len(self.files[file_id]), "file_path": file_id,
        }  # fmt: skip

    def _post(
        self,
        chat: int,
        content: Json,
        message_thread_id: int | None = None,
        reply_parameters: Json | None = None,
        reply_markup: Json | None = None,
    ) -> Json:
        self._may_write(chat)
        message = self._message(chat, self.me, **content)
        if message_thread_id is not None:
            if message_thread_id not in self.topics.get(chat, ()):
                raise ApiError(400, "Bad Request: message thread not found")
            message |= {"message_thread_id": message_thread_id, "is_topic_message": True}
        if reply_parameters is not None:
            quoted = self.messages.get((chat, reply_parameters["message_id"]))
            if quoted is None and not reply_parameters.get("allow_sending_without_reply"):
                raise ApiError(400, "Bad Request: message to be replied not found")
            message |= {"reply_to_message": _bare(quoted)} if quoted is not None else {}
        if reply_markup is not None:
            message |= _keyboard(reply_markup)
        return message

    def _may_write(self, chat: int) -> None:
        if chat in self.migrated:
            new = self.migrated[chat]
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new)
        if chat not in self.chats:
            raise ApiError(400, "Bad Request: chat not found")
        if chat in self.gone:
            raise ApiError(403, "Forbidden: bot was kicked from the group chat")


def _bare(message: Json) -> Json:
    return {name: one for name, one in message.items() if name not in {"reply_to_message", "reply_markup"}}


def _keyboard(markup: Json | None) -> Json:
    for one in (button for row in (markup or {}).get("inline_keyboard", ()) for button in row):
        if not one["text"] or not 1 <= len(one["callback_data"].encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return {} if markup is None else {"reply_markup": markup}
