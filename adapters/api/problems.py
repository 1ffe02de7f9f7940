"""What can't be done, as ``application/problem+json`` (RFC 9457). Nothing of the request is repeated in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from pydantic import BaseModel, ValidationError

CONTENT_TYPE = "application/problem+json"
FAULTS = 20  # that are listed of one request


class Fault(BaseModel):
    """A part of a request that does not fit: where it stands, and why."""

    where: str
    why: str


class ProblemBody(BaseModel):
    """Why a request was not done. ``code`` is for programs, ``detail`` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault]


@dataclass(frozen=True)
class Problem(Exception):
    """A request that is not done; ``headers`` go with the answer."""

    status: int
    code: str
    detail: str = ""
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The answer's JSON."""
        title = HTTPStatus(self.status).phrase
        found = ProblemBody(
            type="about:blank", title=title, status=self.status, code=self.code, detail=self.detail, errors=[*self.errors]
        )  # fmt: skip
        return found.model_dump_json()


def missing() -> Problem:
    """Not there, or of others: nobody can tell which."""
    return Problem(404, "not_found", "There is no such thing here, or it is not yours to see.")


def no_key() -> Problem:
    """No key, a wrong one, one that was revoked, or one whose person has no duty left."""
    detail = "Send a valid key: Authorization: Bearer gs_…"
    return Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})


def unfit(error: ValidationError, part: str) -> Problem:
    """What of a body, query or header does not fit its schema."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [
        Fault(where=".".join([part, *map(str, one["loc"])])[:100], why=one["msg"][:200]) for one in found[:FAULTS]
    ]
    return Problem(422, "invalid", f"The {part} does not fit the description.", faults)


def unfit_at(where: str, why: str) -> Problem:
    """One part that does not fit."""
    return Problem(422, "invalid", f"{where} does not fit the description.", [Fault(where=where, why=why)])
