"""The data behind satisfaction, composites and comparison: ``scoring.toml``, and an operator's file laid over it.

Numbers are read as decimals, so that 0.9 is nine tenths exactly.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

from bot.domain.poll import RATINGS
from bot.domain.rates.composite import FULL, Composite
from bot.domain.rates.formulas import Weights
from bot.domain.rates.ranking import LEAST, Fairness
from bot.domain.rates.registry import rates

Table = Mapping[str, object]
_SECTIONS = {"satisfaction", "composites", "ranking"}
_COMPOSITE_KEYS = {"title", "source", "weights"}


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a rating is worth, the composites by name, and who may be compared with whom."""

    satisfaction: Weights
    composites: Mapping[str, Composite]
    fairness: Fairness


def load_scoring(file: Path, base: Scoring | None = None) -> Scoring:
    """Read a scoring file over a base; ValueError names the file and every fault, one a line."""
    try:
        return parse_scoring(tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal), base)
    except ValueError as error:  # of TOML, too
        raise ValueError("\n".join(f"{file.name}: {line}" for line in str(error).splitlines())) from error


def parse_scoring(data: Table, base: Scoring | None = None) -> Scoring:
    """Read scoring data, as TOML gives them; sections that are not there come from ``base``.

    ValueError lists every fault, one a line.
    """
    faults = [f"{key}: unknown; expected {', '.join(sorted(_SECTIONS))}" for key in sorted(data.keys() - _SECTIONS)]
    if base is None:
        faults += [f"{key}: the section is missing" for key in sorted(_SECTIONS - data.keys())]
    weights = _satisfaction(data["satisfaction"], faults) if "satisfaction" in data else None
    composites = _composites(data.get("composites", {}), faults)
    fairness = _fairness(data["ranking"], faults) if "ranking" in data else None
    if faults:
        raise ValueError("\n".join(faults))
    before = base or Scoring({}, {}, Fairness())
    return Scoring(weights or before.satisfaction, {**before.composites, **composites}, fairness or before.fairness)


def _satisfaction(given: object, faults: list[str]) -> Weights:
    rows = _table("satisfaction", given, faults)
    wanted = [str(rating) for rating in RATINGS]
    if set(rows) != set(wanted):
        faults.append(f"satisfaction: expected a weight for each of {', '.join(wanted)}")
    weights = {rating: _number(rows.get(str(rating))) for rating in RATINGS}
    bad = [rating for rating, weight in weights.items() if weight is None or not 0 <= weight <= 1]
    faults += [f"satisfaction: {rating}: expected a number from 0 to 1" for rating in bad if str(rating) in rows]
    known = {rating: weight for rating, weight in weights.items() if weight is not None}
    if any(worse > better for better, worse in pairwise(known.values())):
        faults.append("satisfaction: a worse rating is worth more than a better one")
    return known


def _composites(given: object, faults: list[str]) -> dict[str, Composite]:
    rows = _table("composites", given, faults)
    return {name: _composite(f"composites.{name}", row, faults) for name, row in rows.items()}


def _composite(where: str, given: object, faults: list[str]) -> Composite:
    row = _table(where, given, faults)
    faults += [f"{where}: {key}: unknown" for key in sorted(row.keys() - _COMPOSITE_KEYS)]
    given_weights = _table(f"{where}: weights", row.get("weights"), faults)
    weights: dict[str, Fraction] = {}
    for code, value in given_weights.items():
        weight = _number(value)
        if weight is None or weight <= 0:
            faults.append(f"{where}: {code}: expected a weight above 0")
        elif code not in _codes():
            faults.append(f"{where}: {code}: no rate of which more is better")
        else:
            weights[code] = weight
    if len(weights) == len(given_weights) and sum(weights.values()) != FULL:
        faults.append(f"{where}: weights add up to {float(sum(weights.values())):g}, not {FULL}")
    return Composite(str(row.get("title", "")), tuple(weights.items()))


def _codes() -> set[str]:
    return {rate.code for rate in rates({}) if rate.higher_is_better}


def _fairness(given: object, faults: list[str]) -> Fairness:
    row = _table("ranking", given, faults)
    faults += [f"ranking: {key}: unknown" for key in sorted(row.keys() - {"least", "bands"})]
    least, bands = row.get("least", LEAST), row.get("bands", [])
    if not _is_whole(least) or least < LEAST:
        faults.append(f"ranking: least: expected a whole number from {LEAST}")
        return Fairness()
    if not isinstance(bands, list) or not all(map(_is_whole, bands)) or bands != sorted({0, *bands})[1:]:
        faults.append("ranking: bands: expected whole numbers above 0 that grow")
        return Fairness()
    return Fairness(least, tuple(bands))


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> Fraction | None:
    """An exact number; a float's is the one that is written, not the one that is stored."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return Fraction(number) if number.is_finite() else None


def _table(where: str, given: object, faults: list[str]) -> Table:
    if isinstance(given, Mapping):
        return given
    faults.append(f"{where}: expected a table")
    return {}
