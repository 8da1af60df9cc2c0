"""The result of analyze_customer_behavior as JSON has it: money and percentages as numbers, dates as ISO text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cafe_ai.analytics.metrics import round_half_up
from cafe_ai.analytics.model import Period
from cafe_ai.assistants.model import Statement
from cafe_ai.assistants.schemas import FactBody, PeriodBody
from cafe_ai.customers.model import (
    Backtest,
    ChurnReport,
    Cohort,
    CustomerBehaviour,
    CustomerHistory,
    Expectation,
    ExpectedOf,
    LifetimeTest,
    Move,
    NextPurchase,
    Profile,
    Risk,
    SegmentFigures,
)
from cafe_ai.customers.phrases import NO_LIFETIME
from cafe_ai.customers.segments import RULES, segment_name
from cafe_ai.language.formats import WEEKDAY_NAMES, format_hour

Json = dict[str, Any]


def present(about: CustomerBehaviour) -> Json:
    """The whole result. What is not known is null or an empty list, and `gaps` says why."""
    told = _Told(about)
    common: Json = {
        "as_of": about.as_of.isoformat(),
        "currency": about.currency,
        "locale": about.locale,
        "period": told.period(about.period),
        "summary": about.summary,
        "insights": [statement.text for statement in about.insights],
        "facts": facts_of(about.insights),
        "gaps": list(about.gaps),
    }
    if about.customer is not None:
        return common | {"customer": told.customer(about.customer), "expected": told.lifetime()}
    return common | {
        "customers": about.customers,
        "customers_in_period": about.customers_year,
        "net_sales": told.money(about.net_year),
        "known_share_percent": about.known_share_percent,
        "segments": [told.segment(each) for each in about.segments],
        "changes": {"since": about.step.starts_at.isoformat(), "moves": [told.move(move) for move in about.moves]},
        "cohorts": [told.cohort(cohort) for cohort in about.cohorts],
        "churn": told.churn(about.churn) if about.churn else None,
        "expected": told.lifetime(),
        "to_win_back": [told.profile(profile) for profile in about.to_win_back],
        "expected_soon": [told.profile(profile) for profile in about.expected_soon],
        "yardsticks": told.yardsticks(),
    }


def facts_of(statements: tuple[Statement, ...]) -> list[Mapping[str, Any]]:
    """The facts of the statements, each once."""
    bodies: list[Mapping[str, Any]] = []
    for fact in [fact for statement in statements for fact in statement.facts]:
        body = FactBody.of(fact).model_dump(mode="json", by_alias=True)
        if body not in bodies:
            bodies.append(body)
    return bodies


class _Told:
    """One behaviour in its shop's currency and language."""

    def __init__(self, about: CustomerBehaviour) -> None:
        self.about = about
        self.language = about.locale

    def money(self, value: Decimal | None) -> Decimal | None:
        """Rounded half up; None where no price is recorded."""
        if value is None or not self.about.priced:
            return None
        return round_half_up(value, "money", self.about.currency)

    def period(self, period: Period) -> Json:
        return PeriodBody.of(period).model_dump(mode="json", by_alias=True)

    def segment(self, of: SegmentFigures) -> Json:
        rule = next(rule for rule in RULES if rule.segment is of.segment)
        return {
            "segment": of.segment.value,
            "name": rule.names[self.language],
            "description": rule.words[self.language],
            "customers": of.customers,
            "customers_before": of.customers_before,
            "came": of.came,
            "left": of.left,
            "orders": of.orders_year,
            "net_sales": self.money(of.net_year),
            "net_sales_share_percent": of.share_percent if self.about.priced else None,
            "net_sales_all_time": self.money(of.net_ever),
            "average_ticket": self.money(of.average_ticket),
            "expected": self.expected_of(of.expected),
            "explanation": self.explanation(of),
        }

    def explanation(self, of: SegmentFigures) -> Json | None:
        """What the segment means here, how it stands, what is expected of it and what to do; None for an empty one."""
        statements = self.about.explained.get(of.segment)
        if not statements:
            return None
        texts = {statement.kind.removeprefix("segment_"): statement.text for statement in statements}
        return {**texts, "facts": facts_of(statements)}

    def lifetime(self) -> Json | None:
        """What the horizon should bring, and how such expectations came out; `reason` where there is no model."""
        report = self.about.lifetime
        if report is None:
            return None
        reasons = NO_LIFETIME[self.language]
        missing = report.missing or report.no_value
        return {
            "horizon_days": report.horizon_days,
            "reason": missing,
            "reason_text": reasons[missing] if missing else None,
            "of_year": self.expected_of(report.of_year),
            "at_high_risk": self.expected_of(report.at_risk),
            "parameters": {name: round(value, 6) for name, value in report.parameters.items()},
            "frequency_value_correlation": None if report.correlation is None else round(report.correlation, 3),
            "backtest": _lifetime_test(report.test) if report.test else None,
        }

    def expected_of(self, of: ExpectedOf | None) -> Json | None:
        """A group's coming days."""
        if of is None:
            return None
        return {
            "customers": of.customers,
            "customers_buying": round(of.buyers, 1),
            "visits": round(of.purchases, 1),
            "net_sales": None if of.value is None else self.money(Decimal(of.value)),
        }

    def expectation(self, of: Expectation | None) -> Json | None:
        """A customer's coming days."""
        if of is None:
            return None
        return {
            "active_probability_percent": _percent(of.active),
            "purchase_probability_percent": _percent(of.buys),
            "visits": round(of.purchases, 2),
            "net_sales": None if of.value is None else self.money(Decimal(of.value)),
        }

    def move(self, move: Move) -> Json:
        return {
            "from": move.source.value if move.source else None,
            "to": move.target.value,
            "customers": move.customers,
            "net_sales_last_12_months": self.money(move.net_year),
            "net_sales_before": self.money(move.net_before),
            "net_sales": self.money(move.net_now),
            "net_sales_difference": self.money(move.net_now - move.net_before),
        }

    def cohort(self, cohort: Cohort) -> Json:
        return {
            "month": f"{cohort.month:%Y-%m}",
            "customers": cohort.customers,
            "records_begin": cohort.records_begin,
            "months": [
                {
                    "months_after": month.months_after,
                    "customers": month.customers,
                    "retention_percent": month.retention_percent,
                    "net_sales": self.money(month.net_sales),
                    "running": month.running,
                }
                for month in cohort.months
            ],
        }

    def churn(self, report: ChurnReport) -> Json:
        return {
            "horizon_days": report.horizon_days,
            "method": report.method,
            "levels": [
                {"level": group.level, "customers": group.customers, "net_sales": self.money(group.net_year)}
                for group in report.groups
            ],
            "backtest": _backtest(report.backtest) if report.backtest else None,
        }

    def profile(self, profile: Profile) -> Json:
        return {
            "customer_id": str(profile.customer_id),
            "external_id": profile.external_id,
            "name": profile.name,
            "segment": profile.segment.value,
            "segment_name": segment_name(profile.segment, self.language),
            "churn_risk": _risk(profile.risk),
            "next_purchase": _next(profile.next_purchase),
            "expected": self.expectation(profile.expectation),
            "orders": profile.orders,
            "net_sales": self.money(profile.net_sales),
            "net_sales_last_12_months": self.money(profile.net_year),
            "last_order_on": profile.last_order_on.isoformat(),
        }

    def customer(self, one: CustomerHistory) -> Json:
        return self.profile(one.profile) | {
            "first_order_on": one.first_order_on.isoformat(),
            "visits": one.visits,
            "average_ticket": self.money(one.average_ticket),
            "favourite_products": [
                {
                    "id": str(each.product_id),
                    "name": each.product,
                    "units": round_half_up(each.units, "count"),
                    "orders": each.orders,
                    "net_sales": self.money(each.net_sales),
                }
                for each in one.favourites
            ],
            "usual_weekday": None if one.weekday is None else WEEKDAY_NAMES[self.language][one.weekday],
            "usual_hour": None if one.hour is None else format_hour(one.hour),
        }

    def yardsticks(self) -> Json | None:
        by = self.about.yardsticks
        if by is None:
            return None
        return {
            "usual_days": by.usual_days,
            "long_days": by.long_days,
            "frequent_visits": by.frequent_visits,
            "valuable_net_sales": self.money(by.valuable_year),
            "valuable_net_sales_all_time": self.money(by.valuable_ever),
        }


def _risk(risk: Risk) -> Json:
    return {
        "level": risk.level,
        "rank_percent": risk.rank_percent,
        "days_since_last_order": risk.idle_days,
        "usual_interval_days": risk.usual_interval_days,
    }


def _next(coming: NextPurchase) -> Json:
    dates = {"expected_on": coming.expected_on, "earliest": coming.earliest, "latest": coming.latest}
    return {
        **{name: day.isoformat() if day else None for name, day in dates.items()},
        "interval_days": coming.interval_days,
        "interval_from": coming.basis,
        "overdue_days": coming.overdue_days,
    }


def _backtest(tested: Backtest) -> Json:
    return {
        "customers": tested.customers,
        "stayed_away_percent": tested.base_percent,
        "auc": tested.auc,
        "auc_by_recency": tested.recency_auc,
        "auc_by_method": dict(tested.compared),
        "precision_top_tenth_percent": tested.precision_percent,
        "precision_top_tenth_by_recency_percent": tested.recency_precision_percent,
        "levels": [
            {"level": level, "customers": customers, "stayed_away_percent": percent}
            for level, customers, percent in tested.lost_percent
        ],
    }


def _lifetime_test(tested: LifetimeTest) -> Json:
    return {
        "customers": tested.customers,
        "customers_buying_expected": round(tested.expected_buyers, 1),
        "customers_buying": tested.buyers,
        "visits_expected": round(tested.expected_purchases, 1),
        "visits": tested.purchases,
        "mean_absolute_error": round(tested.mean_error, 3),
        "mean_absolute_error_by_own_rate": round(tested.rate_error, 3),
        "off_points": tested.off_points,
        "calibration": "good" if tested.reliable else "poor",
        "tenths": [
            {"customers": customers, "expected_percent": expected, "actual_percent": actual}
            for customers, expected, actual in tested.tenths
        ],
    }


def _percent(share: float) -> Decimal:
    return round_half_up(Decimal(100 * share), "percent")
