"""A judge of our own description: whatever it makes of it, nothing breaks, and every answer is a described one."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.adapters.api.asking import Api
from tests.adapters.api.test_tickets import told

schemathesis = pytest.importorskip("schemathesis")
CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXAMPLES = 20  # of each operation
Seen = Counter[tuple[str, int]]  # operation and status


def wanted() -> list[Any]:
    """What is looked at in every answer."""
    general = pytest.importorskip("schemathesis.checks")
    special = pytest.importorskip("schemathesis.specs.openapi.checks")
    return [general.not_a_server_error, *(getattr(special, name) for name in CHECKS)]


def judged(url: str, key: str, known: dict[str, str], seen: Seen) -> Iterator[str]:
    """What is wrong, operation by operation; each example once as it was made, and once for a unit and a ticket that are there."""
    checks, headers = wanted(), {"Authorization": f"Bearer {key}"}

    def judge(operation: Any) -> None:
        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def hold(case: Any) -> None:
            for parts in (case.path_parameters, {name: known.get(name, "x") for name in case.path_parameters}):
                case.path_parameters = parts
                response = case.call(headers=headers)
                seen[operation.label, response.status_code] += 1
                case.validate_response(response, checks=checks)

        hold()

    for found in schemathesis.openapi.from_url(f"{url}/api/openapi.json").get_all_operations():
        operation = found.ok()
        try:
            judge(operation)
        except Exception as error:
            yield f"{operation.label}: {error}"


@pytest.mark.timeout(600)
async def test_nothing_breaks_and_every_answer_is_described(api: Api) -> None:
    key, seen = await api.key("li", scope="admin"), Counter()  # type: ignore[var-annotated]
    made = await api.post("/v1/webhooks", key, {"unit": "court", "url": "https://desk.example.com/in"})
    known = {"unit": "court", "ticket": (await told(api)).public_id, "webhook": made.json["id"]}
    url = str(api.browser.make_url("")).rstrip("/")
    faults = await asyncio.to_thread(lambda: list(judged(url, key, known, seen)))  # the server goes on in this loop
    assert not faults, "\n\n".join(faults)
    labels, reached = {label for label, _ in seen}, {label for label, status in seen if status in {200, 409}}
    reading = {one for one in labels if one.startswith("GET") and {*re.findall(r"\{(\w+)\}", one)} <= {*known}}
    assert reading | {"POST /api/v1/tickets/{ticket}/actions"} <= reached, "the code behind it was never reached"
    assert all(sum(n for (one, _), n in seen.items() if one == label) >= EXAMPLES / 2 for label in labels)
