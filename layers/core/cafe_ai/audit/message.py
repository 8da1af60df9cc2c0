"""An inference and its turn as one message, for the audit queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn

Record = tuple[Inference, Turn | None]

AMOUNTS = ("cost_usd", "doubtful_usd", "reserved_usd")


def encode(inference: Inference, turn: Turn | None) -> str:
    """The message's JSON, in ASCII: SQS refuses some characters that a text may hold.

    What the turn has in common with the inference (the texts above all) is written once, which keeps the longest texts
    in the costliest characters (12 bytes each) within 180 KB of SQS's 256.
    """
    columns = {name: getattr(inference, name) for name in Inference.__slots__}
    own = turn and {
        name: getattr(turn, name)
        for name in Turn.__slots__
        if name not in columns or columns[name] != getattr(turn, name)
    }
    return json.dumps({"inference": columns, "turn": own}, default=str, separators=(",", ":"))


def decode(body: str) -> Record:
    """The message that `encode` wrote, also an earlier or later version of it: what it lacks has its default.

    Raises ValueError, KeyError or TypeError where it is no such message.
    """
    message = json.loads(body)
    columns = message["inference"]
    own = message["turn"]
    if own is None:
        return _inference(columns), None
    turn = _turn({name: own.get(name, columns.get(name)) for name in Turn.__slots__})
    return _inference({"conversation_id": str(turn.id), **columns}), turn


def _inference(columns: Mapping[str, Any]) -> Inference:
    typed = {
        "id": UUID(columns["id"]),
        "user_id": _uuid(columns["user_id"]),
        "business_id": _uuid(columns["business_id"]),
        "conversation_id": _uuid(columns.get("conversation_id")),
        **{name: Decimal(columns[name]) for name in AMOUNTS if name in columns},
        "timestamp": datetime.fromisoformat(columns["timestamp"]),
    }
    known = {name: value for name, value in columns.items() if name in Inference.__slots__}
    return Inference(**{**known, **typed})


def _turn(columns: Mapping[str, Any]) -> Turn:
    typed = {
        "id": UUID(columns["id"]),
        "user_id": UUID(columns["user_id"]),
        "business_id": UUID(columns["business_id"]),
        "follows_id": _uuid(columns["follows_id"]),
        "created_at": datetime.fromisoformat(columns["created_at"]),
    }
    return Turn(**{**columns, **typed})


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
