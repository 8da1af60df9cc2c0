"""A paid embedding model under a business's budget: each use of it is reserved before and settled after.

What a process that dies between the two has reserved counts as spent, as with a language model's calls (`budgets.service`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.budgets import repository as budgets
from cafe_ai.budgets.service import LEASE_SECONDS
from cafe_ai.embeddings.openai_adapter import OpenAIEmbeddings
from cafe_ai.embeddings.port import EmbeddingUnavailable
from cafe_ai.errors import Unavailable
from cafe_ai.llm.port import MAY_HAVE_BEEN_PAID
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.telemetry import log_failure

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.embeddings import EmbeddingModel


@contextmanager
def billed(
    runtime: Runtime, model: EmbeddingModel, business_id: UUID, texts: Sequence[str], deadline: Deadline
) -> Iterator[EmbeddingModel]:
    """The model, to embed these texts with for this business. One that costs nothing is handed on as it is.

    Raises EmbeddingUnavailable("out_of_budget") where the month has not as much left as the texts can cost, and Unavailable
    where PostgreSQL cannot be asked. No transaction is open while the model answers.
    """
    at_most = model.cost_at_most(texts) if isinstance(model, OpenAIEmbeddings) else Decimal(0)
    if not isinstance(model, OpenAIEmbeddings) or not at_most:
        yield model
        return
    use = uuid7()
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        held = budgets.reserve(uow, business_id, use, at_most, deadline.remaining() + LEASE_SECONDS)
    if not held:
        raise EmbeddingUnavailable("out_of_budget")
    costs: list[Decimal] = []
    try:
        yield model.metered(lambda usage: costs.append(usage.cost_usd))
    except EmbeddingUnavailable as error:
        if error.reason not in MAY_HAVE_BEEN_PAID:
            _settle(runtime, business_id, use, sum(costs, Decimal(0)))
        raise
    _settle(runtime, business_id, use, sum(costs, Decimal(0)))


def _settle(runtime: Runtime, business_id: UUID, use: UUID, usd: Decimal) -> None:
    """Where PostgreSQL is away now, what was reserved stays spent; the vectors are there and are used."""
    try:
        with runtime.database.transaction(business_id, deadline=Deadline.after(1.0)) as uow:
            budgets.settle(uow, business_id, use, usd)
    except Unavailable as error:
        log_failure("The cost of an embedding could not be settled", error)
