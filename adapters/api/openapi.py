"""The description of all operations as OpenAPI 3.1, made from what they declare."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from adapters.api.operations import Nothing, Operation
from adapters.api.problems import CONTENT_TYPE, ProblemBody
from adapters.api.running import ONCE, ONCE_PATTERN, PART

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
TOLD = {  # status → why, for people who read the description
    400: "No HTTP request that can be read.",
    401: "No key, or one that is good for nothing (any more).",
    403: "The key's scope is too small.",
    404: "Not there, or not yours to see.",
    409: "Understood and refused: `detail` says why in words; or the mark was used for something else.",
    413: "The body is too large.",
    415: "Not application/json.",
    422: "Does not fit this description; `errors` says where.",
    429: "Too many requests; `Retry-After` says for how many seconds to wait.",
}
ALWAYS, SENT = (400, 401, 403, 404, 422, 429), (409, 413, 415)


def describe(operations: Sequence[Operation]) -> Json:
    """The whole description."""
    answers: dict[type[BaseModel], None] = dict.fromkeys([ProblemBody, *(one.answer for one in operations)])
    bodies = dict.fromkeys(one.body for one in operations if one.method == "POST")
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in bodies]
    modes += [(model, "serialization") for model in answers]
    refs, schemas = models_json_schema(modes, ref_template=REF)
    paths: dict[str, Json] = {}
    for one in operations:
        paths.setdefault(f"/api{one.path}", {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "GridSteward", "version": "1", "description": "See docs/api.md."},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas["$defs"],
        },
    }


def _operation(one: Operation, refs: Mapping[Any, Json]) -> Json:
    problem = {"content": {CONTENT_TYPE: {"schema": refs[ProblemBody, "serialization"]}}}
    statuses = sorted({*ALWAYS, *(SENT if one.method == "POST" else ())})
    done = {"description": "Done.", "content": {"application/json": {"schema": refs[one.answer, "serialization"]}}}
    found: Json = {
        "operationId": one.name,
        "description": f"{one.about}\n\nScope: {one.scope}.",
        "parameters": list(_parameters(one)),
        "responses": {"200": done, **{str(code): {"description": TOLD[code], **problem} for code in statuses}},
    }
    if one.method == "POST":
        content = {"application/json": {"schema": refs[one.body, "validation"]}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(one: Operation) -> Iterable[Json]:
    for hole in one.holes:
        schema = {"type": "string", "minLength": 1, "maxLength": PART}
        yield {"name": hole, "in": "path", "required": True, "schema": schema}
    yield from _of_query(one.query)
    if one.method == "POST":
        schema = {"type": "string", "pattern": ONCE_PATTERN}
        yield {"name": ONCE, "in": "header", "required": True, "schema": schema}


def _of_query(model: type[BaseModel]) -> Iterable[Json]:
    if model is Nothing:
        return
    schema = model.model_json_schema()
    for name, given in schema["properties"].items():
        choices = [choice for choice in given.get("anyOf", ()) if choice != {"type": "null"}]
        fitting = {**choices[0]} if choices else {k: v for k, v in given.items() if k not in {"title", "default"}}
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": fitting}
