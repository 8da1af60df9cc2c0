"""Every way to forge a token, or to send one wrongly, against every operation of the API's document: 401, and nothing more.

The function alone decides here, as if API Gateway had let everything through. There is no public operation: `/health` and
`/capabilities` want a token like all others, because health tells what the service depends on, and capabilities which models and
limits it has (SPEC, section 1: the gateway's authorizer is the default of every route).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.settings import Settings
from cafe_ai.tenancy.tokens import Identity, SigningKeys, verify
from infra.local.layout import PROJECT
from tests.support.edge import FakeQueue
from tests.support.forgeries import ALL, Forger
from tests.support.gateway import Answer, Handler, call, http_event
from tests.support.issuer import AUDIENCE, Issuer, running_issuer
from tests.support.minimal_requests import Request, right_requests
from tests.support.whole_api import handlers

DOCUMENT = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
REQUESTS = right_requests(DOCUMENT)
PUBLIC: set[str] = set()  # the operations that need no token: none
USER = UUID("0de50000-0000-7000-8000-000000000001")


class Untouched:
    """In the database's place: counts who comes this far, and lets nobody further."""

    def __init__(self) -> None:
        self.reached = 0

    def __getattr__(self, name: str) -> Any:
        self.reached += 1
        raise DependencyDown("database")


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def database() -> Untouched:
    return Untouched()


@pytest.fixture(scope="module", autouse=True)
def runtime(issuer: Issuer, database: Untouched) -> Iterator[Runtime]:
    built = Runtime.of(
        Settings(jwt_issuer=issuer.url, jwt_audience=AUDIENCE, log_level="CRITICAL"),
        database=database,
        keys=SigningKeys(issuer.url + "/.well-known/jwks.json"),
        audit_queue=FakeQueue(),
        index_queue=FakeQueue(),
        language_model=None,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "build", lambda: built)
        bootstrap.runtime.cache_clear()
        yield built
        bootstrap.runtime.cache_clear()


@pytest.fixture(scope="module")
def forger(issuer: Issuer) -> Forger:
    ((kid, key),) = issuer.keys.items()
    return Forger(issuer.url, AUDIENCE, kid, key, USER)


@pytest.fixture(scope="module")
def forged(forger: Forger) -> dict[str, str | None]:
    """The Authorization header of each forgery."""
    return {name: forge(forger) for name, forge in ALL.items()}


@pytest.fixture(scope="module")
def functions() -> dict[str, Handler]:
    return handlers(DOCUMENT)


def send(handler: Handler, request: Request, authorization: str | None) -> Answer:
    headers = {} if authorization is None else {"authorization": authorization}
    return call(
        handler,
        http_event(request.path, request.body, method=request.method, query=request.query, headers=headers),
    )


def test_there_are_enough_forgeries_and_no_operation_is_public() -> None:
    assert len(ALL) >= 30
    assert {request.operation for request in REQUESTS} - PUBLIC == {request.operation for request in REQUESTS}
    assert len(REQUESTS) == sum(len(methods) for methods in DOCUMENT["paths"].values())


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.label)
def test_no_forged_token_is_let_in(
    functions: dict[str, Handler],
    forger: Forger,
    forged: dict[str, str | None],
    database: Untouched,
    request_: Request,
) -> None:
    handler, good = functions[request_.operation], f"Bearer {forger.good}"
    for name, authorization in forged.items():
        reached = database.reached
        answer = send(handler, request_, authorization)
        assert answer.status == 401, name
        assert answer.headers["content-type"] == "application/problem+json", name
        assert answer.headers["www-authenticate"] == "Bearer", name
        assert answer.body["detail"] == "A valid bearer token is required.", name  # the same for all
        assert "ratelimit" not in answer.headers, name
        assert database.reached == reached, f"{name}: the database was asked"
        control = send(handler, request_, good)
        assert control.status != 401, name
        assert control.status == 503 or request_.operation in ("expose_metrics", "report_health"), control.text
        assert database.reached > reached, f"{name}: the good token does not come so far"


@pytest.mark.parametrize("claim", ["true", "True", "1", "yes", 1, [True], {"operator": True}, None, False], ids=repr)
def test_only_true_makes_an_operator(forger: Forger, runtime: Runtime, claim: object) -> None:
    assert identity(forger.signed({"operator": claim}), runtime).operator is False
    assert identity(forger.signed({"operator": True}), runtime).operator is True


HARMLESS: dict[str, dict[str, Any]] = {
    "several audiences": {"aud": ["another", AUDIENCE]},
    "fractions of seconds": {"exp": time.time() + 86_400.5, "iat": time.time() - 0.5},
    "a clock that is a little ahead": {"iat": int(time.time()) + 30},
    "claims of its own": {"scope": "openid", "email_verified": True},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_issuers_do_is_let_in(forger: Forger, runtime: Runtime, name: str) -> None:
    assert identity(forger.signed(HARMLESS[name]), runtime).user_id == USER


def identity(token: str, runtime: Runtime) -> Identity:
    issuer = runtime.settings.require("jwt_issuer")
    return verify(token, runtime.keys, issuer=issuer, audience=AUDIENCE, deadline=Deadline.after(10))
