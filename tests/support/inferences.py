"""Inferences and turns for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn
from cafe_ai.platform.ids import uuid7

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def an_inference(user_id: UUID | None = None, business_id: UUID | None = None, **changes: Any) -> Inference:
    """A successful inference with every column filled."""
    columns: dict[str, Any] = {
        "id": uuid7(),
        "user_id": user_id,
        "business_id": business_id,
        "model_name": "gpt-6-luna",
        "prompt": "¿Cuánto vendimos?",
        "response": "Vendiste 1.234,56 €.",
        "endpoint": "/api/v1/ai/query",
        "status": "success",
        "response_time_ms": 890,
        "timestamp": MOMENT,
        "prompt_tokens": 400,
        "completion_tokens": 50,
        "tokens_used": 450,
        "cost_usd": Decimal("0.000065"),
        "prompt_version": "plan-1",
        "request_id": "request-1",
        "plan": {"metrics": ["net_sales"]},
        "facts_hash": "ab" * 32,
        "doubtful_usd": Decimal(0),
        "reserved_usd": Decimal("0.0002"),
        "conversation_id": uuid7(),
        "variants": {"prose-opening": "prose.v2"},
    }
    return Inference(**{**columns, **changes})


def a_turn(inference: Inference, **changes: Any) -> Turn:
    """The conversation's turn of that inference."""
    assert inference.user_id is not None
    assert inference.business_id is not None
    columns: dict[str, Any] = {
        "id": inference.conversation_id or uuid7(),
        "user_id": inference.user_id,
        "business_id": inference.business_id,
        "follows_id": None,
        "assistant_type": "SALES_ANALYSIS",
        "locale": "es",
        "prompt": inference.prompt,
        "response": inference.response,
        "plan": inference.plan,
        "tokens_used": inference.tokens_used,
        "response_time_ms": inference.response_time_ms,
        "created_at": inference.timestamp,
    }
    return Turn(**{**columns, **changes})
