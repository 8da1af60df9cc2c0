"""The SQL of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from cafe_ai.audit.model import Inference

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

# The spending belongs to the row: where the row is there already, its cost has been counted.
INSERT_INFERENCE_AND_SPEND = """
WITH audited AS (
    INSERT INTO ai_audit_logs (id, user_id, business_id, model_name, prompt, response, prompt_tokens, completion_tokens,
                               tokens_used, cost_usd, response_time_ms, endpoint, status, error_message, prompt_version,
                               request_id, plan, facts_hash, degraded, doubtful_usd, reserved_usd, conversation_id, variants,
                               "timestamp")
    VALUES (%(id)s, %(user_id)s, %(business_id)s, %(model_name)s, %(prompt)s, %(response)s, %(prompt_tokens)s,
            %(completion_tokens)s, %(tokens_used)s, %(cost_usd)s, %(response_time_ms)s, %(endpoint)s, %(status)s,
            %(error_message)s, %(prompt_version)s, %(request_id)s, %(plan)s, %(facts_hash)s, %(degraded)s,
            %(doubtful_usd)s, %(reserved_usd)s, %(conversation_id)s, %(variants)s, %(timestamp)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, business_id, cost_usd + doubtful_usd AS usd, reserved_usd, "timestamp"
)
SELECT budget_settle(business_id, id, usd, "timestamp")
  FROM audited
 WHERE business_id IS NOT NULL AND (usd > 0 OR reserved_usd > 0)
"""


def insert(uow: UnitOfWork, inference: Inference) -> None:
    """Writes the inference and settles its cost in the business's budget, both only once.

    The month (UTC) is that of its reservation, or of its timestamp where nothing was reserved.
    """
    columns = {name: getattr(inference, name) for name in Inference.__slots__}
    documents = {name: columns[name] and Jsonb(columns[name]) for name in ("plan", "variants")}
    uow.connection.execute(INSERT_INFERENCE_AND_SPEND, columns | documents)
