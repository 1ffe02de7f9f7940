"""The seals of callbacks: who sent a body, and what is inside of it. Whatever is wrong with one is ``ForgedError``."""

import hmac
from base64 import b64decode
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK = 16  # bytes of a block of AES, and of what stands before the first as its salt


class ForgedError(Exception):
    """A body that does not come from the platform, or not as it was sent."""


def signature(timestamp: str, nonce: str, key: str, body: bytes) -> str:
    """What the platform writes into ``X-Lark-Signature``, over the body as it travelled."""
    return sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()


def is_same(given: object, wanted: str) -> bool:
    """Compared in constant time; nothing is the same as an empty secret."""
    return (
        bool(wanted)
        and isinstance(given, str)
        and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
    )


def decrypt(sealed: str, key: str) -> bytes:
    """Open the ``encrypt`` field of a body."""
    try:
        raw = b64decode(sealed, validate=True)
        cipher = Cipher(algorithms.AES(sha256(key.encode()).digest()), modes.CBC(raw[:BLOCK])).decryptor()
        padded = cipher.update(raw[BLOCK:]) + cipher.finalize()
        unpadder = PKCS7(8 * BLOCK).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise ForgedError("cannot be opened") from error
