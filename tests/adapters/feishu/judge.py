"""The platform's own client in a process of its own: it takes seconds to load, and holds a loop that nobody can stop.

Reads a task a line and answers with a line, both JSON. ``python -m tests.adapters.feishu.judge URL``.
"""

import io
import json
import os
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.peers.feishu_server import APP, SECRET
from tests.peers.feishu_wire import KEY, TOKEN

lark: Any = import_module("lark_oapi")
im: Any = import_module("lark_oapi.api.im.v1")
pb: Any = import_module("lark_oapi.ws.pb.pbbp2_pb2")


class Judge:
    """What the official client makes of our server, of our seals and of our frames."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = lark.Client.builder().app_id(APP).app_secret(SECRET).domain(url).build()
        self._heard: list[str] = []
        self._there = threading.Event()
        self._tasks: dict[str, Callable[[dict[str, Any]], object]] = {
            "dispatch": self._dispatch,
            "frame": self._frame,
            "send": self._send,
            "reply": self._reply,
            "edit": self._edit,
            "upload": self._upload,
            "members": self._members,
            "listen": self._listen,
            "heard": lambda _task: self._heard,
        }

    def do(self, task: dict[str, Any]) -> object:
        """One task."""
        return self._tasks[task["do"]](task)

    def _handler(self, key: str, token: str) -> Any:
        builder = lark.EventDispatcherHandler.builder(key, token, lark.LogLevel.CRITICAL)
        builder = builder.register_p2_im_message_receive_v1(self._on_message)
        builder = builder.register_p2_im_chat_updated_v1(self._on_renamed)
        return builder.register_p2_card_action_trigger(self._on_tap).build()

    def _on_message(self, data: Any) -> None:
        message = data.event.message
        self._heard.append(json.loads(message.content)["text"])

    def _on_renamed(self, data: Any) -> None:
        self._heard.append(data.event.after_change.name)

    def _on_tap(self, data: Any) -> Any:
        self._heard.append(data.event.action.value["action"])
        return import_module(
            "lark_oapi.event.callback.model.p2_card_action_trigger"
        ).P2CardActionTriggerResponse({"toast": {"type": "info", "content": "收到"}})  # fmt: skip

    def _dispatch(self, task: dict[str, Any]) -> object:
        request = lark.RawRequest()
        request.uri, request.body, request.headers = "/hook/feishu", b64decode(task["body"]), task["headers"]
        answer = self._handler(KEY, TOKEN).do(request)
        return {"status": answer.status_code, "content": json.loads(answer.content)}

    def _frame(self, task: dict[str, Any]) -> object:
        frame = pb.Frame()
        frame.ParseFromString(b64decode(task["raw"]))
        headers = {header.key: header.value for header in frame.headers}
        fields = [frame.method, frame.service, headers, b64encode(frame.payload).decode()]
        return [*fields, b64encode(frame.SerializeToString()).decode()]

    def _send(self, task: dict[str, Any]) -> object:
        body = im.CreateMessageRequestBody.builder().receive_id(task["to"]).msg_type(task["kind"])
        body = body.uuid(task["key"])
        request = im.CreateMessageRequest.builder().receive_id_type("chat_id")
        answer = self._client.im.v1.message.create(request.request_body(body.content(task["content"]).build()).build())
        return [answer.code, answer.data.message_id if answer.data else None]

    def _reply(self, task: dict[str, Any]) -> object:
        body = im.ReplyMessageRequestBody.builder().msg_type("text").content(task["content"]).build()
        request = im.ReplyMessageRequest.builder().message_id(task["to"]).request_body(body).build()
        return [self._client.im.v1.message.reply(request).code]

    def _edit(self, task: dict[str, Any]) -> object:
        body = im.PatchMessageRequestBody.builder().content(task["content"]).build()
        request = im.PatchMessageRequest.builder().message_id(task["id"]).request_body(body).build()
        return self._client.im.v1.message.patch(request).code

    def _upload(self, task: dict[str, Any]) -> object:
        body = im.CreateImageRequestBody.builder().image_type("message").image(io.BytesIO(b64decode(task["photo"])))
        answer = self._client.im.v1.image.create(im.CreateImageRequest.builder().request_body(body.build()).build())
        return [answer.code, answer.data.image_key]

    def _members(self, task: dict[str, Any]) -> object:
        request = im.GetChatMembersRequest.builder().member_id_type("open_id").chat_id(task["chat"]).build()
        answer = self._client.im.v1.chat_members.get(request)
        return {one.member_id: one.name for one in answer.data.items}

    def _listen(self, _task: dict[str, Any]) -> object:
        client = lark.ws.Client(
            APP, SECRET, event_handler=self._handler("", ""), domain=self._url, log_level=lark.LogLevel.CRITICAL
        )
        threading.Thread(target=client.start, daemon=True).start()
        return "listening"


def main() -> None:
    """Answer until there is nothing more to do; the client's own threads are not waited for."""
    judge = Judge(sys.argv[1])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(judge.do(json.loads(line))) + "\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
