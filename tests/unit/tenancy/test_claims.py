"""What Cognito is told to put into a token."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

handler = import_module("functions.workers.token_claims.handler").handler


def event(groups: list[str] | None) -> dict[str, Any]:
    """A pre token generation event, as Cognito's guide shows it (version 2)."""
    return {
        "version": "2",
        "triggerSource": "TokenGeneration_HostedAuth",
        "userPoolId": "eu-west-1_example",
        "userName": "1f2e3d4c-0000-4000-8000-000000000001",
        "request": {
            "userAttributes": {"sub": "1f2e3d4c-0000-4000-8000-000000000001", "custom:operator": "true"},
            "groupConfiguration": {"groupsToOverride": groups, "iamRolesToOverride": [], "preferredRole": None},
            "scopes": ["openid", "email"],
        },
        "response": {"claimsAndScopeOverrideDetails": None},
    }


def id_token_changes(answer: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = answer["response"]["claimsAndScopeOverrideDetails"]["idTokenGeneration"]
    return changes


def test_an_operator_is_given_the_claim_as_true_and_not_as_text() -> None:
    changes = id_token_changes(handler(event(["shops", "operators"]), None))
    assert changes == {"claimsToAddOrOverride": {"operator": True}}
    assert changes["claimsToAddOrOverride"]["operator"] is True


@pytest.mark.parametrize("groups", [None, [], ["operator"], ["Operators"], ["operators-of-another-pool"]])
def test_nobody_else_carries_the_claim(groups: list[str] | None) -> None:
    assert id_token_changes(handler(event(groups), None)) == {"claimsToSuppress": ["operator"]}


def test_cognito_gets_its_event_back() -> None:
    asked = event(["operators"])
    answer = handler(asked, None)
    assert {**answer, "response": None} == {**asked, "response": None}
