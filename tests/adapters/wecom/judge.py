"""The official SDK. It still uses names that its WebSocket library is about to drop, and says so at import."""

import warnings
from importlib import import_module
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    SDK: Any = import_module("aibot")
    WIRE: Any = import_module("aibot.ws")
    FILES: Any = import_module("aibot.crypto_utils")
