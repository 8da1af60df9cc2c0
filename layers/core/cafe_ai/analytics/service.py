"""From a plan to facts: gives the plan its dates, reads the figures, and says what cannot be known and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cafe_ai.analytics import repository
from cafe_ai.analytics.compiler import Scope, Selection, compile_selection, compile_unsold
from cafe_ai.analytics.facts import (
    TIME_UNITS,
    FactMaker,
    gap_of,
    known_value,
    missing_days,
    period_gap,
    row_dimensions,
    widen,
)
from cafe_ai.analytics.metrics import METRICS, Subject
from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Gap, Metric, Period, Plan, Ranking
from cafe_ai.analytics.periods import (
    ShopCalendar,
    bucket,
    business_day,
    resolve,
    resolve_beside,
    shift,
    units_between,
    whole_unit,
)
from cafe_ai.platform.db import UnitOfWork
from cafe_ai.tenancy.model import Business

INACTIVE_DAYS = 90
"""After how many days without an order a customer counts as inactive, where the question does not say."""
NAMED_AT_MOST = 10
"""How many of the products without sales or stock are named."""
MISSING_DIMENSION: dict[Dimension, Gap] = {
    Dimension.STORE: "no_stores",
    Dimension.CATEGORY: "no_categories",
    Dimension.PAYMENT_METHOD: "no_payment_methods",
    Dimension.CUSTOMER: "no_customers",
}

Row = dict[str, Any]


def gather(
    uow: UnitOfWork,
    plan: Plan,
    business: Business,
    as_of: datetime,
    anchor: Period | None = None,
    *,
    from_lines: bool = False,
) -> FactSheet:
    """The facts of a plan as of a moment (aware, in the shop's time zone).

    anchor is the period last spoken of, for follow-ups. from_lines forbids the rollups; the facts must be the same. Raises
    periods.UnknownPeriod where the plan's period names no dates.
    """
    if Metric.INACTIVE_CUSTOMERS in plan.metrics and not plan.inactive_days:
        plan = replace(plan, inactive_days=INACTIVE_DAYS)
    recorded = repository.recorded_days(uow, business.id, business_day(as_of, business.day_starts))
    calendar = ShopCalendar(business.timezone, business.day_starts, as_of, recorded[0] if recorded else as_of.date())
    period = resolve(plan.period, calendar, anchor)
    comparison = resolve_beside(plan.comparison, calendar, period) if plan.comparison else None
    sheet = FactSheet(plan, period, comparison, business.currency, (), (), recorded, as_of)
    subjects = [METRICS[metric].subject for metric in plan.metrics]
    if any(subject != "catalogue" for subject in subjects):
        gap = period_gap(sheet, calendar)
        if gap:
            return replace(sheet, gaps=(gap,))
    gathering = _Gathering(uow, business, sheet, calendar, from_lines)
    facts: list[Fact] = []
    gaps: list[Gap] = []
    for subject in dict.fromkeys(subjects):
        told, missing = gathering.subject(subject)
        facts += told
        gaps += missing
    if gaps == ["no_prices"] and plan.ranking and plan.metrics == (Metric.NET_SALES,):
        by_units = gather(uow, replace(plan, metrics=(Metric.UNITS,)), business, as_of, anchor, from_lines=from_lines)
        return replace(by_units, gaps=("no_prices", *by_units.gaps))  # what sells best is known without prices too
    return replace(sheet, facts=tuple(facts), gaps=tuple(dict.fromkeys(gaps)))


@dataclass(frozen=True, slots=True)
class _Gathering:
    """The reading of one question's figures."""

    uow: UnitOfWork
    business: Business
    sheet: FactSheet
    calendar: ShopCalendar
    from_lines: bool

    @property
    def plan(self) -> Plan:
        return self.sheet.plan

    @property
    def make(self) -> FactMaker:
        return FactMaker(self.business.currency, self.calendar, self.plan.filters)

    def subject(self, subject: Subject) -> tuple[list[Fact], list[Gap]]:
        """The facts of the plan's metrics of one subject, and what is missing for them."""
        metrics = tuple(metric for metric in self.plan.metrics if METRICS[metric].subject == subject)
        reads_customers = subject in ("customers", "inactive") or Dimension.CUSTOMER in self.plan.breakdowns
        if reads_customers and not repository.has_customers(self.uow, self.business.id):
            return [], ["no_customers"]
        match subject:
            case "unsold":
                return self._unsold(), []
            case "inactive":
                return self._inactive(), []
            case "catalogue":
                return self._catalogue(metrics)
            case _:
                return self._breakdown(metrics) if self.plan.breakdowns else self._totals(metrics)

    def _totals(self, metrics: tuple[Metric, ...]) -> tuple[list[Fact], list[Gap]]:
        row = self._rows(Selection(metrics), self.sheet.period)[0]
        facts, gaps = [], []
        for n, metric in enumerate(metrics):
            if (value := known_value(row, n, metric)) is None:
                gaps.append(gap_of(metric, row))
                continue
            fact = self.make.value(metric, value, self.sheet.period, rows=row["rows"] or 0)
            facts.append(fact)
            if METRICS[metric].needs == "costed_lines":
                facts += self._coverage(fact, row)
        gaps += self._compare_totals(metrics, row, facts)
        if self.plan.share and (part := known_value(row, 0, metrics[0])) is not None:
            facts += self._share_of_whole(metrics[0], part, row)
        if not self.plan.comparison and not self.plan.share and len(facts) == 1:
            facts += self._against_before(metrics[0], row, facts[0])
        return facts, gaps

    def _compare_totals(self, metrics: tuple[Metric, ...], row: Row, facts: list[Fact]) -> list[Gap]:
        """Adds baseline, difference and change behind each value; says where there is no baseline."""
        comparison = self._recorded(self.sheet.comparison)
        if not comparison:
            return ["no_baseline"] if self.sheet.comparison else []
        before = self._rows(Selection(metrics), comparison)[0]
        gaps: list[Gap] = []
        for n, metric in enumerate(metrics):
            value, baseline = known_value(row, n, metric), known_value(before, n, metric)
            fact = next((f for f in facts if f.metric == metric.value and f.role == "value"), None)
            if fact is None or value is None:
                continue
            if baseline is None:
                gaps.append("no_baseline")
                continue
            place = facts.index(fact) + 1
            facts[place:place] = self.make.compared(fact, value, baseline, comparison)
        return gaps

    def _against_before(self, metric: Metric, row: Row, fact: Fact) -> list[Fact]:
        """Material for an observation: the period before of the same kind, for a day the same weekday a week before."""
        unit, recorded = whole_unit(self.sheet.period), self.sheet.recorded
        if not unit or not recorded or self.calendar.is_running(self.sheet.period) or not fact.value:
            return []
        back = "week" if unit in ("day", "weekend") else unit
        start = shift(self.sheet.period.start, back, -1)
        end = start + timedelta(days=self.sheet.period.days) if back == "week" else self.sheet.period.start
        if start < recorded[0]:
            return []
        before = self.calendar.period(start, end)
        baseline = known_value(self._rows(Selection((metric,)), before)[0], 0, metric)
        value = known_value(row, 0, metric)
        return self.make.compared(fact, value, baseline, before, context=True) if baseline and value is not None else []

    def _share_of_whole(self, metric: Metric, part: Decimal, row: Row) -> list[Fact]:
        whole_filters = widen(self.plan.filters)
        whole = self._rows(Selection((metric,)), self.sheet.period, whole_filters)[0]["v0"]
        fact = self.make.value(metric, part, self.sheet.period, rows=row["rows"] or 0)
        total = replace(self.make, filters=whole_filters).value(metric, whole or 0, self.sheet.period, role="total")
        share = self.make.share(fact, part, Decimal(whole or 0))
        return [share, total] if share else []

    def _breakdown(self, metrics: tuple[Metric, ...]) -> tuple[list[Fact], list[Gap]]:
        plan, ranking = self.plan, self.plan.ranking
        by_change = bool(ranking and ranking.by != "value")
        selection = Selection(metrics, plan.breakdowns, average=plan.average)
        if ranking and not by_change:
            selection = replace(selection, order=ranking.order, limit=ranking.limit + 1)
        rows = self._rows(selection, self.sheet.period)
        if ranking and not by_change:
            rows = self._finished(rows, ranking)[: ranking.limit]
        then = self._recorded(self.sheet.comparison)
        before = self._rows(replace(selection, order="time", limit=None), then) if then else []
        if not rows:
            return [], [self._why_empty(metrics[0])]
        rows = self._filled(rows, metrics) if not ranking else rows
        if by_change and not then:
            return [], ["no_baseline"]
        baselines = {self._key(row, then): row for row in before} if then else {}
        if by_change:
            rows = self._by_change(rows, baselines, metrics)
            if not rows:  # nothing went that way: how all went is the answer
                return self._totals(metrics)
        facts: list[Fact] = []
        for row in rows:
            facts += self._row_facts(metrics, row, baselines.get(self._key(row, self.sheet.period)))
        if not any(fact.role == "value" for fact in facts):
            return [], [gap_of(metrics[0], rows[0])]
        gaps: list[Gap] = ["no_baseline"] if self.sheet.comparison and not then else []
        return facts + self._around(metrics[0], rows, facts), gaps

    def _finished(self, rows: list[Row], ranking: Ranking) -> list[Row]:
        """The rows without the running day, week or month where the worst is asked for: it is not over yet."""
        unit = TIME_UNITS.get(self.plan.breakdowns[0])
        if ranking.order == "top" or not unit or not self.calendar.is_running(self.sheet.period):
            return rows
        running = bucket(self.sheet.period.end - timedelta(days=1), unit).start
        return [row for row in rows if row["d0"] != running]

    def _row_facts(self, metrics: tuple[Metric, ...], row: Row, before: Row | None) -> list[Fact]:
        dimensions = row_dimensions(row, self.plan.breakdowns)
        if row.get("customer_name"):
            dimensions["customer_name"] = row["customer_name"]
        period = self.make.row_period(row, self.plan.breakdowns, self.sheet.period)
        then = self._counterpart(row)
        facts = []
        for n, metric in enumerate(metrics):
            if (value := known_value(row, n, metric)) is None:
                continue
            fact = self.make.value(metric, value, period, dimensions, rows=row["rows"] or 0)
            facts.append(fact)
            baseline = known_value(before or {f"v{n}": None, "rows": 0}, n, metric)
            if then and baseline is not None:
                facts += self.make.compared(fact, value, baseline, then)
        return facts

    def _counterpart(self, row: Row) -> Period | None:
        """What a row is compared with: the comparison, or the part of it that has the row's place in the series."""
        then = self.sheet.comparison
        for n, dimension in enumerate(self.plan.breakdowns):
            if then and (unit := TIME_UNITS.get(dimension)):
                place = units_between(self.sheet.period.start, row[f"d{n}"], unit)
                start = shift(bucket(then.start, unit).start, unit, place)
                if start >= then.end:
                    return None
                then = self.make.row_period({f"d{n}": start}, self.plan.breakdowns, then)
        return self._recorded(then)

    def _recorded(self, period: Period | None) -> Period | None:
        """The period, where it has a day within the records."""
        recorded = self.sheet.recorded
        within = period and recorded and recorded[0] < period.end and period.start <= recorded[1]
        return period if within else None

    def _around(self, metric: Metric, rows: list[Row], facts: list[Fact]) -> list[Fact]:
        """The total of a series; each row's share where it is asked, else the first one's for an observation."""
        definition = METRICS[metric]
        if not definition.additive or definition.subject != "sales" or self.plan.average:
            return []
        total_row = self._rows(Selection((metric,)), self.sheet.period)[0]
        whole = Decimal(total_row["v0"] or 0)
        values = [fact for fact in facts if fact.role == "value" and fact.metric == metric.value]
        series = len(self.plan.breakdowns) == 1 and self.plan.breakdowns[0] in TIME_UNITS
        around: list[Fact] = []
        if not self.plan.ranking and series and len(values) > 1:
            around.append(self.make.value(metric, whole, self.sheet.period, role="total", rows=total_row["rows"]))
        if self.plan.share:
            known = [Decimal(row["v0"]) for row in rows if row["v0"] is not None]
            shares = [self.make.share(fact, part, whole) for fact, part in zip(values, known, strict=True)]
            return around + [share for share in shares if share]
        if self.plan.ranking and self.plan.ranking.order == "top" and not self.sheet.comparison and values:
            share = self.make.share(values[0], Decimal(rows[0]["v0"]), whole, role="context")
            around += [share] if share and not series else []
        return around

    def _filled(self, rows: list[Row], metrics: Sequence[Metric]) -> list[Row]:
        """A series by time with a zero for each unit without rows, as far as the records go."""
        breakdowns = self.plan.breakdowns
        unit = TIME_UNITS.get(breakdowns[0]) if len(breakdowns) == 1 else None
        if (
            not unit
            or not self.sheet.recorded
            or self.plan.filters.weekdays
            or not all(METRICS[m].additive for m in metrics)
        ):
            return rows
        zeros = {f"v{n}": Decimal(0) for n in range(len(metrics))}
        missing = missing_days(rows, self.sheet.period, unit, self.sheet.recorded)
        return sorted([*rows, *({"d0": day, "rows": 0, **zeros} for day in missing)], key=lambda row: row["d0"])

    def _by_change(
        self, rows: list[Row], baselines: dict[tuple[object, ...], Row], metrics: tuple[Metric, ...]
    ) -> list[Row]:
        ranking = self.plan.ranking or Ranking()
        keyed = {self._key(row, self.sheet.period): row for row in rows}
        zero = {"rows": 0, "sale_lines": 0, **{f"v{n}": None for n in range(len(metrics))}, "v0": Decimal(0)}
        for key, row in baselines.items():
            keyed.setdefault(key, {**row, **zero})

        def change(item: tuple[tuple[object, ...], Row]) -> Decimal | None:
            now = Decimal(item[1]["v0"] or 0)
            then = Decimal(baselines.get(item[0], zero)["v0"] or 0)
            if ranking.by == "change":
                return now - then
            return (now - then) / abs(then) if then else None

        ranked = [(value, row) for (key, row) in keyed.items() if (value := change((key, row))) is not None]
        rising = ranking.order == "top"
        ranked = [(value, row) for value, row in ranked if (value > 0) == rising and value != 0]
        ranked.sort(key=lambda pair: (-pair[0] if rising else pair[0], str(pair[1]["d0"])))
        return [row for _, row in ranked[: ranking.limit]]

    def _key(self, row: Row, period: Period) -> tuple[object, ...]:
        """What a row and its baseline share: their dimensions, for time their place in the series."""

        def part(n: int, dimension: Dimension) -> object:
            if unit := TIME_UNITS.get(dimension):
                return units_between(period.start, row[f"d{n}"], unit)
            return row["product_id"] if dimension is Dimension.PRODUCT else row[f"d{n}"]

        return tuple(part(n, dimension) for n, dimension in enumerate(self.plan.breakdowns))

    def _unsold(self) -> list[Fact]:
        statement = compile_unsold(self._scope(self.sheet.period, self.plan.filters), self.sheet.comparison)
        rows = repository.fetch(self.uow, statement)
        count = rows[0]["rows"] if rows else 0
        make = self.make
        facts = [make.value(Metric.UNSOLD_PRODUCTS, count, self.sheet.period, rows=count)]
        return facts + [make.value(Metric.UNITS, 0, self.sheet.period, {"product": row["d0"]}) for row in rows]

    def _inactive(self) -> list[Fact]:
        since = self.calendar.as_of - timedelta(days=self.plan.inactive_days or INACTIVE_DAYS)
        selection = Selection((Metric.INACTIVE_CUSTOMERS,), inactive_since=since)
        row = self._rows(selection, self.sheet.period)[0]
        return [self.make.value(Metric.INACTIVE_CUSTOMERS, row["v0"], self.sheet.period, rows=row["rows"])]

    def _catalogue(self, metrics: tuple[Metric, ...]) -> tuple[list[Fact], list[Gap]]:
        if Metric.OUT_OF_STOCK in metrics:
            return self._out_of_stock()
        lists = Metric.PRICE in metrics or Metric.STOCK in metrics
        ranking = self.plan.ranking
        by_category = () if lists else tuple(d for d in self.plan.breakdowns if d is Dimension.CATEGORY)
        dimensions = (Dimension.PRODUCT,) if lists else by_category
        selection = Selection(metrics, dimensions)
        if lists and ranking:
            selection = replace(selection, order=ranking.order, limit=ranking.limit)
        rows = self._rows(selection, self.sheet.period)
        facts = []
        for row in rows[:100]:
            for n, metric in enumerate(metrics):
                if row[f"v{n}"] is not None:
                    shown = row_dimensions(row, dimensions)
                    facts.append(self.make.value(metric, row[f"v{n}"], self.sheet.period, shown, rows=row["rows"]))
        if facts:
            return facts, []
        return [], ["no_catalogue_price" if Metric.PRICE in metrics else "no_stock"]

    def _out_of_stock(self) -> tuple[list[Fact], list[Gap]]:
        """How many products with a recorded stock have none left, and the first of their names."""
        metric, period = Metric.OUT_OF_STOCK, self.sheet.period
        total = self._rows(Selection((metric,)), period)[0]
        if not total["rows"]:
            return [], ["no_stock"]
        gone = self._rows(Selection((metric,), (Dimension.PRODUCT,)), period)[:NAMED_AT_MOST]
        facts = [self.make.value(metric, total["v0"], period, rows=total["rows"])]
        return facts + [self.make.value(Metric.STOCK, 0, period, {"product": row["d0"]}) for row in gone], []

    def _coverage(self, fact: Fact, row: Row) -> list[Fact]:
        """How much of the net sales a margin was made of."""
        share = self.make.share(fact, Decimal(row["costed_net"]), Decimal(row["net"]), role="coverage")
        return [replace(share, metric="margin_coverage")] if share else []

    def _why_empty(self, metric: Metric) -> Gap:
        total = self._rows(Selection((metric,)), self.sheet.period)[0]
        if not total["rows"]:
            return "no_sales"
        missing = [MISSING_DIMENSION[dimension] for dimension in self.plan.breakdowns if dimension in MISSING_DIMENSION]
        return missing[0] if missing else gap_of(metric, total)

    def _scope(self, period: Period, filters: Filters) -> Scope:
        return Scope(self.business.id, period, filters, self.calendar)

    def _rows(self, selection: Selection, period: Period, filters: Filters | None = None) -> list[Row]:
        scope = self._scope(period, self.plan.filters if filters is None else filters)
        statement = compile_selection(scope, replace(selection, from_lines=self.from_lines))
        rows = repository.fetch(self.uow, statement)
        if Dimension.CUSTOMER in selection.dimensions and rows:
            place = f"d{selection.dimensions.index(Dimension.CUSTOMER)}"
            names = repository.customer_names(self.uow, self.business.id, [row[place] for row in rows[:100]])
            for row in rows:
                row["customer_name"] = names.get(row[place])
        return rows
