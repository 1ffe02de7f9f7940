"""An operation: what it is called by, what goes in, what comes out. Declared once beside its code, for routing and for OpenAPI.

    @get("/v1/units/{unit}", answer=UnitBody)
    def unit(call: Call) -> UnitBody:
        ...

An operation runs on the storage thread in one transaction. What it raises as ``Problem`` is its answer, and what it wrote
before that is kept: so it checks first and writes then.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

from adapters.api.deps import ApiDeps
from bot.ports import UnitOfWork
from bot.usecases.keys import Caller

M = TypeVar("M", bound=BaseModel)
YEARS = range(2000, 3000)
_HOLE = re.compile(r"\{(\w+)\}")


def _usual(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"a day from {YEARS[0]} to {YEARS[-1]}")
    return day


Day = Annotated[date, AfterValidator(_usual)]  # periods are reckoned from it: not from the ends of the calendar


class Strict(BaseModel):
    """What comes in: no other fields, and no guessing at types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Nothing(Strict):
    """Takes no parameters."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request with who asks and the transaction that it runs in. ``path`` holds the parts of the address by name."""

    deps: ApiDeps
    uow: UnitOfWork
    caller: Caller
    path: Mapping[str, str]
    given_query: BaseModel
    given_body: BaseModel

    def query(self, model: type[M]) -> M:
        """The query, as the model that the operation has declared."""
        return _as(model, self.given_query)

    def body(self, model: type[M]) -> M:
        """The body, as the model that the operation has declared."""
        return _as(model, self.given_body)


def _as(model: type[M], given: BaseModel) -> M:
    if not isinstance(given, model):
        raise TypeError(f"the operation declares no {model.__name__}")
    return given


Run = Callable[[Call], BaseModel]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path below /api, the least scope of a key, the models of what goes in and out, and what it does."""

    method: str
    path: str
    scope: str
    query: type[BaseModel]
    body: type[BaseModel]
    answer: type[BaseModel]
    run: Run

    @property
    def name(self) -> str:
        """Its id in the description."""
        return self.run.__name__

    @property
    def about(self) -> str:
        """What it does, in a sentence."""
        return (self.run.__doc__ or "").strip()

    @property
    def holes(self) -> list[str]:
        """The parts of the path that a request fills."""
        return _HOLE.findall(self.path)


def get(
    path: str, *, answer: type[BaseModel], query: type[BaseModel] = Nothing, scope: str = "read"
) -> Callable[[Run], Operation]:
    """Declare an operation that only reads."""
    return lambda run: Operation("GET", path, scope, query, Nothing, answer, run)


def post(
    path: str, *, answer: type[BaseModel], body: type[BaseModel] = Nothing, scope: str = "act"
) -> Callable[[Run], Operation]:
    """Declare an operation that does something; its requests carry an Idempotency-Key."""
    return lambda run: Operation("POST", path, scope, Nothing, body, answer, run)


def delete(path: str, *, answer: type[BaseModel], scope: str = "admin") -> Callable[[Run], Operation]:
    """Declare an operation that takes something away: done twice it is done once."""
    return lambda run: Operation("DELETE", path, scope, Nothing, Nothing, answer, run)
