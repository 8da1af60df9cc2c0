"""POST /sales-analysis on the wire. Figures are JSON numbers, null where they are not known; a percentage is 31.2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cafe_ai.analytics.model import Gap, Metric, Unit
from cafe_ai.assistants.schemas import FactBody, PeriodBody
from cafe_ai.parameters import Day, Moment
from cafe_ai.sales_analysis.model import (
    Analysis,
    AnalysisAnswer,
    Anomaly,
    DayPoint,
    DriverName,
    Drivers,
    Figure,
    Preset,
    Row,
    Slot,
    Span,
)
from cafe_ai.sales_analysis.span import check_span

Number = int | float


class AnalysisParameters(BaseModel):
    """The query string. Unknown parameters are refused: a misspelt option, silently ignored, would analyse something else.

    period is the last whole day, week, month, quarter or year (monthly where nothing is said); from and to, both included,
    stand in its place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_id: UUID
    period: Preset | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    async_mode: bool = False
    locale: Literal["es", "en"] | None = None
    as_of: Moment | None = None

    def span(self) -> Span:
        """As the analysis takes it. Raises InvalidRequest naming the parameter that does not go with the others."""
        ranged = self.from_ is not None or self.to is not None
        span = Span(self.period if ranged else self.period or "monthly", self.from_, self.to, self.as_of)
        check_span(span)
        return span

    def job_params(self) -> dict[str, Any]:
        """As the job of the same analysis takes it: only what was said."""
        asked = {"period": self.period, "from": self.from_, "to": self.to, "locale": self.locale, "as_of": self.as_of}
        return {name: value for name, value in asked.items() if value is not None}


class FigureBody(BaseModel):
    """A metric beside the previous period's and last year's; difference and change are against the previous period."""

    value: Number | None
    previous: Number | None
    difference: Number | None
    change_percent: Number | None
    last_year: Number | None
    last_year_difference: Number | None
    last_year_change_percent: Number | None
    unit: Unit

    @classmethod
    def of(cls, figure: Figure) -> FigureBody:
        """A figure as JSON has it."""
        return cls(
            value=number(figure.value),
            previous=number(figure.previous),
            difference=number(figure.difference),
            change_percent=number(figure.change_percent),
            last_year=number(figure.last_year),
            last_year_difference=number(figure.last_year_difference),
            last_year_change_percent=number(figure.last_year_change_percent),
            unit=figure.unit,
        )


class DayBody(BaseModel):
    """A business day; expected, low and high are what its weekday and the season made likely."""

    date: date
    net_sales: Number | None
    orders: int
    units: Number
    expected: Number | None
    low: Number | None
    high: Number | None

    @classmethod
    def of(cls, point: DayPoint, *, priced: bool) -> DayBody:
        """A day as JSON has it."""
        return cls(
            date=point.day,
            net_sales=number(point.net_sales) if priced else None,
            orders=point.orders,
            units=exact(point.units),
            expected=number(point.expected),
            low=number(point.low),
            high=number(point.high),
        )


class RowBody(BaseModel):
    """A product or a category."""

    id: UUID | None
    name: str
    net_sales: Number | None
    units: Number
    share_percent: Number | None
    previous: Number | None
    difference: Number | None
    change_percent: Number | None

    @classmethod
    def of(cls, row: Row, *, priced: bool) -> RowBody:
        """A row as JSON has it."""
        return cls(
            id=row.product_id,
            name=row.name,
            net_sales=number(row.net_sales) if priced else None,
            units=exact(row.units),
            share_percent=number(row.share_percent),
            previous=number(row.previous),
            difference=number(row.difference),
            change_percent=number(row.change_percent),
        )


class SlotBody(BaseModel):
    """An hour ("09:00") or a weekday ("monday"); average is its net sales per such day (per day, for an hour)."""

    key: str
    net_sales: Number | None
    orders: int
    average: Number | None

    @classmethod
    def of(cls, slot: Slot, *, priced: bool) -> SlotBody:
        """A slot as JSON has it."""
        return cls(
            key=slot.key,
            net_sales=number(slot.net_sales) if priced else None,
            orders=slot.orders,
            average=number(slot.average) if priced else None,
        )


class CustomersBody(BaseModel):
    """The period's customers; all null where the orders do not record who bought."""

    total: FigureBody | None
    new: FigureBody | None
    returning: FigureBody | None
    repeat_rate: FigureBody | None


class ContributionBody(BaseModel):
    """How much of the change a product brings, and by what the most of it."""

    product: str
    driver: DriverName
    amount: Number


class DriversBody(BaseModel):
    """Why net sales changed; the six parts add up to the change to the cent."""

    change: Number
    price: Number
    volume: Number
    mix: Number
    new_products: Number
    vanished_products: Number
    rest: Number
    contributions: list[ContributionBody]

    @classmethod
    def of(cls, drivers: Drivers) -> DriversBody:
        """The drivers as JSON has them."""
        return cls(
            change=exact(drivers.change),
            contributions=[
                ContributionBody(product=each.product, driver=each.driver, amount=exact(each.amount))
                for each in drivers.contributions
            ],
            **{part.name: exact(part.amount) for part in drivers.parts},
        )


class AnomalyBody(BaseModel):
    """A day outside what was likely."""

    date: date
    net_sales: Number
    expected: Number
    low: Number
    high: Number
    deviation: Number

    @classmethod
    def of(cls, found: Anomaly) -> AnomalyBody:
        """An unusual day as JSON has it."""
        return cls(
            date=found.day,
            net_sales=exact(found.net_sales),
            expected=exact(found.expected),
            low=exact(found.low),
            high=exact(found.high),
            deviation=exact(found.deviation),
        )


class AnalysisBody(BaseModel):
    """The analysis of a period. compared_with and last_year are null where the records do not cover them."""

    currency: str
    locale: str
    period: PeriodBody
    compared_with: PeriodBody | None
    last_year: PeriodBody | None
    revenue: FigureBody
    orders: FigureBody
    units: FigureBody
    average_ticket: FigureBody
    returns: FigureBody
    margin: FigureBody
    margin_rate: FigureBody
    margin_coverage_percent: Number | None
    series: list[DayBody]
    best_products: list[RowBody]
    worst_products: list[RowBody]
    best_categories: list[RowBody]
    worst_categories: list[RowBody]
    hours: list[SlotBody]
    weekdays: list[SlotBody]
    customers: CustomersBody
    drivers: DriversBody | None
    anomalies: list[AnomalyBody]
    gaps: list[Gap]

    @classmethod
    def of(cls, analysis: Analysis) -> AnalysisBody:
        """An analysis as JSON has it (`model_dump(mode="json", by_alias=True)`)."""
        priced = "no_prices" not in analysis.gaps

        def figure(metric: Metric) -> FigureBody | None:
            found = analysis.figure(metric)
            return FigureBody.of(found) if found else None

        headline = {
            "revenue": Metric.NET_SALES,
            **{metric.value: metric for metric in (Metric.ORDERS, Metric.UNITS, Metric.AVERAGE_TICKET)},
            **{metric.value: metric for metric in (Metric.RETURNS, Metric.MARGIN, Metric.MARGIN_RATE)},
        }
        return cls(
            currency=analysis.currency,
            locale=analysis.locale,
            period=PeriodBody.of(analysis.period),
            compared_with=PeriodBody.of(analysis.previous) if analysis.previous else None,
            last_year=PeriodBody.of(analysis.last_year) if analysis.last_year else None,
            **{name: figure(metric) for name, metric in headline.items()},  # type: ignore[arg-type]
            margin_coverage_percent=number(analysis.margin_coverage),
            series=[DayBody.of(point, priced=priced) for point in analysis.days],
            best_products=[RowBody.of(row, priced=priced) for row in analysis.products_best],
            worst_products=[RowBody.of(row, priced=priced) for row in analysis.products_worst],
            best_categories=[RowBody.of(row, priced=priced) for row in analysis.categories_best],
            worst_categories=[RowBody.of(row, priced=priced) for row in analysis.categories_worst],
            hours=[SlotBody.of(slot, priced=priced) for slot in analysis.hours],
            weekdays=[SlotBody.of(slot, priced=priced) for slot in analysis.weekdays],
            customers=CustomersBody(
                total=figure(Metric.CUSTOMERS),
                new=figure(Metric.NEW_CUSTOMERS),
                returning=figure(Metric.RETURNING_CUSTOMERS),
                repeat_rate=figure(Metric.REPEAT_RATE),
            ),
            drivers=DriversBody.of(analysis.drivers) if analysis.drivers else None,
            anomalies=[AnomalyBody.of(found) for found in analysis.anomalies],
            gaps=list(analysis.gaps),
        )


class AnalysisResponse(BaseModel):
    """An analysis, what it says, and what it cost."""

    business_id: UUID
    analysis: AnalysisBody
    insights: list[str]
    recommendations: list[str]
    summary: str
    response: str
    conversation_id: UUID | None
    facts: list[FactBody]
    model_name: str
    degraded: bool
    cost_usd: float
    tokens_used: int
    verified: bool
    response_time_ms: int
    budget_left_usd: float | None

    @classmethod
    def of(cls, answer: AnalysisAnswer) -> AnalysisResponse:
        """The answer as JSON has it. response is the summary, under the name that /query gives its text."""
        analysis = answer.analysis
        return cls(
            business_id=answer.business_id,
            analysis=AnalysisBody.of(analysis),
            insights=[finding.text for finding in analysis.insights],
            recommendations=[finding.text for finding in analysis.recommendations],
            summary=answer.text,
            response=answer.text,
            conversation_id=answer.conversation_id,
            facts=[FactBody.of(fact) for fact in analysis.facts],
            model_name=answer.model_name,
            degraded=answer.degraded,
            cost_usd=float(answer.cost_usd),
            tokens_used=answer.tokens_used,
            verified=answer.verified,
            response_time_ms=answer.response_time_ms,
            budget_left_usd=None if answer.budget_left_usd is None else float(answer.budget_left_usd),
        )


def number(value: Decimal | None) -> Number | None:
    """A figure as JSON has it; null where it is not known."""
    return None if value is None else exact(value)


def exact(value: Decimal) -> Number:
    """A whole number without its point."""
    return int(value) if value == value.to_integral_value() else float(value)
