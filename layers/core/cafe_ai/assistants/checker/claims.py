"""What a text asserts without a figure: directions, bests and worsts, ranks, who is ahead of whom, dates."""

from __future__ import annotations

from decimal import Decimal

from cafe_ai.analytics.model import Fact, FactSheet
from cafe_ai.assistants.checker.calendar import WEEKDAYS, SheetCalendar, row_spans, span_of
from cafe_ai.assistants.checker.clauses import Piece, Sentence
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.metrics import metric_base
from cafe_ai.assistants.checker.model import Cue, Figure, Mention, MetricMention, NameMention, TimeMention
from cafe_ai.assistants.checker.names import ENTITIES
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.words import ADVICE, PLURAL_NOUNS

FLAT_UP_TO = Decimal(2)
"""The change in percent up to which "unchanged" is right."""

Row = tuple[tuple[str, str], ...]


class Claims:
    """Compares what a text asserts in words with the facts, and notes the faults."""

    def __init__(self, reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings) -> None:
        self.reading = reading
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.senses = MetricSenses(sheet, around)
        self.rows = rows_in_order(sheet)
        self.dimensions = {dimension for row in self.rows for dimension, _ in row}

    def check(self) -> None:
        """Notes every claim that the facts contradict or do not carry."""
        for mention in self.reading.found(TimeMention):
            self._check_date(mention)
        for sentence in self.around.sentences:
            for piece in sentence.pieces:
                for cue in piece.cues:
                    self._check_cue(sentence, piece, cue)
        self._check_order()

    # --- dates

    def _check_date(self, mention: TimeMention) -> None:
        if mention.hours is not None:
            if not self._knows_hours(mention.hours):
                self.reading.fault(mention.first, mention.last, "an hour the facts do not have")
        elif mention.spans or mention.written_year or not mention.weekdays:
            if not self.calendar.knows(mention) and not self._is_advice(mention):
                self.reading.fault(mention.first, mention.last, "a date the facts do not have")
            elif mention.weekdays and not any(span[0].weekday() in mention.weekdays for span in mention.spans):
                self.reading.fault(mention.first, mention.last, "not the weekday of this date")
        elif not self._knows_weekday(mention):
            self.reading.fault(mention.first, mention.last, "a weekday the facts do not have")

    def _is_advice(self, mention: TimeMention) -> bool:
        """Whether a month is named in a sentence that recommends something and asserts nothing."""
        sentence = self.around.sentence_of(mention)
        kinds = {cue.kind for piece in sentence.pieces for cue in piece.cues}
        recommends = any(self.reading.word(place) in ADVICE for place in range(sentence.first, sentence.last))
        asserts = sentence.of(Figure) or not kinds.isdisjoint(("direction", "extreme", "order"))
        return recommends and not asserts and not mention.written_year and not mention.weekdays

    def _knows_hours(self, hours: tuple[int, int]) -> bool:
        known = {(int(h[:2]), (int(h[:2]) + 1) % 24) for fact in self.sheet.facts if (h := fact.dimensions.get("hour"))}
        known |= {
            (int(fact.value) % 24, (int(fact.value) + 1) % 24) for fact in self.sheet.facts if fact.unit == "hour"
        }
        if self.sheet.plan.filters.hours:
            known.add((self.sheet.plan.filters.hours[0] % 24, self.sheet.plan.filters.hours[1] % 24))
        return (hours[0] % 24, hours[1] % 24) in known

    def _knows_weekday(self, mention: TimeMention) -> bool:
        filters = self.sheet.plan.filters.weekdays
        known = {*filters, *([min(filters), max(filters)] if filters else [])}
        known |= {WEEKDAYS.index(day) for fact in self.sheet.facts if (day := fact.dimensions.get("weekday"))}
        known |= {span[0].weekday() for span in self.calendar.spans if (span[1] - span[0]).days == 1}
        return mention.weekdays <= known

    # --- cues

    def _check_cue(self, sentence: Sentence, piece: Piece, cue: Cue) -> None:
        if cue.kind == "direction" or (
            cue.kind == "amount" and (self._compares(sentence, piece, cue) or self._is_of_metric(piece, cue))
        ):
            if not self._is_hypothetical(piece, cue):
                self._check_direction(sentence, piece, cue)
        elif cue.kind == "order":
            self._check_relation(sentence, cue, cue.value == "ahead", by_rank=True)
        elif cue.kind == "extreme":
            self._check_extreme(sentence, piece, cue)
        elif cue.kind == "ordinal":
            self._check_ordinal(sentence, piece, cue)

    def _compares(self, sentence: Sentence, piece: Piece, cue: Cue) -> bool:
        number = sentence.pieces.index(piece)
        following = sentence.pieces[number + 1] if number + 1 < len(sentence.pieces) else None
        return following is not None and following.reference and following.first - cue.last <= 3

    def _is_of_metric(self, piece: Piece, cue: Cue) -> bool:
        """ "More orders, but less margin": without a figure beside it, where the facts have changes and no rows."""
        beside = any(0 <= cue.first - figure.last <= 2 for figure in piece.of(Figure))
        return (
            not self.rows
            and not beside
            and self.senses.noun_behind(cue) is not None
            and self.reading.text_at(cue.last) not in ("de", "of", "del")
        )

    def _is_hypothetical(self, piece: Piece, cue: Cue) -> bool:
        return any(other.kind == "hypothetical" and 0 <= cue.first - other.last <= 2 for other in piece.cues)

    def _check_direction(self, sentence: Sentence, piece: Piece, cue: Cue) -> None:
        if self._relates_rows(sentence, cue):
            self._check_relation(sentence, cue, cue.value == "up", by_rank=False)
            return
        changes = self._changes(cue)
        flip = any(other.kind == "negation" and other.first < cue.first for other in piece.cues)
        flip ^= self._speaks_of_baseline(sentence, cue)
        if not changes:
            reason = self._from_values(piece, cue)
            if reason:
                self.reading.fault(cue.first, cue.last, reason)
            return
        by_metric: dict[str, list[bool]] = {}
        for change in changes:
            by_metric.setdefault(metric_base(change.metric)[0], []).append(_goes(change, cue.value, flip=flip))
        if not any(all(going) for going in by_metric.values()):
            self.reading.fault(cue.first, cue.last, "the facts go the other way")

    def _changes(self, cue: Cue) -> list[Fact]:
        """The changes that a direction word speaks of."""
        bases = self.senses.bases_of(cue) or frozenset(self.sheet.plan.metrics[:1])
        found = [f for f in self.sheet.facts if metric_base(f.metric)[1] in ("change", "difference")]
        found = [f for f in found if metric_base(f.metric)[0] in bases]
        row = self._row_of(cue)
        if row:
            return [f for f in found if row <= set(f.dimensions.items())]
        whole = [f for f in found if not f.dimensions]
        return whole or found

    def _row_of(self, cue: Mention) -> set[tuple[str, str]]:
        """The row that a cue speaks of: the names and the time row it is bound to."""
        row: set[tuple[str, str]] = set()
        for dimension in self.dimensions & set(ENTITIES):
            found = self.around.bind(cue, NameMention, lambda m, d=dimension: d in m.subjects)  # type: ignore[misc]
            if found:
                row.add((dimension, found[0].subjects[dimension]))
        if self.dimensions - set(ENTITIES):
            time = self.around.bind(cue, TimeMention, lambda m: self.row_of(m) is not None)
            row |= set(self.row_of(time[0]) or ()) if time else set()
        return row

    def _speaks_of_baseline(self, sentence: Sentence, cue: Cue) -> bool:
        """Whether the subject is the compared period: "October was below November"."""
        times = [
            mention
            for piece in sentence.pieces
            if not piece.reference or piece.first > cue.first
            for mention in piece.of(TimeMention)
            if mention.last <= cue.first and mention.spans
        ]
        if not times or not self.calendar.baselines or self.calendar.means(times[-1], self.calendar.period):
            return False
        return any(self.calendar.means(times[-1], span) for span in self.calendar.baselines)

    def _from_values(self, piece: Piece, cue: Cue) -> str | None:
        """A direction told by two figures or rows of a series: "from 10 to 12"."""
        values = [
            f.value
            for f in self.sheet.facts
            if f.role == "value" and set(f.dimensions) & set(("day", "week", "month", "quarter", "year"))
        ]
        times = [m for m in self.around.sentence_of(cue).of(TimeMention) if m.spans]
        figures = self.around.sentence_of(cue).of(Figure)
        if values and len(times) >= 2 and len(figures) >= 2:
            rising = (
                figures[-1].value > figures[0].value
                if times[0].spans and min(times[0].spans) < min(times[-1].spans or times[0].spans)
                else figures[-1].value < figures[0].value
            )
            return None if rising == (cue.value == "up") else "the facts go the other way"
        return "no fact says so"

    # --- rows against each other

    def _relates_rows(self, sentence: Sentence, cue: Cue) -> bool:
        left, right = self._rows_beside(sentence, cue)
        return left is not None and right is not None and left != right

    def _rows_beside(self, sentence: Sentence, cue: Cue) -> tuple[Row | None, Row | None]:
        rows = [
            (m, row)
            for m in sorted((*sentence.of(NameMention), *sentence.of(TimeMention)), key=lambda m: m.first)
            if (row := self.row_of(m))
        ]
        left = [row for m, row in rows if m.last <= cue.first]
        right = [row for m, row in rows if m.first >= cue.last]
        near = next((m for m, _ in rows if m.first >= cue.last), None)
        if (
            near is not None
            and not any(p.reference and p.first <= near.first < p.last for p in sentence.pieces)
            and cue.kind != "order"
        ):
            return None, None
        return (left[-1] if left else None), (right[0] if right else None)

    def row_of(self, mention: Mention) -> Row | None:
        """The row of the breakdown that a mention names."""
        for row in self.rows:
            for dimension, value in row:
                if isinstance(mention, NameMention) and mention.subjects.get(dimension) == value:
                    return row
                if isinstance(mention, TimeMention) and self._names_row(mention, dimension, value):
                    return row
        return None

    def _names_row(self, mention: TimeMention, dimension: str, value: str) -> bool:
        if dimension == "weekday":
            return not mention.spans and mention.weekdays == {WEEKDAYS.index(value)}
        if dimension == "hour":
            return mention.hours is not None and (mention.hours[0] % 24, mention.hours[1] % 24) == (
                int(value[:2]),
                (int(value[:2]) + 1) % 24,
            )
        spans = (row_spans(f, self.sheet.period) for f in self.sheet.facts if f.dimensions.get(dimension) == value)
        return not mention.spans.isdisjoint(next(spans, ()))

    def _check_relation(self, sentence: Sentence, cue: Cue, ahead: bool, *, by_rank: bool) -> None:
        left, right = self._rows_beside(sentence, cue)
        if left is None or right is None or left == right:
            if right is None and left is None:
                return
            return
        if by_rank and self.sheet.plan.ranking:
            right_way = (self.rows.index(left) < self.rows.index(right)) == ahead
        else:
            values = [self._value_of(row, cue) for row in (left, right)]
            right_way = None not in values and (values[0] > values[1]) == ahead and values[0] != values[1]  # type: ignore[operator]
        if not right_way:
            self.reading.fault(cue.first, cue.last, "the facts have them the other way round")

    def _value_of(self, row: Row, cue: Cue) -> Decimal | None:
        bases = self.senses.bases_of(cue, in_sentence=True) or frozenset()
        facts = [f for f in self.sheet.facts if f.role == "value" and tuple(_row_of_fact(f)) == row]
        chosen = [f for f in facts if f.metric in bases] or [f for f in facts if f.metric == self.sheet.plan.metrics[0]]
        return chosen[0].value if chosen else None

    # --- superlatives and ranks

    def _check_extreme(self, sentence: Sentence, piece: Piece, cue: Cue) -> None:
        if cue.value == "last":
            self._check_last(sentence, piece, cue)
            return
        if self.reading.text_at(cue.first) == "top" and isinstance(self.reading.owner(cue.last), Figure):
            return  # "the top 5"
        if not self.rows or self.reading.text_at(cue.last) in ("que", "than") or self._is_small_part(cue):
            return
        if not self._ranks_by_known_metric(cue):
            self.reading.fault(cue.first, cue.last, "the facts do not rank by this")
            return
        ranking = self.sheet.plan.ranking
        target = self._target(sentence, piece, cue)
        order = "best" if ranking is None or ranking.order == "top" else "worst"
        if self._is_plural(cue) or target is None:
            if ranking and cue.value != order and ranking.by == "value":
                self.reading.fault(cue.first, cue.last, "the facts rank from the other end")
            return
        if any(
            other.kind == "ordinal" and other.value != "1" and abs(other.first - cue.first) <= 2 for other in piece.cues
        ):
            return
        if not self._is_extreme(target, cue, order):
            self.reading.fault(cue.first, cue.last, "the facts have another one there")

    def _check_last(self, sentence: Sentence, piece: Piece, cue: Cue) -> None:
        """ "Croissant closes the list": it must be the last of the rows."""
        target = self._target(sentence, piece, cue)
        if target is not None and target != self.rows[-1]:
            self.reading.fault(cue.first, cue.last, "the facts have another one there")

    def _ranks_by_known_metric(self, cue: Cue) -> bool:
        """Whether the metric named with a superlative ("most orders") is one that the rows are told by."""
        within = self.reading.owner(cue.last - 1)
        mention = within if isinstance(within, MetricMention) else self.senses.noun_behind(cue)
        if mention is None or not mention.metrics or self.senses.names_row(cue, mention):
            return True
        piece = self.around.piece_of(cue)
        said = {m for other in piece.of(MetricMention) if other.first >= mention.first for m in other.metrics}
        said |= {self.senses.rated(piece, metric) for metric in said} | mention.metrics
        return any(metric_base(fact.metric)[0] in said for fact in self.sheet.facts)

    def _is_small_part(self, cue: Cue) -> bool:
        following = self.reading.text_at(cue.last)
        return (
            (
                following in ("parte", "de", "of")
                and self.reading.text_at(cue.first) in ("mayor", "most", "menor", "least")
            )
            or self.reading.text_at(cue.first - 1) in ("al", "at")
            or following == "medida"
        )

    def _is_plural(self, cue: Cue) -> bool:
        """Whether a superlative speaks of several rows: "the best sellers", "los días con más ventas"."""
        near = [self.reading.text_at(place) for place in range(cue.first - 3, cue.last + 2)]
        adjective = self.reading.text_at(cue.last - 1)
        return any(word in PLURAL_NOUNS for word in near) or adjective in (
            "mejores",
            "peores",
            "vendidos",
            "vendidas",
            "populares",
        )

    def _target(self, sentence: Sentence, piece: Piece, cue: Cue) -> Row | None:
        """The row a superlative is said of: in its own piece the nearest behind, else before; else in the next pieces, else before."""
        own = [(m, row) for m in piece.mentions if (row := self.row_of(m))]
        behind = [row for m, row in own if m.first >= cue.last]
        if behind:
            return behind[0]
        if own:
            return own[-1][1]
        number = sentence.pieces.index(piece)
        for other in (
            *sentence.pieces[number + 1 : number + 2],
            *reversed(sentence.pieces[:number]),
            *sentence.pieces[number + 2 :],
        ):
            for mention in other.mentions:
                if row := self.row_of(mention):
                    return row
        return None

    def _knows_all(self) -> bool:
        ranking = self.sheet.plan.ranking
        return ranking is None or len(self.rows) < ranking.limit

    def _is_extreme(self, row: Row, cue: Cue, order: str) -> bool:
        ranking = self.sheet.plan.ranking
        if ranking and ranking.by != "value":
            return row == self.rows[0]
        if ranking and cue.value == order and self._speaks_of_rank(cue):
            return row == self.rows[0] or self._value_of(row, cue) == self._value_of(self.rows[0], cue)
        if not self._knows_all():
            values = [v for r in self.rows if (v := self._value_of(r, cue)) is not None]
            return cue.value == order and self._value_of(row, cue) == (
                max(values) if cue.value == "best" else min(values)
            )
        values = [v for r in self.rows if (v := self._value_of(r, cue)) is not None]
        mine = self._value_of(row, cue)
        return mine is not None and mine == (max(values) if cue.value == "best" else min(values))

    def _speaks_of_rank(self, cue: Cue) -> bool:
        bases = self.senses.bases_of(cue, in_sentence=True)
        return bases is None or self.sheet.plan.metrics[0] in bases

    def _check_ordinal(self, sentence: Sentence, piece: Piece, cue: Cue) -> None:
        """ "In second place, Café": the row must stand there."""
        if not self.rows or not self.sheet.plan.ranking:
            if int(cue.value) > 1 and any(other.kind == "extreme" for other in piece.cues):
                self.reading.fault(cue.first, cue.last, "a rank the facts do not have")
            return
        target = self._target(sentence, piece, cue)
        if target is not None and self.rows.index(target) != int(cue.value) - 1 and not self._says_time(cue):
            self.reading.fault(cue.first, cue.last, "the facts have another one there")

    def _says_time(self, cue: Cue) -> bool:
        return self.reading.text_at(cue.last) in (
            "vez",
            "time",
            "times",
            "half",
            "quarter",
            "lugar,",
        ) or self.reading.text_at(cue.first - 1) in ("at",)

    def _check_order(self) -> None:
        """The rows of a ranking must be named in its order, and numbered with their places."""
        if not self.sheet.plan.ranking or not self.rows:
            return
        last = -1
        for mention in sorted(
            (*self.reading.found(NameMention), *self.reading.found(TimeMention)), key=lambda m: m.first
        ):
            row = self.row_of(mention)
            if row is None:
                continue
            place = self.rows.index(row)
            if place > last + 1 and self._leaves_out(place, last):
                self.reading.fault(mention.first, mention.last, "not in the order of the facts")
                return
            last = max(last, place)

    def _leaves_out(self, place: int, last: int) -> bool:
        """Whether a row between is told only later."""
        later = False
        between = self.rows[last + 1 : place]
        first: dict[Row, int] = {}
        for mention in (*self.reading.found(NameMention), *self.reading.found(TimeMention)):
            row = self.row_of(mention)
            if row is not None:
                first[row] = min(first.get(row, mention.first), mention.first)
        here = first[self.rows[place]]
        for row in between:
            later |= row in first and first[row] > here
        return later


def rows_in_order(sheet: FactSheet) -> list[Row]:
    """The rows of a breakdown, each once, in the order of the facts."""
    rows = [row for fact in sheet.facts if fact.role not in ("context", "total") and (row := _row_of_fact(fact))]
    return list(dict.fromkeys(rows))


def _row_of_fact(fact: Fact) -> Row:
    return tuple((name, value) for name, value in sorted(fact.dimensions.items()) if name != "customer_name")


def _goes(change: Fact, direction: str, *, flip: bool) -> bool:
    if direction == "flat":
        return flip != (
            abs(change.value) <= FLAT_UP_TO if change.metric.endswith("_change") else change.value == 0 or True
        )
    sign = (change.value > 0) - (change.value < 0)
    wanted = 1 if direction == "up" else -1
    return sign == -wanted if flip and sign else sign == wanted


__all__ = ["Claims", "rows_in_order", "span_of"]
