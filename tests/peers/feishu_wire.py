"""How Feishu writes things: frames, the seals of callbacks, the content of messages.

None of it is the adapter's own code. Frames are made by protobuf itself, so that the adapter's codec is judged by another.
"""

import json
import re
import secrets
from base64 import b64encode
from hashlib import sha256
from importlib import import_module
from time import time
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY, TOKEN = "encrypt-key", "verification-token"
FIELDS = [("SeqID", 1, 4), ("LogID", 2, 4), ("service", 3, 5), ("method", 4, 5), ("payload", 8, 12)]


def frame_class() -> Any:
    """The platform's Frame, as protobuf makes it of a description of its own."""
    descriptors, pools = (
        import_module("google.protobuf.descriptor_pb2"),
        import_module("google.protobuf.descriptor_pool"),
    )
    file = descriptors.FileDescriptorProto(name="pbbp2.proto", package="pbbp2", syntax="proto2")
    header, frame = file.message_type.add(name="Header"), file.message_type.add(name="Frame")
    for number, name in enumerate(("key", "value"), 1):
        header.field.add(name=name, number=number, type=9, label=2)
    for name, number, kind in FIELDS:
        frame.field.add(name=name, number=number, type=kind, label=1 if name == "payload" else 2)
    frame.field.add(name="headers", number=5, type=11, label=3, type_name=".pbbp2.Header")
    pool = pools.DescriptorPool()
    pool.Add(file)
    return import_module("google.protobuf.message_factory").GetMessageClass(pool.FindMessageTypeByName("pbbp2.Frame"))


FRAME = frame_class()


def frame_of(method: int, headers: dict[str, str], payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    made = FRAME(SeqID=1, LogID=2, service=33, method=method, payload=payload)
    for key, value in headers.items():
        made.headers.add(key=key, value=value)
    return bytes(made.SerializeToString())


def sealed(payload: object, key: str = KEY) -> bytes:
    """A payload as a callback's body; bytes go in as they are."""
    padder = PKCS7(128).padder()
    plain = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    padded = padder.update(plain) + padder.finalize()
    salt = secrets.token_bytes(16)
    cipher = Cipher(algorithms.AES(sha256(key.encode()).digest()), modes.CBC(salt)).encryptor()
    return json.dumps({"encrypt": b64encode(salt + cipher.update(padded) + cipher.finalize()).decode()}).encode()


def seals(body: bytes, at: float | None = None, key: str = KEY) -> dict[str, str]:
    """The headers of a callback."""
    stamp, nonce = str(int(time() if at is None else at)), secrets.token_hex(8)
    digest = sha256((stamp + nonce + key).encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": stamp, "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": digest}


class RefusedError(Exception):
    """A call that the platform would not take."""

    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def check_content(kind: str, content: dict[str, Any], accounts: set[str]) -> None:
    """Only shapes that are documented; markup only where it pings a member."""
    if kind == "post":
        for line in content["zh_cn"]["content"]:
            require(all(element.get("text") != "" for element in line) or len(line) == 1, 230001)
            for element in line:
                fields = {"text": {"tag", "text"}, "at": {"tag", "user_id"}, "img": {"tag", "image_key"}}
                require(set(element) == fields.get(element["tag"]), 230001)
                require(element["tag"] != "at" or element["user_id"] in accounts, 230001)
    elif kind == "interactive":
        for element in content["elements"]:
            require(element["tag"] in {"div", "img", "action"}, 230099)
            if element["tag"] == "div" and element["text"]["tag"] == "lark_md":
                pings = re.fullmatch(r"<at id=(\w+)></at>(?: <at id=(\w+)></at>)*", element["text"]["content"])
                require(pings is not None and {one for one in pings.groups() if one} <= accounts, 230099)
    else:
        require(kind == "text" and isinstance(content["text"], str), 230001)


def require(holds: bool, code: int) -> None:
    """Refuse the call with a code where something does not hold."""
    if not holds:
        raise RefusedError(code)
