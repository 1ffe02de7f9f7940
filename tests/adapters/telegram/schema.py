"""The published description of the Bot API as a judge: what we ask and what our fake answers has to fit it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.adapters.telegram.payloads import SAMPLES

PLAIN: Mapping[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "Float": (float, int),
    "InputFile": (bytes,),
}


class Schema:
    """Finds what does not fit, a sentence each."""

    def __init__(self) -> None:
        if not SAMPLES.is_dir():
            pytest.skip("../shared is absent: the fake is not held against the published schema")
        found = json.loads((SAMPLES / "api.min.json").read_text(encoding="utf-8"))
        self.types: Mapping[str, Any] = found["types"]
        self.methods: Mapping[str, Any] = found["methods"]

    def call(self, method: str, params: Mapping[str, Any], result: Any) -> Iterator[str]:
        """What is wrong with a call and its answer."""
        described = self.methods[method]
        yield from self._fields(f"{method}()", params, described.get("fields", []))
        yield from self.value(f"{method} =", result, described["returns"])

    def value(self, where: str, value: Any, types: Sequence[str]) -> Iterator[str]:
        """What is wrong with a value that may be of several types: nothing, where it is of one of them."""
        tries = [list(self._one(where, value, type_)) for type_ in types]
        if all(tries):
            yield from min(tries, key=len)

    def _one(self, where: str, value: Any, type_: str) -> Iterator[str]:
        if type_.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where}: no list"
                return
            for place, one in enumerate(value):
                yield from self.value(f"{where}[{place}]", one, [type_.removeprefix("Array of ")])
        elif type_ in PLAIN:
            if not isinstance(value, PLAIN[type_]) or (isinstance(value, bool) and bool not in PLAIN[type_]):
                yield f"{where}: {value!r} is no {type_}"
        elif subtypes := self.types[type_].get("subtypes"):
            yield from self.value(where, value, subtypes)
        elif not isinstance(value, dict):
            yield f"{where}: {value!r} is no {type_}"
        else:
            yield from self._fields(f"{where} {type_}", value, self.types[type_].get("fields", []))

    def _fields(self, where: str, value: Mapping[str, Any], fields: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        known = {field["name"]: field for field in fields}
        yield from (
            f"{where}: has no {name}" for name, field in known.items() if field["required"] and name not in value
        )
        for name, one in value.items():
            if name not in known:
                yield f"{where}: {name} is unknown"
            else:
                yield from self.value(f"{where}.{name}", one, known[name]["types"])
