"""The audit of every inference. `log_ai_inference` and `AIAuditContext` are loaded when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cafe_ai.audit.log import AIAuditContext, log_ai_inference

__all__ = ["AIAuditContext", "log_ai_inference"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from cafe_ai.audit import log

        return getattr(log, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
