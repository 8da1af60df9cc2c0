"""Whether a figure of a text is one of the facts: in value, unit, sign, metric and all that it is said of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cached_property

from cafe_ai.analytics.model import Fact, FactSheet, Metric
from cafe_ai.assistants.checker.calendar import SheetCalendar, row_span, row_spans, span_of
from cafe_ai.assistants.checker.clauses import Piece
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.metrics import metric_base, unit_of
from cafe_ai.assistants.checker.model import Cue, Figure, NameMention, Span, TimeMention
from cafe_ai.assistants.checker.names import ENTITIES, FILTERED
from cafe_ai.assistants.checker.subjects import Origin, Surroundings

WHOLES: dict[str, frozenset[str]] = {
    Metric.REPEAT_RATE: frozenset((Metric.CUSTOMERS,)),
    Metric.RETURN_RATE: frozenset((Metric.GROSS_SALES, Metric.NET_SALES)),
    Metric.MARGIN_RATE: frozenset((Metric.NET_SALES,)),
}
"""What the metrics that are percentages are percentages of."""
COVERAGE = frozenset(("coste", "costes", "costo", "costos", "cost", "costs", "costed"))
STATES = frozenset((Metric.INACTIVE_CUSTOMERS, Metric.CATALOGUE_SIZE, Metric.PRICE, Metric.STOCK, Metric.OUT_OF_STOCK))
"""Metrics of a moment: their figures are "as of" the day of asking."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Agreement:
    """Compares the figures of one text with the facts of one sheet."""

    def __init__(self, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings) -> None:
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.dimensions = {d for fact in sheet.facts for d in fact.dimensions if d in ENTITIES}
        self.senses = MetricSenses(sheet, around)
        self._row_of = _rows_of_baselines(sheet)
        self._metrics = [(fact, *metric_base(fact.metric)) for fact in sheet.facts]

    def row_of(self, fact: Fact) -> frozenset[Span]:
        """The calendar unit of a row, whole and as far as it was asked; of a baseline, those of the row it belongs to."""
        return row_spans(fact, self.sheet.period) or self._row_of.get(id(fact), frozenset())

    def candidates(self, figure: Figure) -> Iterator[tuple[Fact, Metric, str]]:
        """The facts with the figure's value and unit."""
        for fact, base, suffix in self._metrics:
            if has_unit(figure, fact, suffix, self.sheet.currency) and has_value(figure, fact):
                yield fact, base, suffix

    def supports(self, figure: Figure) -> str | None:
        """None where a fact carries the figure, else why none does."""
        reasons = ["no fact has this value"]
        said = Said(self, figure)
        for fact, base, suffix in self.candidates(figure):
            reason = said.contradicts(fact, base, suffix)
            if reason is None:
                return None
            reasons.append(reason)
        return reasons[-1]


class Said:
    """All that a text says of one figure."""

    def __init__(self, agreement: Agreement, figure: Figure) -> None:
        self.agreement = agreement
        self.sheet = agreement.sheet
        self.calendar = agreement.calendar
        self.around = agreement.around
        self.figure = figure
        self.piece: Piece = agreement.around.piece_of(figure)

    def contradicts(self, fact: Fact, base: Metric, suffix: str) -> str | None:
        """Why the figure is not this fact; None where it is."""
        if self.around.cue(self.figure, "negation", "unreal"):
            return "denied or not said as a fact"
        if self.agreement.senses.conflicts(self.figure):
            return "counts something else than the sentence speaks of"
        if self.figure.value and self._explains_none():
            return "told as none and as some"
        if not self._names_metric(fact, base, suffix):
            return "the facts have it for another metric"
        if not self._agrees_in_kind(fact, suffix):
            return "the facts have it as another kind of figure, or with another direction"
        if not self._names_row(fact):
            return "the facts have it for another product, category, store or customer"
        if not self._names_period(fact, base, suffix):
            return "the facts have it for another period"
        if not (self._names_weekday(fact) and self._names_hour(fact)):
            return "the facts have it for another weekday or hour"
        return None if self._names_filters(fact) else "the text does not say what it is narrowed to"

    def _names_metric(self, fact: Fact, base: Metric, suffix: str) -> bool:
        if suffix == "coverage":
            return self._says_coverage()
        metrics = self._metrics
        if not self._is_of_right_whole(base, suffix):
            return False
        if metrics is None:
            asked = [metric for metric in self.sheet.plan.metrics if unit_of(metric) == unit_of(base)]
            return base in asked[:1]
        return base in metrics

    def _is_of_right_whole(self, base: Metric, suffix: str) -> bool:
        """Whether "31 % of sales" tells a percentage of what the fact is a percentage of."""
        whole = self.agreement.senses.whole_of(self.figure)
        if whole is None:
            return True
        if suffix == "share":
            return base in whole.metrics
        return suffix == "" and not WHOLES.get(base, frozenset()).isdisjoint(whole.metrics)

    def _says_coverage(self) -> bool:
        sentence = self.around.sentence_of(self.figure)
        return any(self.around.reading.text_at(place) in COVERAGE for place in range(sentence.first, sentence.last))

    @cached_property
    def _metrics(self) -> frozenset[str] | None:
        return self.agreement.senses.metrics_of(self.figure)

    # --- kind and direction

    def _agrees_in_kind(self, fact: Fact, suffix: str) -> bool:
        delta, amount = self._delta, self.around.cue(self.figure, "amount")
        if suffix in ("change", "difference"):
            return self._is_told_as_step(suffix, delta) and self._agrees_in_direction(fact, delta)
        if self._explains_percentage() and not suffix:
            return False
        if self.figure.signed and self.figure.value >= 0:
            return False  # "+12" is a change
        if delta is not None or (amount and 0 <= amount.first - self.figure.last <= 2):
            return False
        return True

    @cached_property
    def _delta(self) -> int | None:
        """+1 or -1 where the figure is told as a step up or down: "up 3", "un aumento de 3", "3 más"; else None."""
        figure = self.figure
        for cue in self.piece.cues:
            if cue.kind == "amount" and 0 <= cue.first - figure.last <= 2 and not self._between(figure.last, cue.first):
                return _sign(cue.value)
        for cue in reversed(self.piece.cues):
            if (
                cue.kind == "direction"
                and cue.last <= figure.first
                and not self._is_level(cue)
                and self._leads_to(cue.last, figure.first)
            ):
                return _sign(cue.value)
            if cue.kind == "direction" and 0 <= cue.first - figure.last <= 1 and cue.value != "flat":
                return _sign(cue.value)
        return None

    def _between(self, first: int, last: int) -> bool:
        return any(
            self.around.reading.owner(place) is not None and isinstance(self.around.reading.owner(place), Figure)
            for place in range(first, last)
        )

    def _is_level(self, cue: Cue) -> bool:
        """Whether a direction names the level it is seen from: "below the 12 of October"."""
        words = {self.around.reading.text_at(place) for place in range(cue.first, cue.last)}
        return not words.isdisjoint(
            (
                "encima",
                "debajo",
                "above",
                "below",
                "superior",
                "inferior",
                "superiores",
                "inferiores",
                "exceeded",
                "exceeds",
            )
        )

    def _leads_to(self, first: int, last: int) -> bool:
        """Whether only small words stand between a direction and its figure, none of them "to"."""
        words = [self.around.reading.text_at(place) for place in range(first, last)]
        return len(words) <= 4 and all(word in _SMALL for word in words)

    def _agrees_in_direction(self, fact: Fact, delta: int | None) -> bool:
        sign = (fact.value > 0) - (fact.value < 0)
        if self.figure.signed and not self._tells_change():
            return False
        if self.figure.signed:
            return self.figure.value == 0 or (self.figure.value > 0) == (sign > 0)
        if delta is not None:
            return delta == sign or sign == 0
        cues = [cue for cue in self.around.cues_before(self.figure, "direction", "amount") if cue.value != "flat"]
        cues += [
            cue for cue in self.piece.cues if cue.kind in ("direction", "amount") and cue.first >= self.figure.last
        ]
        if cues:
            return sign in (_sign(cues[0].value), 0)
        return sign >= 0 and bool(self.around.cues_before(self.figure, "change"))

    def _is_told_as_step(self, suffix: str, delta: int | None) -> bool:
        """Whether something beside a difference says it is one; a percentage may have its direction farther away."""
        if self.piece.opener == "resume" or (self.piece.reference and self.piece.opener != "("):
            return False
        if suffix == "change" or delta is not None or self.figure.signed:
            return True
        beside = self.around.cue(self.figure, "change", "direction", "amount")
        return self.piece.opener in ("(", ":") or beside is not None

    def _explains_percentage(self) -> bool:
        """Whether the figure stands in brackets right behind a percentage of change: "up 31 % (12 €)" is by 12."""
        sentence = self.around.sentence_of(self.figure)
        number = sentence.pieces.index(self.piece)
        before = sentence.pieces[number - 1] if number and self.piece.opener == "(" else None
        if before is None or self.figure.kind == "percent":
            return False
        last = before.of(Figure)[-1:]
        close = bool(last) and last[0].kind in ("percent", "points") and before.last - last[0].last <= 1
        return close and any(cue.kind in ("direction", "amount") for cue in before.cues)

    def _explains_none(self) -> bool:
        """Whether the figure stands in brackets behind "there were no ..."."""
        sentence = self.around.sentence_of(self.figure)
        number = sentence.pieces.index(self.piece)
        return self.piece.opener == "(" and number > 0 and sentence.pieces[number - 1].cue("negation") is not None

    def _tells_change(self) -> bool:
        """Whether a figure with a sign is told as a change: in brackets, beside a word for it, or as a percentage by itself."""
        if self.piece.opener == "(" or self.around.cue(self.figure, "change", "direction", "amount"):
            return True
        return self.figure.kind in ("percent", "points") and not self.piece.reference

    # --- rows

    @cached_property
    def _is_whole(self) -> bool:
        """Whether the figure is told as the whole of which something is a part: "out of 101", "de un total de 101"."""
        text, first = self.around.reading.text_at, self.figure.first
        before = [text(first - n) for n in (4, 3, 2, 1)]
        return (
            before[2:] == ["out", "of"]
            or before in (["de", "un", "total", "de"], ["of", "a", "total", "of"], ["sobre", "un", "total", "de"])
            or before[1:] in (["total", "of", "the"], ["from", "total", "of"])
        )

    def _names_row(self, fact: Fact) -> bool:
        if self._is_whole:
            return fact.role == "total"
        return all(self._names_dimension(fact, dimension) for dimension in ENTITIES)

    def _names_dimension(self, fact: Fact, dimension: str) -> bool:
        found = self._name(dimension)
        value = fact.dimensions.get(dimension)
        if value is not None:
            return found is not None and found[0].subjects.get(dimension) == value
        if found is None:
            return True
        name, origin = found
        if name.subjects[dimension] in _filter_values(fact, dimension):
            return True
        if origin == "piece" and len(name.subjects) > 1:
            return any(
                name.subjects.get(d) in (fact.dimensions.get(d), *_filter_values(fact, d)) for d in name.subjects
            )
        return origin != "piece" and self._says_total()

    def _says_total(self) -> bool:
        """Whether "total" stands before the figure in its piece, with no other figure between."""
        cues = [cue for cue in self.piece.cues if cue.kind == "total" and cue.last <= self.figure.first]
        return bool(cues) and not self._between(cues[-1].last, self.figure.first)

    def _name(self, dimension: str) -> tuple[NameMention, Origin] | None:
        def fits(mention: NameMention) -> bool:
            return dimension in mention.subjects

        found = self.around.bind(self.figure, NameMention, fits)
        if found:
            return found
        if heading := self.around.heading(self.figure, NameMention, fits):
            return heading, "sentence"
        sentence = self.around.sentence_of(self.figure)
        anaphora = any(
            cue.kind == "anaphora" for piece in sentence.pieces for cue in piece.cues if cue.first < self.figure.first
        )
        if (
            anaphora
            and dimension in self.agreement.dimensions
            and (topic := self.around.topic(self.figure, NameMention, fits))
        ):
            return topic, "topic"
        return None

    # --- period

    def _names_period(self, fact: Fact, base: Metric, suffix: str) -> bool:
        row = self.agreement.row_of(fact)
        if suffix in ("change", "difference") and not self._compares_right(fact):
            return False
        if row and row_span(fact) is None and not self.piece.reference:
            return False  # a baseline
        if base == Metric.UNSOLD_PRODUCTS and self._names_period_of_unsold():
            return True
        mentions = self._times()
        if row and row_span(fact) is None:
            bound = self.around.bind(self.figure, TimeMention, self._is_period)
            return bound is not None and any(self.calendar.means(bound[0], span) for span in row)
        if not mentions:
            return not row and self._default_period(fact, suffix)
        if base in STATES and all(self.calendar.is_today(m) for m in mentions):
            return True
        keys = row or frozenset({span_of(fact.period)})
        if suffix in ("change", "difference") and fact.compared_with and self._told_after_both(fact, mentions[0]):
            keys |= {span_of(fact.compared_with)}
        exact = [m for m in mentions if any(self.calendar.means(m, key) for key in keys)]
        return bool(exact) and all(m in exact or any(self.calendar.covers(m, key) for key in keys) for m in mentions)

    def _told_after_both(self, fact: Fact, mention: TimeMention) -> bool:
        """ "12 in March and 10 in January (8 % less)": a change told behind both of its periods."""
        piece = self.around.piece_of(mention)
        if piece.reference:
            return True
        before = [m for m in self.around.sentence_of(self.figure).of(TimeMention) if m.first < self.figure.first]
        return piece is not self.piece and any(self.calendar.means(m, span_of(fact.period)) for m in before)

    def _names_period_of_unsold(self) -> bool:
        """ "Sold in October and not in November": the asked period is named, and besides it only what it is compared with."""
        mentions = [m for m in self.around.sentence_of(self.figure).of(TimeMention) if m.spans]
        asked = [m for m in mentions if self.calendar.means(m, self.calendar.period)]
        others = [m for m in mentions if m not in asked]
        return bool(asked) and all(
            any(self.calendar.means(m, span) for span in self.calendar.baselines) for m in others
        )

    def _is_period(self, mention: TimeMention) -> bool:
        """Whether a mention names a period, and not in brackets only until when it counts."""
        return bool(mention.spans) and not (mention.edge and self.around.piece_of(mention).opener == "(")

    def _times(self) -> list[TimeMention]:
        """The periods the figure belongs to: the one it is bound to, and in its own piece also those that frame it."""
        found = self.around.bind(self.figure, TimeMention, self._is_period)
        if found is None or (self.piece.reference and not self.around.piece_of(found[0]).reference):
            return []
        mention, origin = found
        frame = (
            [m for m in self.piece.of(TimeMention) if m.spans and m is not mention and _lies_in(mention, m)]
            if origin == "piece"
            else []
        )
        return [mention, *frame]

    def _default_period(self, fact: Fact, suffix: str) -> bool:
        """Without a period in the sentence: what is compared with where that is said, else what was spoken of, else what was asked."""
        span = span_of(fact.period)
        if self.piece.reference and not self._reference_is_row() and suffix not in ("change", "difference"):
            return span in self.calendar.baselines and (self.calendar.comparison in (None, span))
        if not self.around.cue(self.figure, "total"):
            topic = self.around.heading(self.figure, TimeMention, _has_span) or self.around.topic(
                self.figure, TimeMention, _has_span
            )
            if topic is not None and suffix in ("change", "difference") and fact.compared_with:
                return any(self.calendar.means(topic, said) for said in (span, span_of(fact.compared_with)))
            if topic is not None:
                return self.calendar.means(topic, span)
        return span == self.calendar.period

    def _reference_is_row(self) -> bool:
        return any(set(m.subjects) & self.agreement.dimensions for m in self.piece.of(NameMention))

    def _compares_right(self, fact: Fact) -> bool:
        """Whether the period a change is told against is the one it was taken against."""
        sentence = self.around.sentence_of(self.figure)
        number = sentence.pieces.index(self.piece)
        for piece in sentence.pieces[number + 1 : number + 2]:
            if piece.reference:
                mentions = [m for m in piece.of(TimeMention) if m.spans]
                if mentions and fact.compared_with:
                    return any(self.calendar.means(m, span_of(fact.compared_with)) for m in mentions)
                return not piece.of(NameMention) or not self._is_row_reference(piece)
        return True

    def _is_row_reference(self, piece: Piece) -> bool:
        return any(set(m.subjects) & self.agreement.dimensions for m in piece.of(NameMention))

    # --- weekday and hour

    def _names_weekday(self, fact: Fact) -> bool:
        found = self.around.bind(self.figure, TimeMention, lambda m: bool(m.weekdays) and not m.spans)
        row, narrowed = fact.dimensions.get("weekday"), fact.filters.get("weekdays")
        if self._is_whole and row is None:
            return True
        if row is not None:
            return found is not None and {WEEKDAYS[day] for day in found[0].weekdays} == {row}
        if found is None:
            return True
        return isinstance(narrowed, (list, tuple)) and all(WEEKDAYS[day] in narrowed for day in found[0].weekdays)

    def _names_hour(self, fact: Fact) -> bool:
        found = self.around.bind(self.figure, TimeMention, lambda m: m.hours is not None)
        row, narrowed = fact.dimensions.get("hour"), fact.filters.get("hours")
        if self._is_whole and row is None:
            return True
        if row is not None:
            hour = int(row[:2])
            return (
                found is not None
                and found[0].hours is not None
                and (found[0].hours[0], found[0].hours[1] % 24) == (hour, (hour + 1) % 24)
            )
        if found is None:
            return True
        hours = found[0].hours
        return (
            isinstance(narrowed, (list, tuple))
            and hours is not None
            and [h % 24 for h in hours] == [int(h) % 24 for h in narrowed]
        )

    # --- filters

    def _names_filters(self, fact: Fact) -> bool:
        """Whether everything the figure is narrowed to is named somewhere up to the end of its sentence."""
        if self._lacks_a_filter(fact) and not self._is_whole and not self._says_total():
            return False
        end = self.around.sentence_of(self.figure).last
        names = [m for m in self.around.reading.found(NameMention) if m.first < end]
        for several, dimension in FILTERED.items():
            listed = _filter_values(fact, dimension)
            if listed and dimension not in fact.dimensions and several in fact.filters:
                said = {m.subjects.get(dimension) for m in names} & set(listed)
                if not said or (len(said) < len(listed) <= 3):
                    return False
        times = [m for m in self.around.reading.found(TimeMention) if m.first < end]
        if fact.filters.get("hours") and "hour" not in fact.dimensions and not any(m.hours for m in times):
            return False
        narrowed = fact.filters.get("weekdays")
        if isinstance(narrowed, (list, tuple)) and "weekday" not in fact.dimensions:
            said_days = {WEEKDAYS[day] for m in times for day in m.weekdays}
            return said_days >= set(narrowed) or self._says_weekend(narrowed, end)
        return True

    def _says_weekend(self, narrowed: list[object] | tuple[object, ...], end: int) -> bool:
        text = self.around.reading.text[: self.around.reading.tokens[end - 1].end].lower()
        if set(narrowed) == {"saturday", "sunday"}:
            return any(words in text for words in ("fin de semana", "fines de semana", "weekend"))
        return len(narrowed) == 5 and any(
            words in text for words in ("entre semana", "weekday", "laborable", "lunes a viernes", "monday to friday")
        )

    def _lacks_a_filter(self, fact: Fact) -> bool:
        """Whether the question is narrowed to something that this fact is not."""
        filters = self.sheet.plan.filters
        asked = {several for several in (*FILTERED, "weekdays", "hours") if getattr(filters, several)}
        return any(
            several not in fact.filters and FILTERED.get(several, several) not in fact.dimensions for several in asked
        )


_SMALL = frozenset((
    "un", "una", "el", "la", "los", "las", "de", "del", "en", "by", "of", "a", "an", "the", "casi", "unos", "unas", "cerca", "about", "around", "nearly", "almost", "exactamente", "exactly", "mas", "roughly", "some", "ligero",
    "fuerte", "notable", "notablemente", "significativamente", "approximately", "aproximadamente", "just", "apenas", "ligeramente", "slightly", "over",
))  # fmt: skip


def _rows_of_baselines(sheet: FactSheet) -> dict[int, frozenset[Span]]:
    """The row of each baseline in a breakdown by time; its own dimensions lack the date, and it stands behind its value."""
    found: dict[int, frozenset[Span]] = {}
    row: frozenset[Span] = frozenset()
    for fact in sheet.facts:
        if fact.role == "value":
            row = row_spans(fact, sheet.period)
        elif fact.role == "baseline" and row and row_span(fact) is None:
            found[id(fact)] = row
    return found


def _sign(value: str) -> int:
    return {"up": 1, "down": -1}.get(value, 0)


def _has_span(mention: TimeMention) -> bool:
    return bool(mention.spans)


def _lies_in(mention: TimeMention, frame: TimeMention) -> bool:
    return any(f[0] <= m[0] and m[1] <= f[1] for m in mention.spans for f in frame.spans)


def _filter_values(fact: Fact, dimension: str) -> tuple[str, ...]:
    several = next(name for name, one in FILTERED.items() if one == dimension)
    values = fact.filters.get(several, ())
    return tuple(str(value) for value in values) if isinstance(values, (list, tuple)) else ()


def has_unit(figure: Figure, fact: Fact, suffix: str, currency: str) -> bool:
    """Whether a figure is written in the fact's unit: its currency, per cent for a change or share, points for a
    difference of percentages, nothing for a count."""
    points = fact.unit == "percent" and suffix == "difference"
    match figure.kind:
        case "money":
            return fact.unit == "money" and (fact.currency or currency) in figure.currencies
        case "percent":
            return fact.unit == "percent" and not points
        case "points":
            return points
        case "fraction":
            return fact.unit == "percent" and not points
        case "multiple":
            return suffix == "change"
        case _:
            return fact.unit in ("count", "days") or (fact.unit == "money" and not figure.in_words)


def has_value(figure: Figure, fact: Fact) -> bool:
    """Whether the fact's value, rounded half up to the digits shown, is the figure.

    A step up or down is compared without its sign; its direction is words. Counts must be exact; other figures may drop
    decimals down to three significant digits (two for percentages, and where a scale or "about" says so). A bound is right
    where it is the fact cut off ("more than") or rounded up ("less than") at one of its digits.
    """
    if not _is_delta(fact) and (figure.value < 0) != (fact.value < 0):
        return False
    if figure.kind == "multiple" and figure.value * fact.value < 0:
        return False  # a fall by 100 % is no doubling
    value, shown = abs(fact.value), abs(figure.value)
    if fact.unit == "count" and figure.step < 1 and value == value.to_integral_value() and not figure.scaled:
        return False
    if shown == value:
        return figure.bound is None or figure.inclusive
    if figure.bound:
        return _is_bound(figure, shown, value)
    if figure.kind == "fraction":
        return value == shown.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if figure.kind == "multiple":
        return figure.value * fact.value > 0 and figure.about and abs(value - shown) <= 5
    if fact.unit in ("count", "days") and not (figure.scaled or figure.about):
        whole = value == value.to_integral_value()
        return not whole and figure.step < 1 and figure.digits >= 2 and _rounds(value, shown, figure.step)
    return _rounds_enough(figure, fact, value, shown)


def _is_delta(fact: Fact) -> bool:
    return fact.metric.endswith(("_change", "_difference"))


def _rounds_enough(figure: Figure, fact: Fact, value: Decimal, shown: Decimal) -> bool:
    step, digits = figure.step, figure.digits
    if figure.about and step >= 1:
        plain = f"{abs(shown.to_integral_value()):f}"
        zeros = len(plain) - len(plain.rstrip("0"))
        zeros = min(zeros, max(len(plain) - 2, 0))
        step, digits = max(step, Decimal(1).scaleb(zeros)), len(plain) - zeros
    enough = 2 if figure.about or figure.scaled or fact.unit == "percent" else 3
    if fact.unit == "money" and step == Decimal("0.1") and not figure.about:
        return False
    return digits >= enough and _rounds(value, shown, step)


def _rounds(value: Decimal, shown: Decimal, step: Decimal) -> bool:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step == shown


def _is_bound(figure: Figure, shown: Decimal, value: Decimal) -> bool:
    if figure.kind == "fraction" and shown == 50:
        return 50 < value <= 100 if figure.bound == "more" else 47 <= value < 50
    if figure.kind in ("fraction", "multiple"):
        return (shown < value <= shown + 3) if figure.bound == "more" else (shown - 3 <= value < shown)
    if not value or (shown < value) != (figure.bound == "more"):
        return False
    size = value.adjusted()
    rounding = ROUND_FLOOR if figure.bound == "more" else ROUND_CEILING
    cuts = [Decimal(1).scaleb(place) for place in range(size, size - 6, -1)]
    return any(
        (value / cut).quantize(Decimal(1), rounding) * cut == shown and (cut != cuts[0] or not figure.close)
        for cut in cuts
    )
