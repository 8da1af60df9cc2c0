"""Which metric each figure of a text is said of."""

from __future__ import annotations

from collections.abc import Callable

from cafe_ai.analytics.model import Dimension, FactSheet, Metric
from cafe_ai.assistants.checker.clauses import Piece
from cafe_ai.assistants.checker.metrics import RATES, unit_of
from cafe_ai.assistants.checker.model import Figure, Mention, MetricMention
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.words import BEHIND_COUNTS, ROW_NOUNS

PRODUCT_COUNTS = frozenset((Metric.PRODUCTS_SOLD, Metric.UNSOLD_PRODUCTS, Metric.CATALOGUE_SIZE, Metric.OUT_OF_STOCK))
CUSTOMER_COUNTS = frozenset(
    (Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, Metric.INACTIVE_CUSTOMERS)
)
TOTALS = (
    frozenset(
        (
            Metric.NET_SALES,
            Metric.GROSS_SALES,
            Metric.RETURNS,
            Metric.DISCOUNTS,
            Metric.ORDERS,
            Metric.UNITS,
            Metric.MARGIN,
        )
    )
    | CUSTOMER_COUNTS
    | PRODUCT_COUNTS
)
NARROWER: dict[str, frozenset[str]] = {
    Metric.CUSTOMERS: CUSTOMER_COUNTS - {Metric.CUSTOMERS},
    Metric.UNITS: frozenset((Metric.DAILY_UNITS, Metric.STOCK, Metric.UNITS_PER_ORDER)),
    Metric.ORDERS: frozenset((Metric.DAILY_ORDERS,)),
    Metric.PRODUCTS_SOLD: frozenset((Metric.UNSOLD_PRODUCTS,)),
}
"""Metrics that are counted with a wider one's noun: "1 customer has not bought", "5 units in stock"."""
_LINKS = frozenset(
    (
        "de",
        "of",
        "en",
        "in",
        "las",
        "los",
        "the",
        "tus",
        "your",
        "son",
        "eran",
        "were",
        "are",
        "han",
        "have",
        "que",
        "el",
        "la",
        "total",
        "totales",
        "ya",
    )
)


_ADJECTIVES = frozenset(("nuevos", "nuevas", "new", "recurrentes", "returning", "inactivos", "inactive", "lapsed"))


class MetricSenses:
    """Finds the metric of each figure of a text about a sheet."""

    def __init__(self, sheet: FactSheet, around: Surroundings) -> None:
        self.sheet = sheet
        self.around = around

    def metrics_of(self, figure: Figure) -> frozenset[str] | None:
        """The metrics a figure may be of; None where the text names none."""
        mention = self._mention(figure)
        if mention is None:
            per = self._rate(figure)
            if not per or (self._is_breakdown() and (per != "day" or self._tells_days())):
                return None
            return frozenset({RATES[per][Metric.NET_SALES]}) if per in RATES and figure.kind == "money" else frozenset()
        metrics = mention.metrics
        if Metric.NET_SALES in metrics and not self._sells_products(figure, mention):
            metrics -= {Metric.PRODUCTS_SOLD}  # "sold" counts products only where they follow
        return self._without_totals(figure, self._with_rate(figure, self._narrowed(figure, mention, metrics)))

    def subject_of(self, cue: Mention) -> MetricMention | None:
        """The metric that a word without a figure speaks of."""

        def fits(mention: MetricMention) -> bool:
            return bool(mention.metrics) and not mention.whole and not self.names_row(cue, mention)

        behind = self.noun_behind(cue)
        if behind is not None and fits(behind):
            return behind
        found = self.around.bind(cue, MetricMention, fits)
        mention = found[0] if found else self.around.topic(cue, MetricMention, fits)
        return mention and self._what_was_sold(mention, fits)

    def _what_was_sold(self, mention: MetricMention, fits: Callable[[MetricMention], bool]) -> MetricMention:
        """In the place of "sold" or "bought" what the same piece says was sold, or who bought."""
        if {Metric.NET_SALES, Metric.UNITS} <= mention.metrics:
            before = [m for m in self.around.sentence_of(mention).of(MetricMention) if m.first < mention.first]
            others = self.around.piece_of(mention).of(MetricMention) + before[-1:]
            return next((m for m in others if m is not mention and fits(m)), mention)
        return mention

    def bases_of(self, cue: Mention, *, in_sentence: bool = False) -> frozenset[str] | None:
        """The metrics that a word without a figure speaks of, told per day or order where its mention is."""
        mention = self.subject_of(cue)
        if mention is None or (in_sentence and mention.first < self.around.sentence_of(cue).first):
            return None
        piece = self.around.piece_of(mention)
        if Metric.PRODUCTS_SOLD in mention.metrics and any(
            self._counts(figure) is not None for figure in piece.of(Figure)
        ):
            return frozenset({Metric.PRODUCTS_SOLD})
        rated = frozenset(self.rated(piece, metric) for metric in mention.metrics)
        return mention.metrics | rated if self._tells_days() else rated

    def conflicts(self, figure: Figure) -> bool:
        """Whether the figure's noun is none of what the sentence speaks of before it: "the orders came to 3 customers"."""
        noun = self._right_behind(figure)
        if noun is None or figure.kind != "count":
            return False
        sentence = self.around.sentence_of(figure)
        if any(
            m.first < figure.first and Metric.NET_SALES in m.metrics
            for m in self.around.piece_of(figure).of(MetricMention)
        ):
            return False  # "customers bought 12 units"
        since = max((f.last for f in sentence.of(Figure) if f.last <= figure.first), default=sentence.first)
        nouns = [self.noun_behind(other) for other in sentence.of(Figure)]
        spoken = [
            m
            for m in sentence.of(MetricMention)
            if since <= m.first < figure.first and self._is_count(m) and not any(m is other for other in nouns)
        ]
        if not any(f.last <= figure.first and f.first > sentence.first for f in sentence.of(Figure)):
            heading = self.around.heading_of(figure)
            spoken = spoken or [m for m in (heading.of(MetricMention) if heading else []) if self._is_count(m)]
        related = noun.metrics | self._wider(noun.metrics)
        return bool(spoken) and not any(related & m.metrics for m in spoken)

    def _is_count(self, mention: MetricMention) -> bool:
        counts = any(unit_of(metric) == "count" for metric in mention.metrics)
        sold = Metric.NET_SALES in mention.metrics
        return counts and not (sold or mention.whole or self._qualifies_another(mention))

    def _wider(self, metrics: frozenset[str]) -> set[str]:
        wider = {wide for wide, narrow in NARROWER.items() if narrow & metrics}
        return wider | {metric for wide in metrics for metric in NARROWER.get(wide, ())}

    def _mention(self, figure: Figure) -> MetricMention | None:
        if behind := self._right_behind(figure):
            return behind
        if self._counts_strangely(figure):
            return MetricMention(figure.first, figure.last)  # of no metric

        def fits(mention: MetricMention) -> bool:
            return not mention.whole and fits_whole(mention)

        def fits_whole(mention: MetricMention) -> bool:
            usable = not mention.per and self._has_unit(figure, mention) and not self.names_row(figure, mention)
            return usable and not self._qualifies_another(mention)

        found = self.around.bind(figure, MetricMention, fits)
        if found:
            return self._what_was_sold(found[0], fits)
        heading = self.around.heading(figure, MetricMention, fits)
        whole = self.around.bind(figure, MetricMention, fits_whole)
        return (
            heading
            or self._rate_behind(figure)
            or (whole[0] if whole else None)
            or self.around.topic(figure, MetricMention, fits)
        )

    def whole_of(self, figure: Figure) -> MetricMention | None:
        """What a percentage is told to be of."""
        return next(
            (m for m in self.around.piece_of(figure).of(MetricMention) if m.whole and 0 <= m.first - figure.last <= 3),
            None,
        )

    def _rate_behind(self, figure: Figure) -> MetricMention | None:
        """ "41 % of the customers of X ... bought more than once": what a percentage is of may be told at the end."""
        if figure.kind not in ("percent", "fraction"):
            return None
        sentence = self.around.sentence_of(figure)
        for piece in sentence.pieces:
            if piece.first > figure.first:
                if piece.of(Figure):
                    return None
                for mention in piece.of(MetricMention):
                    if any(unit_of(metric) == "percent" for metric in mention.metrics):
                        return mention
        return None

    def _is_adjective(self, mention: MetricMention) -> bool:
        return self.around.reading.text_at(mention.first) in _ADJECTIVES and mention.last - mention.first == 1

    def _qualifies_another(self, mention: MetricMention) -> bool:
        """Whether "new" stands with a noun that is not "customers": "new orders"."""
        reading = self.around.reading
        beside = [
            reading.owner(place) for place in (mention.first - 1, mention.last) if 0 <= place < len(reading.tokens)
        ]
        nouns = [m for m in beside if isinstance(m, MetricMention) and m.metrics]
        return self._is_adjective(mention) and any(Metric.CUSTOMERS not in noun.metrics for noun in nouns)

    def names_row(self, figure: Mention, mention: MetricMention) -> bool:
        """Whether "customer" only says what the rows of the breakdown are."""
        counts = isinstance(figure, Figure) and figure.kind == "count"
        return mention.metrics == {Metric.CUSTOMERS} and Dimension.CUSTOMER in self.sheet.plan.breakdowns and not counts

    def _counts_strangely(self, figure: Figure) -> bool:
        """Whether the noun right behind a count is one that no count is told of: "2,747 returns", "300 reviews"."""
        reading, place = self.around.reading, figure.last
        if figure.kind != "count" or place >= len(reading.tokens) or reading.tokens[place].kind != "word":
            return False
        owner = reading.owner(place)
        if isinstance(owner, MetricMention):
            return not owner.per and not self._has_unit(figure, owner)
        return owner is None and reading.text_at(place) not in BEHIND_COUNTS and reading.text_at(place) not in ROW_NOUNS

    def _right_behind(self, figure: Figure) -> MetricMention | None:
        """The metric that follows the figure as its noun: "12 orders", "12 € of returns"."""
        owner = self.noun_behind(figure)
        return owner if owner and self._has_unit(figure, owner) else None

    def noun_behind(self, mention: Mention) -> MetricMention | None:
        """The metric named right behind a mention, with at most two small words between."""
        reading, place = self.around.reading, mention.last
        while reading.word(place) in _LINKS:
            place += 1
        owner = reading.owner(place) if place < len(reading.tokens) else None
        following = (
            reading.owner(owner.last) if isinstance(owner, MetricMention) and owner.last < len(reading.tokens) else None
        )
        if isinstance(following, MetricMention) and isinstance(owner, MetricMention) and self._is_adjective(owner):
            owner = following  # "new orders"
        near = isinstance(owner, MetricMention) and not owner.per and not owner.whole and place - mention.last <= 2
        return owner if near and isinstance(owner, MetricMention) else None

    def _has_unit(self, figure: Figure, mention: MetricMention) -> bool:
        if figure.kind in ("percent", "points", "fraction", "multiple"):
            return True
        units = {unit_of(metric) for metric in mention.metrics}
        if figure.kind == "count":
            counts = self._counts(figure)
            if counts is not None:
                return bool(counts & mention.metrics)
            bare = self.around.piece_of(mention) is self.around.piece_of(figure) and mention.last <= figure.first
            return "count" in units or (bare and figure.step < 1)
        return figure.kind in units

    def _counts(self, figure: Figure) -> frozenset[str] | None:
        """What the noun behind a count lets it count."""
        noun = ROW_NOUNS.get(self.around.reading.word(figure.last))
        return PRODUCT_COUNTS if noun == "product" else None

    def _without_totals(self, figure: Figure, metrics: frozenset[str]) -> frozenset[str]:
        """The metrics that may be told as an average, where the figure's piece speaks of one."""
        if self.sheet.plan.average or figure.kind not in ("money", "count") or not self.around.cue(figure, "average"):
            return metrics
        return metrics - TOTALS

    def _sells_products(self, figure: Figure, mention: MetricMention) -> bool:
        """Whether what was sold is counted in products, by the figure or beside the verb."""
        beside = self.around.piece_of(mention).of(Figure)
        return any(self._counts(other) is not None for other in (figure, *beside))

    def _narrowed(self, figure: Figure, mention: MetricMention, metrics: frozenset[str]) -> frozenset[str]:
        """The mention's metrics, or narrower ones where the piece, the sentence before or the heading says so."""
        for wide, narrow in NARROWER.items():
            if wide in metrics:
                piece = self.around.piece_of(figure)
                here = _metrics_in(piece, mention) & narrow
                if here:
                    return here
                metrics |= self._said_before(figure, narrow)
        return metrics

    def _said_before(self, figure: Figure, narrow: frozenset[str]) -> frozenset[str]:
        sentence = self.around.sentence_of(figure)
        found: set[str] = set()
        for piece in sentence.pieces if self._goes_on(figure) else ():
            if piece.first >= figure.first:
                break
            found |= {self.rated(piece, metric) for m in piece.of(MetricMention) for metric in m.metrics}
        if heading := self.around.heading(figure, MetricMention, lambda m: bool(m.metrics)):
            piece = self.around.piece_of(heading)
            found |= {self.rated(piece, metric) for m in piece.of(MetricMention) for metric in m.metrics}
        return frozenset(found & narrow)

    def _goes_on(self, figure: Figure) -> bool:
        """Whether a figure only goes on with what was told before it: in brackets, compared, or as a step."""
        piece = self.around.piece_of(figure)
        told = piece.reference or piece.opener in ("(", "resume") or piece.cue("direction", "amount") is not None
        return told or self.around.cue(figure, "change") is not None

    def rated(self, piece: Piece, metric: str) -> str:
        """What a metric becomes by "per day" or "per order" in its piece."""
        per = next((m.per for m in piece.of(MetricMention) if m.per in RATES), "")
        return RATES.get(per, {}).get(metric, metric)

    def _with_rate(self, figure: Figure, metrics: frozenset[str]) -> frozenset[str]:
        """The metrics told per day, order or unit where the figure's piece says so."""
        per = self._rate(figure)
        if not per or (per not in RATES and self._is_breakdown()):
            return metrics
        if per not in RATES:
            return frozenset()
        already = frozenset(RATES.get(per, {}).values()) & metrics
        told = metrics if per == "day" and self._tells_days() else frozenset[str]()
        return told | already | frozenset(RATES[per][m] for m in metrics if m in RATES.get(per, {}))

    def _rate(self, figure: Figure) -> str:
        piece = self.around.piece_of(figure)
        found = [m for m in piece.of(MetricMention) if m.per and m.per != "label"]
        return found[0].per if found else ""

    def _tells_days(self) -> bool:
        """Whether "per day" only says that the rows are days, or averages."""
        return self.sheet.plan.average or Dimension.DAY in self.sheet.plan.breakdowns

    def _is_breakdown(self) -> bool:
        """Whether "per customer" may only say how the figures are broken down, or that they are averages."""
        return self.sheet.plan.average or bool(self.sheet.plan.breakdowns)


def _metrics_in(piece: Piece, but: Mention) -> frozenset[str]:
    return frozenset(metric for m in piece.of(MetricMention) if m is not but for metric in m.metrics)
