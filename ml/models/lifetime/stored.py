"""What the models know of customers, from the feature store: parameters are estimated on the same rows that serve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from cafe_ai.customers.model import Buyer
from cafe_ai.platform.db import UnitOfWork
from ml.pipelines import feature_store
from ml.pipelines.feature_sets import CUSTOMERS


class StoredBuyers:
    """A port.BuyerStore on ml/pipelines/feature_store."""

    def buyers(self, uow: UnitOfWork, business_id: UUID, moment: datetime) -> Mapping[UUID, Buyer]:
        """Brings the customers' rows up to the moment, then reads the latest at or before it."""
        if not feature_store.refresh(uow, business_id, moment, (CUSTOMERS,)).claimed:
            return {}
        return {
            row.entity_id: Buyer(row.entity_id, int(frequency), int(recency), int(age), value or 0.0)
            for row in feature_store.as_of(uow, business_id, CUSTOMERS, None, moment)
            for frequency, recency, age, value in [
                [row.values[name] for name in ("frequency", "recency", "T", "monetary_value")]
            ]
            if frequency is not None and recency is not None and age is not None
        }
