"""Whether a nickname is that of staff: a guess from words that are data, for tables where nothing else tells."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Roles:
    """What staff call themselves, and what makes a resident of who uses such a word."""

    fold: Mapping[int, int]
    star: str
    roles: re.Pattern[str]
    residents: re.Pattern[str]

    def has_duty(self, nickname: str) -> bool:
        """Whether somebody with this nickname speaks for staff."""
        if nickname.startswith(self.star):
            return True
        name = nickname.translate(self.fold)
        return bool(self.roles.search(name)) and not self.residents.search(name)


def load_roles(path: Path, fold: Mapping[int, int]) -> Roles:
    """The words of a file; ``fold`` translates characters to those that they are written in."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    roles, residents = (re.compile("|".join(found[name])) for name in ("roles", "residents"))
    return Roles(fold, found["star"], roles, residents)
