"""The second opinion in words: what a language model is told, how it is asked, and how strictly its answer is read. Pure."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.states import CATEGORIES, NATURES, URGENCIES
from bot.ports import Opinion

LENGTH = 600  # characters of the words that are asked about
VERDICTS: tuple[str, ...] = ("request", "chat", "unsure")
TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nature": ("natures", NATURES),
    "category": ("categories", CATEGORIES),
    "urgency": ("urgencies", URGENCIES),
}


class NonsenseError(ValueError):
    """An answer that is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Guide:
    """The instruction, and the codes that an answer may hold, by key."""

    prompt: str
    codes: Mapping[str, tuple[str, ...]]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer: four codes and nothing else."""
        return {
            "type": "object",
            "properties": {key: {"type": "string", "enum": list(known)} for key, known in self.codes.items()},
            "required": list(self.codes),
            "additionalProperties": False,
        }


def load_guide(text: str) -> Guide:
    """Read ``data/opinion.toml``; a code that the product does not know is a fault of the file."""
    raw = tomllib.loads(text)
    prompt, codes = raw["prompt"].strip(), {"verdict": VERDICTS}
    for key, (table, known) in TABLES.items():
        if strange := sorted(set(raw[table]) - set(known)):
            raise ValueError(f"opinion.toml: {table}: {', '.join(strange)} unknown")
        lines = "\n".join(f"- {code}: {words}" for code, words in raw[table].items())
        prompt, codes[key] = prompt.replace(f"{{{table}}}", lines), tuple(raw[table])
    return Guide(prompt, codes)


def fenced(words: str) -> str:
    """Words of people as data: a JSON string has no way out that its reader would take for an instruction of ours."""
    return json.dumps({"words": words[:LENGTH]}, ensure_ascii=False)


def read_answer(answer: str, guide: Guide) -> Opinion | None:
    """An answer that holds the four keys with known codes, and nothing else; None where the model is not sure."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise NonsenseError("no JSON") from None
    if not isinstance(found, dict) or found.keys() != guide.codes.keys():
        raise NonsenseError("other keys than asked for")
    if any(found[key] not in known for key, known in guide.codes.items()):
        raise NonsenseError("an unknown code")
    if found["verdict"] == "unsure":
        return None
    if found["verdict"] == "chat":
        return Opinion(False)
    return Opinion(True, found["nature"], found["category"], found["urgency"])
