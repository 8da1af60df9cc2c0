"""What our own issuer, a Cognito user pool, says in its tokens beside who the user is (infra/identity.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OPERATORS = "operators"  # the group of the user pool
OPERATOR_CLAIM = "operator"  # as `tokens.verify` reads it: JSON's true, no text


def with_operator_claim(event: Mapping[str, Any]) -> dict[str, Any]:
    """A pre token generation event (version 2) with its response: `operator`, true, in the ID token of a member of the
    group, and in nobody else's."""
    groups = event["request"]["groupConfiguration"].get("groupsToOverride") or ()
    claims = (
        {"claimsToAddOrOverride": {OPERATOR_CLAIM: True}}
        if OPERATORS in groups
        else {"claimsToSuppress": [OPERATOR_CLAIM]}
    )
    return {**event, "response": {"claimsAndScopeOverrideDetails": {"idTokenGeneration": claims}}}
