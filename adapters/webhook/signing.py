"""The headers by which a receiver knows that it was us, when, and whether it has seen this before. Pure."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "whsec_"


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """One signature: HMAC-SHA256 of ``id.timestamp.body`` under the bytes that the secret stands for."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{id_}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()


def headers(secrets: Sequence[str], id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; while a secret is changed each of the two signs. ``timestamp`` is of the attempt, in seconds."""
    signatures = [signature(secret, id_, timestamp, body) for secret in secrets]
    return {"webhook-id": id_, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}
