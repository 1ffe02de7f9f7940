"""The HTTP API: what the pages show and do, for programs. Keys instead of cookies; every answer is JSON."""

from adapters.api.deps import ApiDeps
from adapters.api.server import build_api

__all__ = ["ApiDeps", "build_api"]
