"""The narrator's English: British spelling and dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from cafe_ai.analytics.model import Dimension, Fact, Filters, Metric, Period
from cafe_ai.assistants.narrator.en_metrics import CUSTOMER_SUPERLATIVES, DIMENSIONS, METRICS, VERBS
from cafe_ai.assistants.narrator.en_refusals import GAPS
from cafe_ai.assistants.narrator.reading import Figure, Row, base_metric, filters_of
from cafe_ai.assistants.narrator.rows import WEEKDAY_NUMBERS, bucket, counts_only_what_sold
from cafe_ai.assistants.narrator.voice import Listing, Voice
from cafe_ai.language.formats import (
    WEEKDAY_NAMES,
    format_count,
    format_date,
    format_hour,
    format_hour_range,
    format_month,
    join_list,
)
from cafe_ai.language.period_wording import word_days

_ORDINALS = ("first", "second", "third", "fourth")


class English(Voice):
    """See `Voice`."""

    language = "en"
    verbs = VERBS
    metric_words = METRICS
    net_beside_gross = ("sales", "net sales")
    gaps = GAPS
    quotes = ("“", "”")
    among_them = "among them"
    others = "others"
    average_price = ("the price", "the average price")

    def sold(self, metric: Metric, filters: Filters) -> str:
        words, parts = self.words[metric], []
        if filters.products:
            link = "of" if words.of_product is None else words.of_product
            parts.append(f"{link} {self.named_products(filters.products)}".strip())
        if filters.categories:
            noun = "category" if len(filters.categories) == 1 else "categories"
            link = "" if filters.products else words.of_category or ""
            parts.append(f"{link} in the {self.join(filters.categories)} {noun}".strip())
        return "".join(f" {part}" for part in parts)

    def circumstances(self, metric: Metric, filters: Filters) -> str:
        parts = []
        if filters.customers:
            noun = "customer" if len(filters.customers) == 1 else "customers"
            parts.append(f"{'to' if self.words[metric].to_customer else 'from'} {noun} {self.join(filters.customers)}")
        if filters.stores:
            parts.append(f"at {self.join(filters.stores)}")
        if filters.payment_methods:
            parts.append(f"paid by {self.join(filters.payment_methods)}")
        if filters.weekdays:
            parts.append(_weekdays(filters.weekdays))
        if filters.hours:
            parts.append(format_hour_range(*filters.hours, self.language))
        return "".join(f" {part}" for part in parts)

    def total(self, fact: Fact, filters: Filters) -> str:
        words, when = self.words[base_metric(fact.metric)], self.when(fact.period)
        if words.timeless:
            return self.clause(fact, filters)
        if words.clause_for(fact.value).startswith("{v}"):
            return f"{when}, {self.clause(fact, filters)}"
        return self.clause(fact, filters, f" {when}")

    def _in(self, period: Period) -> str:
        """The period inside a sentence, where a bare "from 8 to 14" would be read with the figure before."""
        when = self.when(period)
        return f"in {self.name(period)}" if when.startswith("from ") else when

    def comparison(self, figure: Figure) -> str:
        baseline, period = figure.baseline, figure.compared_period
        if period is None:
            return ""
        if not (figure.difference or figure.change):
            return f", compared with {self.figure(baseline)} {self._in(period)}" if baseline else ""
        if figure.direction == 0:
            return f", the same as {self._in(period)}" + (f" ({self.figure(baseline)})" if baseline else "")
        link = f"from {self.figure(baseline)} {self._in(period)}" if baseline else f"on {self.name(period)}"
        return f", {self._steps(figure, short=self.is_nothing(figure.value))} {link}"

    def _steps(self, figure: Figure, *, short: bool = False) -> str:
        """How far up or down: "up 31.2% (£1,234.00)"."""
        is_percent = figure.is_percentage
        steps = []
        if figure.telling_change:
            steps.append(
                self.figure(figure.telling_change, magnitude=True) + (" in relative terms" if is_percent else "")
            )
        if figure.difference:
            steps.insert(0 if is_percent else 1, self._step(figure.difference))
        rest = "" if short else "".join(f" ({step})" for step in steps[1:])
        return f"{'up' if figure.direction > 0 else 'down'} {steps[0]}{rest}"

    def _step(self, difference: Fact) -> str:
        if difference.unit != "percent":
            return self.figure(difference, magnitude=True)
        points = "percentage point" if abs(difference.value) == 1 else "percentage points"
        return f"{self.figure(difference, magnitude=True).rstrip('%')} {points}"

    def several(self, facts: Sequence[Fact]) -> str:
        clauses = self.join([self.clause(fact, Filters()) for fact in facts])
        scope = self.scope(Metric.NET_SALES, self.filters).strip()
        if self.filters.products or self.filters.categories or self.filters.customers:
            scope = re.sub(r"^(of|to) ", "for ", scope)
        return f"{self.when(facts[0].period)}{f', {scope}' if scope else ''}, {clauses}"

    def share(self, figure: Figure, total: Fact | None) -> str:
        share, noun = figure.share or figure.told_by, self.words[figure.metric].noun
        text = f"{noun}{self.scope(figure.metric, self.filters)} made up {self.figure(share)} of the total"
        text += self.scope(figure.metric, filters_of(total))
        text += f" {self.when(share.period)}"
        if figure.value:
            text += f": {self.figure(figure.value)}" + (f" out of {self.figure(total)}" if total else "")
        return text

    def share_of_row(self, fact: Fact) -> str:
        metric = base_metric(fact.metric)
        label = self.row_label(Row(fact.dimensions), fact.period, in_sentence="hour" not in fact.dimensions)
        label = f"the hour {label}" if "hour" in fact.dimensions else label
        noun = f"{self.words[metric].noun}{self.scope(metric, self.filters)}"
        return f"{label} made up {self.figure(fact)} of {noun} {self.when(fact.period)}"

    def only_named(self, metric: Metric, names: Sequence[str]) -> str:
        if metric is Metric.UNSOLD_PRODUCTS:
            return f"{self.quote(names)} did not sell {self.when(self.sheet.period)}"
        return f"{self.quote(names)} {'is' if len(names) == 1 else 'are'} out of stock"

    def too_long(self, dimension: Dimension) -> str:
        return f"there are too many {DIMENSIONS[dimension][1]} to list here"

    def list_head(self, listing: Listing) -> str:
        if listing.compared_with:
            return self._head_of_changes(listing)
        if listing.ranking:
            return f"{self._ranked(listing, plural=True)} {self._are(listing, plural=True)}:"
        words = self.words[listing.metrics[0]]
        when = "" if words.timeless else f" {self.when(listing.period)}"
        nouns = self.join([self.words[metric].noun for metric in listing.metrics])
        average = "on average " if listing.average else ""
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        by = "" if words.timeless else f" {average}by {_by(listing)}"
        return f"{nouns}{scope}{by}{when}:"

    def _are(self, listing: Listing, *, plural: bool) -> str:
        if self.words[listing.metrics[0]].timeless:
            return "are" if plural else "is"
        return self.said("{were}" if plural else "{was}", listing.period)

    def _ranked(self, listing: Listing, *, plural: bool) -> str:
        """What is ranked: "the product with the highest sales in November 2010"."""
        metric, words = listing.metrics[0], self.words[listing.metrics[0]]
        most = words.most if listing.is_top else words.least
        if listing.dimension is Dimension.CUSTOMER and metric in CUSTOMER_SUPERLATIVES:
            most = CUSTOMER_SUPERLATIVES[metric][0 if listing.is_top else 1]
        filters, rows = self.around_rows(listing), DIMENSIONS[listing.dimension][plural]
        if listing.dimension is Dimension.PRODUCT:
            rows, filters = rows + self.sold(Metric.NET_SALES, filters), replace(filters, categories=())
        text = f"the {rows} {most.agreeing(plural=plural)}{self.scope(metric, filters)}"
        text += " on average" if listing.average else ""
        if not listing.is_top and counts_only_what_sold(metric, listing.dimension):
            text += " (among those sold)"
        return text if words.timeless else f"{text} {self.when(listing.period)}"

    def _head_of_changes(self, listing: Listing) -> str:
        if listing.direction:
            return f"{self._moved_most(listing, plural=True)} were:"
        if listing.ranking and listing.ranking.by == "value" and listing.compared_with:
            return f"{self._ranked(listing, plural=True)}, compared with {self.name(listing.compared_with)}, were:"
        noun = self.words[listing.metrics[0]].noun
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        return f"how {noun}{scope} changed by {_by(listing)} {self._between(listing)}:"

    def _between(self, listing: Listing) -> str:
        against = f" compared with {self.name(listing.compared_with)}" if listing.compared_with else ""
        return f"{self.when(listing.period)}{against}"

    def _moved_most(self, listing: Listing, *, plural: bool) -> str:
        step = "rise" if listing.direction == 1 else "fall"
        percent = " percentage" if listing.ranking and listing.ranking.by == "change_percent" else ""
        noun = self.words[listing.metrics[0]].noun.removeprefix("the ")
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        rows = DIMENSIONS[listing.dimension][plural]
        return f"the {rows} with the biggest{percent} {step} in {noun}{scope} {self._between(listing)}"

    def first_row(self, listing: Listing, row: Row) -> str:
        label = self.row_label(row, row.first.told_by.period, in_sentence=True)
        if listing.direction:
            return f"{self._moved_most(listing, plural=False)} was {label}: {self._moved(row.first)}"
        told = self.join(
            [self._with_share(self.labelled(figure.value), figure) for figure in row.figures.values() if figure.value]
        )
        text = f"{self._ranked(listing, plural=False)} {self._are(listing, plural=False)} {label}, with {told}"
        text += " on average" if listing.average else ""
        return text

    def row_label(self, row: Row, period: Period, *, in_sentence: bool = False) -> str:
        labels: list[str] = []
        for name, value in row.dimensions.items():
            match name:
                case "customer_name":
                    labels[-1] = f"{value} ({labels[-1].removeprefix('customer ')})"
                case "customer":
                    labels.append(f"customer {value}" if in_sentence else value)
                case "product" | "category" | "store" | "payment_method":
                    labels.append(self.quote([value]) if in_sentence else value)
                case _:
                    labels.append(self._time_label(name, value, period, in_sentence=in_sentence))
        return ", ".join(labels)

    def _time_label(self, dimension: str, value: str, period: Period, *, in_sentence: bool) -> str:
        match dimension:
            case "hour":
                hour = int(value[:2])
                span = f"from {format_hour(hour)} to {format_hour((hour + 1) % 24)}"
                return format_hour_range(hour, hour + 1, "en") if in_sentence else span
            case "weekday":
                return WEEKDAY_NAMES["en"][WEEKDAY_NUMBERS[value]]
            case "day":
                dated = in_sentence or not self.within_a_year()
                return format_date(date.fromisoformat(value), "en", weekday=True, year=dated)
            case _:
                return _bucket_label(dimension, value, period, in_sentence=in_sentence)

    def row_figures(self, row: Row) -> str:
        if row.first.is_compared:
            return "; ".join(self._moved(figure) for figure in row.figures.values())
        told = [figure for figure in row.figures.values() if figure.value or figure.share]
        return self.join([self._row_figure(figure, labelled=len(told) > 1) for figure in told])

    def _row_figure(self, figure: Figure, *, labelled: bool) -> str:
        if figure.value is None:
            return self._share_of_total(figure)
        text = re.sub(r"^an? ", "", self.labelled(figure.value)) if labelled else self.figure(figure.value)
        return self._with_share(text, figure)

    def _with_share(self, text: str, figure: Figure) -> str:
        return f"{text} ({self._share_of_total(figure)})" if figure.share else text

    def _share_of_total(self, figure: Figure) -> str:
        return f"{self.figure(figure.share)} of the total" if figure.share else ""

    def _moved(self, figure: Figure) -> str:
        if not (figure.value and figure.baseline):
            return self.figure(figure.told_by)
        steps = self._steps(figure) if figure.direction else "no change"
        return f"from {self.figure(figure.baseline)} to {self.figure(figure.value)}, {steps}"

    def total_of_rows(self, fact: Fact) -> str:
        return f"in total, {self.total(fact, self.filters)}"

    def best_or_worst(self, fact: Fact, *, best: bool) -> str:
        words, dimension = self.words[base_metric(fact.metric)], Dimension(next(iter(fact.dimensions)))
        most = (words.most if best else words.least).singular
        label = self.row_label(Row(fact.dimensions), fact.period, in_sentence=True)
        was = "is" if words.timeless else self.said("{was}", fact.period)
        return f"the {DIMENSIONS[dimension][0]} {most} {was} {label}, with {self.labelled(fact)}"

    def beside(self, figure: Figure) -> str:
        if figure.compared_period is None:
            return ""
        steps = self._steps(figure) if figure.direction else "the same"
        link = ("on" if figure.direction else "as in") + f" {self.name(figure.compared_period)}"
        text = f"that is {steps} {link}"
        return f"{text}, when {self.clause(figure.baseline, Filters())}" if figure.baseline else text

    def unsold(self, count: Fact, names: Sequence[str]) -> str:
        when, before = self.when(count.period), self.sheet.comparison
        scope = self.scope(Metric.UNSOLD_PRODUCTS, self.filters)
        if count.value == 0:
            which = f"that had sold {self._in(before)}" if before else "in the catalogue"
            return f"every product{scope} {which} sold {when}: none went unsold (0)"
        number = format_count(count.value, self.language)
        product = "product" if count.value == 1 else "products"
        which = f" that had sold {self._in(before)}" if before else ""
        return f"{number} {product}{scope}{which} did not sell {when}{self._among(count, names)}"

    def inactive(self, count: Fact) -> str:
        limit = self.sheet.plan.inactive_days
        day = format_date(self.as_of.date() if self.as_of else count.period.end, self.language)
        if not limit:
            return f"as of {day}, {self.clause(count, self.filters)}"
        days = f"for more than {format_count(limit, self.language)} days"
        scope = self.scope(Metric.INACTIVE_CUSTOMERS, self.filters)
        number = format_count(count.value, self.language)
        if count.value == 0:
            return f"as of {day}, no customers{scope} have gone without buying {days} ({number})"
        clients, have = ("customer", "has") if count.value == 1 else ("customers", "have")
        return f"as of {day}, {number} {clients}{scope} {have} not bought {days}"

    def coverage(self, fact: Fact) -> str:
        return f"this covers {self.figure(fact)} of sales: those whose cost is on record"

    def records_begin(self, day: date) -> str:
        return f"note that records begin on {format_date(day, self.language)}"

    def gap_parts(self) -> Mapping[str, str]:
        recorded, before = self.sheet.recorded, self.sheet.comparison
        records = f"records run from {word_days(*recorded, self.language)}" if recorded else ""
        return {
            "when": self.when(self.sheet.period),
            "period": self.name(self.sheet.period),
            "comparison": self.name(before) if before else "",
            "records": records,
            "why_no_comparison": f": {records}" if self.outside_records(before) else "",
            "what": self.untold(),
            "scope": self.scope(Metric.NET_SALES, self.filters),
        }


def _by(listing: Listing) -> str:
    return " and ".join(DIMENSIONS[dimension][0] for dimension in listing.dimensions)


def _weekdays(numbers: Sequence[int]) -> str:
    days = sorted(numbers)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"from {WEEKDAY_NAMES['en'][days[0]]} to {WEEKDAY_NAMES['en'][days[-1]]}"
    return "on " + join_list([f"{WEEKDAY_NAMES['en'][day]}s" for day in days], "en")


def _bucket_label(dimension: str, value: str, period: Period, *, in_sentence: bool) -> str:
    days = bucket(dimension, value, period)
    if dimension == "week":
        week = "" if in_sentence else "week of "
        if days.start == days.last:
            return f"{week}{format_date(days.start, 'en')} (that day only)"
        return f"{week}{word_days(days.start, days.last, 'en')}"
    label = {
        "month": lambda: format_month(days.start.year, days.start.month, "en"),
        "quarter": lambda: f"the {_ORDINALS[(days.start.month - 1) // 3]} quarter of {days.start.year}",
        "year": lambda: str(days.start.year),
    }[dimension]()
    label = label if in_sentence else label.removeprefix("the ")
    if days.cut_at_start and days.cut_at_end:
        return f"{label} ({word_days(days.start, days.last, 'en')})"
    if days.cut_at_start:
        return f"{label} (from {format_date(days.start, 'en', year=False)})"
    return f"{label} (to {format_date(days.last, 'en', year=False)})" if days.cut_at_end else label
