"""The units that a key is for."""

from pydantic import BaseModel

from adapters.api.operations import Call, get
from adapters.api.problems import missing
from bot.domain.org import Unit


class UnitBody(BaseModel):
    """A unit of the tree; ``parent`` is null at the top of what the key is for. ``commands``: as owner or supervisor."""

    id: str
    name: str
    level: str
    parent: str | None
    households: int | None
    timezone: str
    commands: bool


class UnitsBody(BaseModel):
    """The units of a key, each above its parts."""

    units: list[UnitBody]


def unit_of(call: Call) -> Unit:
    """The unit that the path names; raises ``Problem`` where there is none for this key."""
    unit = call.path["unit"]
    if unit not in call.caller.units:
        raise missing()
    return call.caller.org.units[unit]


def _body(call: Call, unit: Unit) -> UnitBody:
    return UnitBody(
        id=unit.id,
        name=unit.name,
        level=unit.level,
        parent=unit.parent if unit.parent in call.caller.units else None,
        households=unit.households,
        timezone=unit.timezone,
        commands=call.caller.commands(unit.id),
    )


@get("/v1/units", answer=UnitsBody)
def list_units(call: Call) -> UnitsBody:
    """The units that the key and its person's duties share."""
    return UnitsBody(units=[_body(call, call.caller.org.units[unit]) for unit in call.caller.units])


@get("/v1/units/{unit}", answer=UnitBody)
def show_unit(call: Call) -> UnitBody:
    """One of them."""
    return _body(call, unit_of(call))


OPERATIONS = (list_units, show_unit)
