"""What a language brings to the telling (`Voice`): the phrases that `compose` puts together, and what both share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Gap, Metric, Period, Ranking
from cafe_ai.assistants.narrator.reading import Figure, Row, base_metric
from cafe_ai.language.formats import (
    Language,
    format_count,
    format_hour,
    format_money,
    format_percent,
    join_list,
    pluralize,
)
from cafe_ai.language.period_wording import describe_period, is_so_far, name_period

_NAMES_SHOWN = 5
# The dimensions whose rows bear the shop's own names, and the filters that narrow to them.
NAMED: Mapping[Dimension, str] = {
    Dimension.PRODUCT: "products",
    Dimension.CATEGORY: "categories",
    Dimension.STORE: "stores",
    Dimension.CUSTOMER: "customers",
    Dimension.PAYMENT_METHOD: "payment_methods",
}
SERIES = {Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}


@dataclass(frozen=True, slots=True)
class Superlative:
    """What makes a row the first: "con más ventas"; with a plural where it agrees in number."""

    singular: str
    plural: str = ""

    def agreeing(self, *, plural: bool) -> str:
        """The form for one row or for several."""
        return self.plural if plural and self.plural else self.singular


@dataclass(frozen=True, slots=True)
class MetricWords:
    """How a metric is told.

    clause: the figure said of its subject; `one`, `zero` and `negative` where such a figure is said otherwise. again:
    the clause when the subject was just named (Spanish). label: the figure with the metric's name, after "with".
    units: what is counted, one and many. of_product, of_category: what links them to what is sold, where it is not the
    usual word; to_customer: sold to a customer, rather than of one. timeless: it holds now, not over a period.
    """

    noun: str
    clause: str
    label: str
    most: Superlative
    least: Superlative
    one: str = ""
    zero: str = ""
    negative: str = ""
    again: str = ""
    again_one: str = ""
    label_one: str = ""
    units: tuple[str, str] | None = None
    of_product: str | None = None
    of_category: str | None = None
    to_customer: bool = False
    timeless: bool = False

    def clause_for(self, value: Decimal) -> str:
        """The clause that fits the value."""
        special = self.zero if value == 0 else self.negative if value < 0 else self.one if value == 1 else ""
        return special or self.clause

    def renamed(self, old: str, new: str) -> MetricWords:
        """The same words with another name for the metric."""
        return replace(
            self,
            noun=self.noun.replace(old, new),
            clause=self.clause.replace(old, new),
            zero=self.zero.replace(old, new),
            label=self.label.replace(old, new),
            most=Superlative(self.most.singular.replace(old, new)),
            least=Superlative(self.least.singular.replace(old, new)),
        )

    def label_for(self, value: Decimal) -> str:
        """The label that fits the value."""
        return self.label_one if value == 1 and self.label_one else self.label


@dataclass(frozen=True, slots=True)
class Listing:
    """What the head of a list tells: of which metrics, by what, in which order."""

    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    ranking: Ranking | None
    average: bool
    period: Period
    compared_with: Period | None
    direction: int | None = None  # 1: ranked by rises, and all are; -1: by falls, and all are; otherwise None

    @property
    def dimension(self) -> Dimension:
        """What the rows are, first of all."""
        return self.dimensions[0]

    @property
    def is_series(self) -> bool:
        """Whether the rows follow each other in time."""
        return self.ranking is None and self.dimension in SERIES

    @property
    def is_top(self) -> bool:
        """Whether the highest stand first."""
        return self.ranking is None or self.ranking.order == "top"


class Voice(ABC):
    """One language. Its methods return clauses and sentences without a capital or a full stop; `compose` adds those."""

    language: ClassVar[Language]
    verbs: ClassVar[Mapping[str, tuple[str, str]]]
    metric_words: ClassVar[Mapping[Metric, MetricWords]]
    net_beside_gross: ClassVar[tuple[str, str]]  # how sales are called where gross sales are told as well
    gaps: ClassVar[Mapping[Gap, str]]
    quotes: ClassVar[tuple[str, str]]
    among_them: ClassVar[str]
    others: ClassVar[str]
    average_price: ClassVar[tuple[str, str]]  # how the price of one product becomes that of several

    def __init__(self, sheet: FactSheet) -> None:
        self.sheet = sheet
        self.words = self.metric_words
        if Metric.GROSS_SALES in sheet.plan.metrics:
            net = self.metric_words[Metric.NET_SALES].renamed(*self.net_beside_gross)
            self.words = {**self.metric_words, Metric.NET_SALES: net}
        self.filters = sheet.plan.filters
        self.as_of: datetime | None = sheet.as_of

    # What both languages share.

    def figure(self, fact: Fact, *, magnitude: bool = False) -> str:
        """The fact's figure with its unit: "1.425 pedidos", "517,89 £", "12,5 %"; as a magnitude without its sign."""
        value = abs(fact.value) if magnitude else fact.value
        match fact.unit:
            case "money":
                return format_money(value, fact.currency or self.sheet.currency, self.language)
            case "percent":
                return format_percent(value, self.language)
            case "hour":
                return format_hour(int(value))
            case _:
                units = self.words[base_metric(fact.metric)].units
                counted = format_count(value, self.language)
                return f"{counted} {pluralize(value, *units)}" if units else counted

    def bare(self, fact: Fact) -> str:
        """The figure without what is counted, where the sentence has just said that."""
        return format_count(fact.value, self.language) if fact.unit == "count" else self.figure(fact)

    def is_nothing(self, fact: Fact | None) -> bool:
        """Whether the figure is told as there being none of it."""
        return fact is not None and fact.value == 0 and bool(self.words[base_metric(fact.metric)].zero)

    def labelled(self, fact: Fact) -> str:
        """The figure with its metric's name: "un ticket medio de 12,00 €", "321 unidades"."""
        return self.words[base_metric(fact.metric)].label_for(fact.value).format(v=self.figure(fact))

    def quote(self, names: Sequence[str]) -> str:
        """Names in quotation marks, enumerated."""
        left, right = self.quotes
        return self.join([f"{left}{name}{right}" for name in names])

    def join(self, items: Sequence[str]) -> str:
        """The items as one enumeration."""
        return join_list(items, self.language)

    def said(self, template: str, period: Period | None, **parts: str) -> str:
        """The template with its verbs in the tense of the period."""
        running = period is not None and is_so_far(period, self.as_of)
        verbs = {name: forms[running] for name, forms in self.verbs.items()}
        return template.format(**verbs, **parts)

    def clause(self, fact: Fact, filters: Filters, when: str = "") -> str:
        """The figure said of its subject; `when` goes where the language puts it."""
        metric = base_metric(fact.metric)
        of, at = self.sold(metric, filters), self.circumstances(metric, filters)
        template = self.words[metric].clause_for(fact.value)
        if metric is Metric.PRICE and len(filters.products) != 1:
            template = template.replace(*self.average_price)
        figure, bare = self.figure(fact), self.bare(fact)
        return self.said(template, fact.period, v=figure, n=bare, of=of, at=at, scope=of + at, when=when)

    def scope(self, metric: Metric, filters: Filters) -> str:
        """All that the metric is narrowed to, with a leading space; nothing where it is not."""
        return self.sold(metric, filters) + self.circumstances(metric, filters)

    def around_rows(self, listing: Listing) -> Filters:
        """What a list is narrowed to, apart from what its rows name themselves."""
        named: dict[str, Any] = {name: () for dimension, name in NAMED.items() if dimension in listing.dimensions}
        return replace(self.filters, **named)

    def when(self, period: Period) -> str:
        """The period with its preposition."""
        return describe_period(period, self.language, as_of=self.as_of)

    def name(self, period: Period) -> str:
        """The period as a noun."""
        return name_period(period, self.language, as_of=self.as_of)

    def named_products(self, names: Sequence[str]) -> str:
        """The products in quotation marks; of many, the first few and that there are others."""
        if len(names) <= _NAMES_SHOWN:
            return self.quote(names)
        left, right = self.quotes
        return self.join([*(f"{left}{name}{right}" for name in names[:_NAMES_SHOWN]), self.others])

    def gap(self, gap: Gap) -> str:
        """What is not known, and why."""
        return self.gaps[gap].format(**self.gap_parts())

    def within_a_year(self) -> bool:
        """Whether the period lies in one calendar year, so that its days need not name it."""
        return self.sheet.period.start.year == (self.sheet.period.end - timedelta(days=1)).year

    def untold(self) -> str:
        """The metrics asked for that have no figure."""
        known = {base_metric(fact.metric) for fact in self.sheet.facts}
        missing = [metric for metric in self.sheet.plan.metrics if metric not in known]
        if not missing:  # a ranking told by units, for want of prices
            missing = [Metric.NET_SALES] if self.sheet.facts else list(self.sheet.plan.metrics)
        return self.join([self.words[metric].noun for metric in missing])

    def outside_records(self, period: Period | None) -> bool:
        """Whether nothing was recorded at all in the period."""
        recorded = self.sheet.recorded
        return bool(period and recorded and (period.end <= recorded[0] or period.start > recorded[1]))

    def out_of_stock(self, count: Fact, names: Sequence[str]) -> str:
        """How many products have run out, and which."""
        return f"{self.clause(count, self.filters)}{self._among(count, names)}"

    def _among(self, count: Fact, names: Sequence[str]) -> str:
        """The names behind their count: all of them after a colon, or some of them."""
        if not names:
            return ""
        return (": " if len(names) >= count.value else f", {self.among_them} ") + self.quote(names)

    # What a language words itself.

    @abstractmethod
    def sold(self, metric: Metric, filters: Filters) -> str:
        """The products and categories the metric is narrowed to, with a leading space."""

    @abstractmethod
    def circumstances(self, metric: Metric, filters: Filters) -> str:
        """The customers, stores, days and hours the metric is narrowed to, with a leading space."""

    @abstractmethod
    def total(self, fact: Fact, filters: Filters) -> str:
        """The figure with its subject and its period."""

    @abstractmethod
    def comparison(self, figure: Figure) -> str:
        """How far the figure is from what it is compared with, to follow it; starts with a comma."""

    @abstractmethod
    def several(self, facts: Sequence[Fact]) -> str:
        """Several metrics of the same subject and period."""

    @abstractmethod
    def share(self, figure: Figure, total: Fact | None) -> str:
        """A figure's share of the whole."""

    @abstractmethod
    def list_head(self, listing: Listing) -> str:
        """The head of a list; ends with a colon."""

    @abstractmethod
    def first_row(self, listing: Listing, row: Row) -> str:
        """The first row of a ranking as a sentence."""

    @abstractmethod
    def row_label(self, row: Row, period: Period, *, in_sentence: bool = False) -> str:
        """What the row is."""

    @abstractmethod
    def row_figures(self, row: Row) -> str:
        """The row's figures, after its label."""

    @abstractmethod
    def total_of_rows(self, fact: Fact) -> str:
        """What the rows and those not shown add up to."""

    @abstractmethod
    def share_of_row(self, fact: Fact) -> str:
        """An aside: what part of the whole a row is."""

    @abstractmethod
    def only_named(self, metric: Metric, names: Sequence[str]) -> str:
        """Which products had no sales or have run out, where it is not counted how many."""

    @abstractmethod
    def too_long(self, dimension: Dimension) -> str:
        """That a series has too many rows to tell them all."""

    @abstractmethod
    def best_or_worst(self, fact: Fact, *, best: bool) -> str:
        """Which row of a breakdown is the highest or the lowest."""

    @abstractmethod
    def beside(self, figure: Figure) -> str:
        """An aside: how the figure just told compares with another period."""

    @abstractmethod
    def unsold(self, count: Fact, names: Sequence[str]) -> str:
        """How many products had no sales, and which."""

    @abstractmethod
    def inactive(self, count: Fact) -> str:
        """How many customers have not bought for so long."""

    @abstractmethod
    def coverage(self, fact: Fact) -> str:
        """How much of the sales a margin was made of."""

    @abstractmethod
    def gap_parts(self) -> Mapping[str, str]:
        """What the templates of `gaps` are filled with."""

    @abstractmethod
    def records_begin(self, day: date) -> str:
        """From which day there are records, where the period begins earlier."""
