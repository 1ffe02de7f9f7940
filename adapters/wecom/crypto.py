"""The platform's envelope around callbacks and photos: AES-256-CBC under a key whose first half is the IV; SHA-1 signatures.

SHA-1 and the key as IV are the platform's choice, not ours.
"""

import base64
import hmac
import secrets
import struct
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
HEAD = 20  # 16 random bytes and the length of what follows
KEY = 32


class ForgedError(Exception):
    """Nobody who knows our key has made this."""


def key_of(text: str) -> bytes:
    """The key of a base64 text, with or without its padding."""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise ForgedError("key") from None
    if len(key) != KEY:
        raise ForgedError("key")
    return key


def signature(*parts: str) -> str:
    """Of the token, the timestamp, the nonce and the ciphertext, in any order."""
    return sha1("".join(sorted(parts)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def is_signed(claimed: str, *parts: str) -> bool:
    """Whether a signature is right, compared in constant time."""
    return hmac.compare_digest(claimed.encode("utf-8", "replace"), signature(*parts).encode())


def unlock(sealed: bytes, key: bytes) -> bytes:
    """Decrypt and take off the padding; raises ``ForgedError``."""
    if not sealed or len(sealed) % 16:
        raise ForgedError("length")
    worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = worker.update(sealed) + worker.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise ForgedError("padding")
    return plain[:-padding]


def lock(plain: bytes, key: bytes) -> bytes:
    """Pad and encrypt."""
    padding = BLOCK - len(plain) % BLOCK
    worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return worker.update(plain + bytes([padding]) * padding) + worker.finalize()


def open_letter(text: str, key: bytes) -> bytes:
    """What an encrypted callback says. The receiver's id at its end is empty for robots and not looked at."""
    try:
        plain = unlock(base64.b64decode(text, validate=True), key)
    except ValueError:
        raise ForgedError("base64") from None
    if len(plain) < HEAD:
        raise ForgedError("length")
    [length] = struct.unpack(">I", plain[16:HEAD])
    if HEAD + length > len(plain):
        raise ForgedError("length")
    return plain[HEAD : HEAD + length]


def seal_letter(content: bytes, key: bytes, receiver: bytes = b"", salt: bytes = b"") -> str:
    """The other way round; ``salt`` is 16 random bytes, given only by tests."""
    head = (salt or secrets.token_bytes(16)) + struct.pack(">I", len(content))
    return base64.b64encode(lock(head + content + receiver, key)).decode()
