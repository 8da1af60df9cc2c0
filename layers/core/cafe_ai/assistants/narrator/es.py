"""The narrator's Spanish, as spoken in Spain; the shop's owner is addressed as "tú"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from cafe_ai.analytics.model import Dimension, Fact, Filters, Metric, Period
from cafe_ai.assistants.narrator.es_metrics import BREAKDOWNS, CUSTOMER_SUPERLATIVES, DIMENSIONS, METRICS, VERBS
from cafe_ai.assistants.narrator.es_refusals import GAPS
from cafe_ai.assistants.narrator.reading import Figure, Row, base_metric, filters_of
from cafe_ai.assistants.narrator.rows import WEEKDAY_NUMBERS, bucket, counts_only_what_sold
from cafe_ai.assistants.narrator.voice import Listing, Voice
from cafe_ai.language.formats import (
    WEEKDAY_NAMES,
    format_count,
    format_date,
    format_hour_range,
    format_month,
    join_list,
)
from cafe_ai.language.period_wording import word_days

_ORDINALS = ("primer", "segundo", "tercer", "cuarto")
_DEMONSTRATIVES = {"las": "estas fueron", "los": "estos fueron", "la": "esta fue", "el": "este fue"}


class Spanish(Voice):
    """See `Voice`."""

    language = "es"
    verbs = VERBS
    metric_words = METRICS
    net_beside_gross = ("ventas", "ventas netas")
    gaps = GAPS
    quotes = ("«", "»")
    among_them = "entre ellos"
    others = "otros"
    average_price = ("el precio", "el precio medio")

    def sold(self, metric: Metric, filters: Filters) -> str:
        words, parts = self.words[metric], []
        if filters.products:
            link = "de" if words.of_product is None else words.of_product
            parts.append(f"{link} {self.named_products(filters.products)}".strip())
        if filters.categories:
            noun = "la categoría" if len(filters.categories) == 1 else "las categorías"
            link = "de" if filters.products else words.of_category or "de"
            parts.append(f"{link} {noun} {self.join(filters.categories)}")
        return "".join(f" {part}" for part in parts)

    def circumstances(self, metric: Metric, filters: Filters) -> str:
        parts = []
        if filters.customers:
            one, many = ("al", "a los") if self.words[metric].to_customer else ("del", "de los")
            noun = f"{one} cliente" if len(filters.customers) == 1 else f"{many} clientes"
            parts.append(f"{noun} {self.join(filters.customers)}")
        if filters.stores:
            parts.append(f"en {'la tienda' if len(filters.stores) == 1 else 'las tiendas'} {self.join(filters.stores)}")
        if filters.payment_methods:
            noun = "forma de pago" if len(filters.payment_methods) == 1 else "formas de pago"
            parts.append(f"con {noun} {self.join(filters.payment_methods)}")
        if filters.weekdays:
            parts.append(_weekdays(filters.weekdays))
        if filters.hours:
            parts.append(format_hour_range(*filters.hours, self.language))
        return "".join(f" {part}" for part in parts)

    def total(self, fact: Fact, filters: Filters) -> str:
        clause = self.clause(fact, filters)
        return clause if self.words[base_metric(fact.metric)].timeless else f"{self.when(fact.period)} {clause}"

    def _in(self, period: Period) -> str:
        """The period inside a sentence, where a bare "del 8 al 14" would be read with the word before."""
        when = self.when(period)
        return f"en {self.name(period)}" if when.startswith(("del ", "de ")) else when

    def comparison(self, figure: Figure) -> str:
        baseline, period = figure.baseline, figure.compared_period
        if period is None:
            return ""
        if not (figure.difference or figure.change):
            return f", frente a {self.figure(baseline)} {self._in(period)}" if baseline else ""
        text = f", {self._steps(figure, short=self.is_nothing(figure.value))} que {self._in(period)}"
        return f"{text}, cuando {self._again(baseline)}" if baseline else text

    def _steps(self, figure: Figure, *, short: bool = False) -> str:
        """How much more or less: "un 31,2 % más (1.234,00 € más)"."""
        if figure.direction == 0:
            return "igual"
        word = "más" if figure.direction > 0 else "menos"
        is_percent = figure.is_percentage
        steps = []
        if figure.telling_change:
            relative = " en términos relativos" if is_percent else ""
            steps.append(f"un {self.figure(figure.telling_change, magnitude=True)} {word}{relative}")
        if figure.difference:
            steps.insert(0 if is_percent else 1, f"{self._step(figure.difference)} {word}")
        return steps[0] + "".join(f" ({step})" for step in steps[1:] if not short)

    def _step(self, difference: Fact) -> str:
        if difference.unit != "percent":
            return self.figure(difference, magnitude=True)
        points = "punto porcentual" if abs(difference.value) == 1 else "puntos porcentuales"
        return f"{self.figure(difference, magnitude=True).rstrip('%').rstrip()} {points}"

    def _again(self, fact: Fact) -> str:
        words = self.words[base_metric(fact.metric)]
        if fact.value == 0 and words.zero:
            return self.said(words.zero, None, v=self.figure(fact), n=self.bare(fact), scope="", of="", at="")
        template = words.again_one if fact.value == 1 and words.again_one else words.again
        return template.format(v=self.figure(fact))

    def several(self, facts: Sequence[Fact]) -> str:
        clauses = self.join([self.clause(fact, Filters()) for fact in facts])
        scope = self.scope(Metric.MARGIN, self.filters).strip()
        if self.filters.products or self.filters.categories or self.filters.customers:
            scope = re.sub(r"^del? ", lambda match: "para el " if match[0] == "del " else "para ", scope)
        return f"{self.when(facts[0].period)}{f', {scope},' if scope else ''} {clauses}"

    def share(self, figure: Figure, total: Fact | None) -> str:
        share, noun = figure.share or figure.told_by, self.words[figure.metric].noun
        verb = "supuso" if noun.startswith(("el ", "la ")) else "supusieron"
        text = f"{self.when(share.period)} {noun}{self.scope(figure.metric, self.filters)}"
        text += f" {verb} el {self.figure(share)} del total{self.scope(figure.metric, filters_of(total))}"
        if figure.value:
            text += f": {self.figure(figure.value)}" + (f" de un total de {self.figure(total)}" if total else "")
        return text

    def share_of_row(self, fact: Fact) -> str:
        metric = base_metric(fact.metric)
        label = self.row_label(Row(fact.dimensions), fact.period, in_sentence="hour" not in fact.dimensions)
        label = f"la franja {label}" if "hour" in fact.dimensions else label
        noun = f"{self.words[metric].noun}{self.scope(metric, self.filters)}"
        return f"{label} supuso el {self.figure(fact)} {_contracted('de', noun)} {self.when(fact.period)}"

    def only_named(self, metric: Metric, names: Sequence[str]) -> str:
        if metric is Metric.UNSOLD_PRODUCTS:
            return f"{self.when(self.sheet.period)} no se vendieron {self.quote(names)}"
        return f"{'está agotado' if len(names) == 1 else 'están agotados'} {self.quote(names)}"

    def too_long(self, dimension: Dimension) -> str:
        return f"son demasiados {DIMENSIONS[dimension][1].split(' ', 1)[1]} para enumerarlos aquí"

    def list_head(self, listing: Listing) -> str:
        if listing.compared_with:
            return self._head_of_changes(listing)
        if listing.ranking:
            return f"{self._ranked(listing, plural=True)} {self._are(listing, plural=True)}:"
        words = self.words[listing.metrics[0]]
        when = "" if words.timeless else f" {self.when(listing.period)}"
        nouns = self.join([self.words[metric].noun for metric in listing.metrics])
        these = _DEMONSTRATIVES[nouns.split(" ", 1)[0]]
        if len(listing.metrics) > 1:
            these = "estos fueron"
        if words.timeless:
            these = these.replace("fueron", "son").replace("fue", "es")
        average = " de media" if listing.average else ""
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        if listing.is_series:
            return f"{these}, {_by(listing)}, {nouns}{scope}{average}{when}:"
        by = "" if words.timeless else f" {_by(listing)}"
        return f"{these} {nouns}{scope}{by}{average}{when}:"

    def _are(self, listing: Listing, *, plural: bool) -> str:
        if self.words[listing.metrics[0]].timeless:
            return "son" if plural else "es"
        return self.said("{fueron}" if plural else "{fue}", listing.period)

    def _ranked(self, listing: Listing, *, plural: bool) -> str:
        """What is ranked: "el producto con más ventas en noviembre de 2010"."""
        metric, words = listing.metrics[0], self.words[listing.metrics[0]]
        most = words.most if listing.is_top else words.least
        if listing.dimension is Dimension.CUSTOMER and metric in CUSTOMER_SUPERLATIVES:
            most = CUSTOMER_SUPERLATIVES[metric][0 if listing.is_top else 1]
        filters, rows = self.around_rows(listing), DIMENSIONS[listing.dimension][plural]
        if listing.dimension is Dimension.PRODUCT:
            rows, filters = rows + self.sold(Metric.NET_SALES, filters), replace(filters, categories=())
        text = f"{rows} {most.agreeing(plural=plural)}{self.scope(metric, filters)}"
        text += " de media" if listing.average else ""
        if not listing.is_top and counts_only_what_sold(metric, listing.dimension):
            text += " (entre lo que se vendió)"
        return text if words.timeless else f"{text} {self.when(listing.period)}"

    def _head_of_changes(self, listing: Listing) -> str:
        if listing.direction:
            return f"{self._moved_most(listing, plural=True)} fueron:"
        if listing.ranking and listing.ranking.by == "value" and listing.compared_with:
            return f"{self._ranked(listing, plural=True)}, comparados con {self.name(listing.compared_with)}, fueron:"
        noun = self.words[listing.metrics[0]].noun
        verb = "cambió" if noun.startswith(("el ", "la ")) else "cambiaron"
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        if listing.is_series:
            return f"así {verb}, {_by(listing)}, {noun}{scope} {self._between(listing)}:"
        return f"así {verb} {noun}{scope} {_by(listing)} {self._between(listing)}:"

    def _between(self, listing: Listing) -> str:
        against = f" respecto {_contracted('a', self.name(listing.compared_with))}" if listing.compared_with else ""
        return f"{self.when(listing.period)}{against}"

    def _moved_most(self, listing: Listing, *, plural: bool) -> str:
        step = "aumento" if listing.direction == 1 else "caída"
        percent = " porcentual" if listing.ranking and listing.ranking.by == "change_percent" else ""
        noun = self.words[listing.metrics[0]].noun.split(" ", 1)[1]
        scope = self.scope(listing.metrics[0], self.around_rows(listing))
        rows = DIMENSIONS[listing.dimension][plural]
        return f"{rows} con mayor {step}{percent} de {noun}{scope} {self._between(listing)}"

    def first_row(self, listing: Listing, row: Row) -> str:
        label = self.row_label(row, row.first.told_by.period, in_sentence=True)
        if listing.direction:
            return f"{self._moved_most(listing, plural=False)} fue {label}: pasó {self._moved(row.first)}"
        told = self.join(
            [self._with_share(self.labelled(figure.value), figure) for figure in row.figures.values() if figure.value]
        )
        text = f"{self._ranked(listing, plural=False)} {self._are(listing, plural=False)} {label}, con {told}"
        text += " de media" if listing.average else ""
        return text

    def row_label(self, row: Row, period: Period, *, in_sentence: bool = False) -> str:
        labels: list[str] = []
        for name, value in row.dimensions.items():
            match name:
                case "customer_name":
                    labels[-1] = f"{value} ({labels[-1].removeprefix('el ')})"
                case "customer":
                    labels.append(f"el {value}" if in_sentence else value)
                case "product" | "category" | "store" | "payment_method":
                    labels.append(self.quote([value]) if in_sentence else value)
                case _:
                    labels.append(self._time_label(name, value, period, in_sentence=in_sentence))
        return ", ".join(labels)

    def _time_label(self, dimension: str, value: str, period: Period, *, in_sentence: bool) -> str:
        match dimension:
            case "hour":
                hour = int(value[:2])
                return f"{'la ' if in_sentence else ''}{format_hour_range(hour, hour + 1, 'es')}"
            case "weekday":
                return f"{'el ' if in_sentence else ''}{WEEKDAY_NAMES['es'][WEEKDAY_NUMBERS[value]]}"
            case "day":
                dated = in_sentence or not self.within_a_year()
                day = format_date(date.fromisoformat(value), "es", weekday=True, year=dated)
                return f"{'el ' if in_sentence else ''}{day}"
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
        text = re.sub(r"^un(a|o?s|as)? ", "", self.labelled(figure.value)) if labelled else self.figure(figure.value)
        return self._with_share(text, figure)

    def _with_share(self, text: str, figure: Figure) -> str:
        return f"{text} ({self._share_of_total(figure)})" if figure.share else text

    def _share_of_total(self, figure: Figure) -> str:
        return f"el {self.figure(figure.share)} del total" if figure.share else ""

    def _moved(self, figure: Figure) -> str:
        if not (figure.value and figure.baseline):
            return self.figure(figure.told_by)
        if figure.direction == 0:
            return f"de {self.figure(figure.baseline)} a {self.figure(figure.value)}, sin cambios"
        return f"de {self.figure(figure.baseline)} a {self.figure(figure.value)}, {self._steps(figure)}"

    def total_of_rows(self, fact: Fact) -> str:
        return f"en total, {self.total(fact, self.filters)}"

    def best_or_worst(self, fact: Fact, *, best: bool) -> str:
        words, dimension = self.words[base_metric(fact.metric)], Dimension(next(iter(fact.dimensions)))
        most = (words.most if best else words.least).singular
        label = self.row_label(Row(fact.dimensions), fact.period, in_sentence=True)
        was = "es" if words.timeless else self.said("{fue}", fact.period)
        return f"{DIMENSIONS[dimension][0]} {most} {was} {label}, con {self.labelled(fact)}"

    def beside(self, figure: Figure) -> str:
        if figure.compared_period is None:
            return ""
        text = f"es {self._steps(figure)} que {self._in(figure.compared_period)}"
        return f"{text}, cuando {self.clause(figure.baseline, Filters())}" if figure.baseline else text

    def unsold(self, count: Fact, names: Sequence[str]) -> str:
        when, before = self.when(count.period), self.sheet.comparison
        scope = self.scope(Metric.UNSOLD_PRODUCTS, self.filters)
        if count.value == 0:
            which = f"que se habían vendido {self._in(before)}" if before else "del catálogo"
            return f"{when} se vendieron todos los productos{scope} {which}: no quedó ninguno sin ventas (0)"
        sold = "vendió" if count.value == 1 else "vendieron"
        which = f" que sí se {sold} {self._in(before)}" if before else ""
        return f"{when} no se {sold} {self.figure(count)}{scope}{which}{self._among(count, names)}"

    def inactive(self, count: Fact) -> str:
        limit = self.sheet.plan.inactive_days
        day = format_date(self.as_of.date() if self.as_of else count.period.end, self.language)
        if not limit:
            return f"a {day} {self.clause(count, self.filters)}"
        days = f"más de {format_count(limit, self.language)} días sin comprar"
        scope = self.scope(Metric.INACTIVE_CUSTOMERS, self.filters)
        number = format_count(count.value, self.language)
        if count.value == 0:
            return f"a {day} ningún cliente{scope} lleva {days} ({number})"
        clients, lead = ("cliente", "lleva") if count.value == 1 else ("clientes", "llevan")
        return f"a {day}, {number} {clients}{scope} {lead} {days}"

    def coverage(self, fact: Fact) -> str:
        return f"el cálculo cubre el {self.figure(fact)} de las ventas: las que tienen el coste registrado"

    def records_begin(self, day: date) -> str:
        return f"ten en cuenta que los registros empiezan el {format_date(day, self.language)}"

    def gap_parts(self) -> Mapping[str, str]:
        recorded, before = self.sheet.recorded, self.sheet.comparison
        records = f"los registros van {word_days(*recorded, self.language)}" if recorded else ""
        return {
            "when": self.when(self.sheet.period),
            "of_period": _contracted("de", self.name(self.sheet.period)),
            "of_comparison": _contracted("de", self.name(before)) if before else "",
            "records": records,
            "why_no_comparison": f": {records}" if self.outside_records(before) else "",
            "what": self.untold(),
            "scope": self.scope(Metric.NET_SALES, self.filters),
        }


def _contracted(preposition: str, noun: str) -> str:
    """The noun after "a" or "de": "del tercer trimestre de 2010", "a octubre de 2010"."""
    return f"{preposition}l {noun.removeprefix('el ')}" if noun.startswith("el ") else f"{preposition} {noun}"


def _by(listing: Listing) -> str:
    return ", ".join(BREAKDOWNS[dimension] for dimension in listing.dimensions)


def _weekdays(numbers: Sequence[int]) -> str:
    days = sorted(numbers)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"de {WEEKDAY_NAMES['es'][days[0]]} a {WEEKDAY_NAMES['es'][days[-1]]}"
    return "los " + join_list([WEEKDAY_NAMES["es"][day] + ("s" if day > 4 else "") for day in days], "es")


def _bucket_label(dimension: str, value: str, period: Period, *, in_sentence: bool) -> str:
    days = bucket(dimension, value, period)
    if dimension == "week":
        week = "la " if in_sentence else "semana "
        if days.start == days.last:
            return f"{week}del {format_date(days.start, 'es')} (solo ese día)"
        return week + word_days(days.start, days.last, "es")
    label = {
        "month": lambda: format_month(days.start.year, days.start.month, "es"),
        "quarter": lambda: f"el {_ORDINALS[(days.start.month - 1) // 3]} trimestre de {days.start.year}",
        "year": lambda: str(days.start.year),
    }[dimension]()
    label = label if in_sentence else label.removeprefix("el ")
    if days.cut_at_start and days.cut_at_end:
        return f"{label} ({word_days(days.start, days.last, 'es')})"
    if days.cut_at_start:
        return f"{label} (desde el {format_date(days.start, 'es', year=False)})"
    return f"{label} (hasta el {format_date(days.last, 'es', year=False)})" if days.cut_at_end else label
