"""Every operation of the API's document with hundreds of requests, right ones and wrong ones (schemathesis).

`make fuzz` sends at least 500 to each and says how many; among the other tests there are fewer, and always the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.specs.openapi import checks

from infra.api_docs.document import Document
from infra.local.layout import PROJECT
from tests.contract.conftest import CASES, RANDOM
from tests.support.aiming import aim
from tests.support.on_the_wire import Wire
from tests.support.whole_api import ADDRESS, WholeApi

DOCUMENT = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
# Right by the schema and refused all the same: what no schema tells of these fields. Anything else is a fault of the document.
BEYOND_SCHEMAS = {
    # a range has two ends, is no period; 31 February; the key of another job
    "analyse_sales": {"period", "from", "to", "as_of", "Idempotency-Key"},
    "answer_query": {"as_of"},
    "recommend": {"as_of"},
    "suggest_products": {"as_of"},
    "start_job": {
        "params.from",
        "params.to",
        "params.period",
        "params.as_of",
        "Idempotency-Key",
    },  # the key of another job
    "put_document": {"metadata"},  # its size as a whole
}

WIRE = Wire(DOCUMENT)


def without_tokens(document: Document) -> Document:
    """The document as far as schemathesis should vary it: not the tokens, which have a test of their own, but where there is
    nothing else to vary."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if "parameters" in operation or "requestBody" in operation:
                operation["security"] = []
    return document


schema = schemathesis.openapi.from_dict(without_tokens(deepcopy(DOCUMENT)))


def wrong_is_refused(context: CheckContext, response: Response, case: Case) -> bool | None:
    """As schemathesis's own check, of what is wrong also as it was sent."""
    try:
        return checks.negative_data_rejection(context, response, case)
    except AcceptedNegativeData:
        if WIRE.allows(response.request):
            return None
        raise


def right_is_accepted(context: CheckContext, response: Response, case: Case) -> bool | None:
    """As schemathesis's own check, but for what is beyond schemas."""
    if response.status_code == 422:
        refused = {error["field"] for error in response.json()["errors"]}
        if refused <= BEYOND_SCHEMAS.get(str(case.operation.definition.raw["operationId"]), set()):
            return None
    return checks.positive_data_acceptance(context, response, case)


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    wrong_is_refused,
    checks.unsupported_method,
    right_is_accepted,
]


@pytest.fixture(scope="module")
def client(api: WholeApi) -> Iterator[requests.Session]:
    """A client whose requests come to the functions in this process."""
    with api.session() as session:
        yield session


@pytest.fixture
def sent(request: pytest.FixtureRequest) -> Iterator[Counter[int]]:
    """What was sent to one operation, by the answer's status; it is as much as was asked for, and some of it succeeded."""
    counted: Counter[int] = Counter()
    yield counted
    request.node.user_properties.append(("fuzzed", (request.node.name, dict(counted))))
    assert counted.total() >= CASES
    assert any(200 <= status < 300 for status in counted)


@schema.parametrize()
@settings(
    max_examples=CASES,
    derandomize=not RANDOM,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_is_declared(
    case: Case, api: WholeApi, client: requests.Session, sent: Counter[int]
) -> None:
    role = aim(case, api)
    response = case.call(session=client, base_url=ADDRESS, headers={"Authorization": f"Bearer {api.token(role)}"})
    sent[response.status_code] += 1
    case.validate_response(response, checks=CHECKS)
