"""Facts made into the sentences of findings, in the shop's language; each is checked against its own facts alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cafe_ai.analytics.facts import FactMaker
from cafe_ai.analytics.metrics import round_metric
from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Metric, Period, PeriodSpec, Plan
from cafe_ai.analytics.periods import whole_unit
from cafe_ai.assistants.checker import check
from cafe_ai.assistants.prose import format_figure
from cafe_ai.language.formats import Language, pluralize
from cafe_ai.language.period_wording import word_period
from cafe_ai.platform.telemetry import measures
from cafe_ai.sales_analysis.model import Analysis, Finding
from cafe_ai.sales_analysis.phrases import BEFORE, PHRASES, UNITS
from cafe_ai.sales_analysis.reading import INACTIVE_DAYS, Readings

_DIMENSIONS = {dimension.value: dimension for dimension in Dimension}


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding that nobody has checked yet; only those that are told need be."""

    finding: Finding
    inactive_days: int | None = None

    @property
    def kind(self) -> str:
        """The finding's."""
        return self.finding.kind

    @property
    def money(self) -> Decimal:
        """The finding's."""
        return self.finding.money


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the findings of one analysis."""

    readings: Readings
    language: Language

    @property
    def make(self) -> FactMaker:
        """Makes the facts."""
        return FactMaker(self.readings.business.currency, self.readings.calendar, Filters())

    def compared(
        self,
        metric: Metric,
        value: Decimal,
        before: Decimal,
        dimensions: Mapping[str, str] | None = None,
        rows: int = 0,
    ) -> list[Fact]:
        """A figure of the period, its baseline in the previous one, the difference and (where there is one) the change."""
        fact = self.make.value(metric, value, self.readings.period, dimensions, rows=rows)
        then = self.readings.previous
        return [fact, *(self.make.compared(fact, value, before, then) if then else ())]

    def value(self, metric: Metric, value: Decimal, dimensions: Mapping[str, str] | None = None, rows: int = 0) -> Fact:
        """A figure of the period."""
        return self.make.value(metric, value, self.readings.period, dimensions, rows=rows)

    def derived(
        self,
        name: str,
        value: Decimal,
        like: Fact,
        dimensions: Mapping[str, str] | None = None,
        *,
        baseline: bool = True,
    ) -> Fact:
        """A figure that belongs to a metric under a name of its own ("net_sales_difference"), in that metric's unit."""
        return Fact(
            metric=name,
            value=value,
            unit=like.unit,
            period=like.period,
            currency=like.currency,
            dimensions=dimensions or {},
            role="difference" if baseline else "context",
            compared_with=self.readings.previous if baseline else None,
            rows=like.rows,
        )

    def find(
        self,
        kind: str,
        money: Decimal,
        facts: Sequence[Fact],
        *,
        phrase: str | None = None,
        inactive_days: int | None = None,
        **parts: str | Fact,
    ) -> Draft | None:
        """The finding in words that are still to be checked; None where too little money is at stake to tell.

        parts fill the phrase: facts as figures (`{name}` with its sign left out, `{name_units}` with what is counted).
        """
        stake = money_at_stake(money, self.readings.business.currency)
        if money and not stake and kind != "sales":
            return None  # less than the currency's smallest coin
        template = PHRASES[phrase or kind][self.language]
        text = tidy(template.format(**self._times(), **self._said(parts)), self.language)
        return Draft(Finding(kind, text, stake, tuple(facts)), inactive_days)

    def check(self, draft: Draft) -> Finding | None:
        """The finding; None, and counted, where the check finds a fault in its words."""
        finding = draft.finding
        sheet = sheet_of(self.readings, finding.facts, draft.inactive_days)
        if not check(finding.text, sheet, self.language, self.names).ok:
            measures().count("FindingDoubted")
            return None
        return finding

    @property
    def names(self) -> tuple[str, ...]:
        """Names that may stand in any text."""
        return (self.readings.business.name,)

    def quote(self, name: str) -> str:
        """A name in the language's quotation marks."""
        return f"«{name}»" if self.language == "es" else f"“{name}”"

    def _times(self) -> dict[str, str]:
        told = {"when": self._word(self.readings.period)[0]}
        if self.readings.previous:
            when, noun = self._word(self.readings.previous)
            told["before_in_full"] = noun
            told["before"], told["when_before"] = self._short(self.readings.previous) or (noun, when)
        if self.readings.last_year:
            told["last_year"] = self._word(self.readings.last_year)[1]
        return told

    def _short(self, previous: Period) -> tuple[str, str] | None:
        unit = whole_unit(previous)
        if unit in ("month", "quarter", "half", "year") and not self.readings.calendar.is_running(self.readings.period):
            return None
        return BEFORE[unit if unit in ("day", "week") else "days"][self.language]

    def _word(self, period: Period) -> tuple[str, str]:
        worded = word_period(period, self.language, as_of=self.readings.calendar.as_of)
        return worded.adverb, worded.noun

    def _said(self, parts: Mapping[str, str | Fact]) -> dict[str, str]:
        said: dict[str, str] = {}
        for name, part in parts.items():
            if isinstance(part, str):
                said[name] = part
                continue
            said[name] = figure_of(part, self.readings.business.currency, self.language)
            if part.unit == "count":
                said[f"{name}_units"] = f"{said[name]} {pluralize(part.value, *UNITS[self.language])}"
        return said


def figure_of(fact: Fact, currency: str, language: Language) -> str:
    """The figure as it is written; a step without its sign, which words tell."""
    step = fact.metric.endswith(("_change", "_difference"))
    shown = Fact(fact.metric, abs(fact.value), fact.unit, fact.period, fact.currency) if step else fact
    return format_figure(shown, currency, language).removeprefix("+")


def sheet_of(readings: Readings, facts: Sequence[Fact], inactive_days: int | None = None) -> FactSheet:
    """What a text about these facts may say."""
    return make_sheet(
        facts,
        readings.period,
        readings.business.currency,
        inactive_days=inactive_days,
        recorded=readings.recorded,
        as_of=readings.calendar.as_of,
    )


def sheet_of_analysis(analysis: Analysis, facts: Sequence[Fact]) -> FactSheet:
    """The same, of an analysis that was kept."""
    return make_sheet(
        facts,
        analysis.period,
        analysis.currency,
        inactive_days=INACTIVE_DAYS if any(fact.metric == Metric.INACTIVE_CUSTOMERS for fact in facts) else None,
        recorded=analysis.recorded,
        as_of=analysis.as_of,
        gaps=analysis.gaps,
    )


def make_sheet(facts: Sequence[Fact], period: Period, currency: str, **more: object) -> FactSheet:
    """A sheet whose plan asks for exactly these facts."""
    inactive_days = more.pop("inactive_days", None)
    metrics = dict.fromkeys(_base(fact.metric) for fact in facts)
    dimensions = dict.fromkeys(_DIMENSIONS[name] for fact in facts for name in fact.dimensions if name in _DIMENSIONS)
    compared = next((fact.compared_with for fact in facts if fact.compared_with), None)
    plan = Plan(
        tuple(metrics) or (Metric.NET_SALES,),
        PeriodSpec("range", start=period.start.isoformat(), end=(period.end - timedelta(days=1)).isoformat()),
        tuple(dimensions),
        comparison=PeriodSpec("previous") if compared else None,
        inactive_days=inactive_days if isinstance(inactive_days, int) else None,
    )
    return FactSheet(plan, period, compared, currency, tuple(facts), **more)  # type: ignore[arg-type]


def tidy(text: str, language: Language) -> str:
    """The text as it is spoken: "a el" is "al", "de el" is "del"; a capital first."""
    if language == "es":
        text = re.sub(r"\b(a|de) el\b(?! «)", lambda found: "al" if found[1] == "a" else "del", text)
    text = re.sub(r"  +", " ", text.strip())
    return text[:1].upper() + text[1:]


def money_at_stake(amount: Decimal, currency: str) -> Decimal:
    """An amount as findings are ranked by: positive, in the currency's places."""
    return round_metric(Metric.NET_SALES, abs(amount), currency)


def best_of(
    teller: Teller,
    drafts: Iterable[Draft | None],
    most: int,
    *,
    first: Collection[str] = (),
    always: str | None = None,
) -> tuple[Finding, ...]:
    """The checked findings with the most money at stake, none of whose texts is told twice.

    Those of the kinds `first` stand first. Of the kind `always` the first is among them, where there is one.
    """
    known = sorted(
        (draft for draft in drafts if draft is not None), key=lambda each: (each.kind not in first, -each.money)
    )
    chosen: dict[str, Finding] = {}
    for draft in known:
        if len(chosen) == most:
            break
        finding = None if draft.finding.text in chosen else teller.check(draft)
        if finding is not None:
            chosen[finding.text] = finding
    told = tuple(chosen.values())
    if always and len(told) == most and all(finding.kind != always for finding in told):
        checked = (teller.check(draft) for draft in known if draft.kind == always)
        missing = next((finding for finding in checked if finding is not None), None)
        return (*told[:-1], missing) if missing else told
    return told


def _base(name: str) -> Metric:
    return max((metric for metric in Metric if name == metric or name.startswith(f"{metric}_")), key=len)
