"""Cognito, before it signs a token: members of the group `operators` are given the claim `operator`."""

from typing import Any

from cafe_ai.tenancy.claims import with_operator_claim


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers a pre token generation event (version 2) with itself and its response."""
    return with_operator_claim(event)
