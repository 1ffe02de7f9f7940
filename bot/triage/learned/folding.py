"""How text is made comparable before its n-grams are counted: half width, small letters, simplified, no blanks."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.triage.normalise import folding

Fold = Callable[[str], str]
CHARACTERS = Path(__file__).parents[1] / "data" / "traditional.toml"


def fold_of(path: Path = CHARACTERS) -> Fold:
    """The folding that a table of traditional characters (``from``, ``to``: TOML, strings of equal length) gives."""
    pairs = tomllib.loads(path.read_text(encoding="utf-8"))
    table: Mapping[int, int] = folding(dict(zip("".join(pairs["from"]), "".join(pairs["to"]), strict=True)))

    def fold(text: str) -> str:
        return "".join(text.translate(table).split())

    return fold
