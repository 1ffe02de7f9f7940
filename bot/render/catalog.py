"""The catalogs: every sentence that people see, by locale. All locales have the same keys and slots (a test holds it)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

FOLDER = Path(__file__).parent / "locales"
LOCALES = ("zh_CN", "zh_TW", "en")


@dataclass(frozen=True, slots=True)
class Catalog:
    """One locale. Sections: notice, line, button, state, category, nature, urgency, listen, event, word."""

    locale: str
    sections: Mapping[str, Mapping[str, str]]

    def text(self, section: str, key: str) -> str:
        """A sentence or label; raises ``KeyError`` where the catalog lacks it."""
        return self.sections[section][key]

    def label(self, section: str, code: str) -> str:
        """The word for a code; the code itself where there is none, so that old data never break a page."""
        return self.sections[section].get(code, code)


def load_catalog(locale: str, folder: Path = FOLDER) -> Catalog:
    """Read a catalog from its TOML file."""
    data = tomllib.loads((folder / f"{locale}.toml").read_text(encoding="utf-8"))
    return Catalog(locale, {section: _flat(entries) for section, entries in data.items()})


def _flat(entries: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in entries.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def fits(own: str, standard: str) -> bool:
    """Whether a sentence can stand for a catalog's: the same slots, each bare, and no stray brace."""
    try:
        parts = [part for part in Formatter().parse(own) if part[1] is not None]
    except ValueError:
        return False
    bare = not any(form or conversion for _, _, form, conversion in parts)
    return bare and {name for _, name, _, _ in parts} == slots(standard)


def slots(template: str) -> frozenset[str]:
    """The names of a template's slots."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
