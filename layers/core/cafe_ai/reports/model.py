"""The sales report: the analysis of a period with what else belongs beside it. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cafe_ai.customers.model import SegmentLine
from cafe_ai.sales_analysis.model import Analysis

Part = Literal["sales", "products", "customers", "stock", "forecast"]
Format = Literal["html", "pdf", "csv", "json"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """A product to promote, with the reason in words."""

    product: str
    reason: str


@dataclass(frozen=True, slots=True)
class StockLine:
    """A product whose stock is known. days_left is at the pace of the last weeks; None where it does not sell."""

    product: str
    stock: Decimal
    daily_units: Decimal
    days_left: Decimal | None
    lead_time_days: int | None
    order_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """Net sales or units expected on a day, with the interval that holds it in 80 of 100 cases."""

    day: date
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class SalesForecast:
    """The coming days. unit is "money" or "count"; error_percent is the backtest's mean absolute error of a day."""

    unit: Literal["money", "count"]
    days: tuple[ForecastDay, ...]
    error_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SalesReport:
    """All that a report holds; a part that could not be had is empty, and `missing` says which.

    summary is the checked prose. locale, currency and timezone are the business's.
    """

    job_id: UUID
    business_name: str
    business_type: str
    locale: Literal["es", "en"]
    currency: str
    timezone: str
    created_at: datetime
    summary: str
    analysis: Analysis
    promotions: tuple[Promotion, ...] = ()
    segments: tuple[SegmentLine, ...] = ()
    stock: tuple[StockLine, ...] = ()
    forecast: SalesForecast | None = None
    missing: tuple[Part, ...] = ()
    model_name: str = "rules"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report's files by format, each whole."""

    files: Mapping[Format, bytes] = field(default_factory=dict)
