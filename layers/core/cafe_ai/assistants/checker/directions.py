"""Whether the directions a text tells ("sales fell", "better than October") are those of the facts."""

from __future__ import annotations

from decimal import Decimal

from cafe_ai.analytics.model import Fact, FactSheet
from cafe_ai.assistants.checker.calendar import TIME_DIMENSIONS, SheetCalendar
from cafe_ai.assistants.checker.clauses import Piece, Sentence
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.metrics import metric_base
from cafe_ai.assistants.checker.model import Cue, Figure, Mention, NameMention, TimeMention
from cafe_ai.assistants.checker.names import ENTITIES
from cafe_ai.assistants.checker.rows import Row, Rows
from cafe_ai.assistants.checker.subjects import Surroundings

FLAT_UP_TO = Decimal(2)
"""The change in percent up to which "unchanged" is right."""
OTHER_WAY = "the facts go the other way"


class Directions:
    """Compares direction words with the changes of a sheet, and rows told against each other with their values."""

    def __init__(
        self, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings, senses: MetricSenses, rows: Rows
    ) -> None:
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.reading = around.reading
        self.senses = senses
        self.rows = rows
        self._changes = [fact for fact in sheet.facts if metric_base(fact.metric)[1] in ("change", "difference")]

    def find_fault(self, sentence: Sentence, piece: Piece, cue: Cue) -> str | None:
        """What is wrong with a cue of a direction, of an amount that is compared, or of an order; None where nothing is."""
        if cue.kind == "order":
            return self._find_fault_in_order(
                sentence, cue, ahead=cue.value == "ahead", by_place=self.sheet.plan.ranking is not None
            )
        if cue.kind == "amount" and not (self._is_compared(sentence, piece, cue) or self._is_of_metric(piece, cue)):
            return None
        if any(other.kind == "hypothetical" and 0 <= cue.first - other.last <= 2 for other in piece.cues):
            return None
        if None not in self._rows_beside(sentence, cue):
            return self._find_fault_in_order(sentence, cue, ahead=cue.value == "up", by_place=False)
        return self._find_fault_in_change(sentence, piece, cue)

    def _is_compared(self, sentence: Sentence, piece: Piece, cue: Cue) -> bool:
        number = sentence.pieces.index(piece) + 1
        following = sentence.pieces[number] if number < len(sentence.pieces) else None
        return following is not None and following.reference and following.first - cue.last <= 3

    def _is_of_metric(self, piece: Piece, cue: Cue) -> bool:
        """ "More orders, but less margin": without a figure beside it, where the facts have no rows."""
        beside = any(0 <= cue.first - figure.last <= 2 for figure in piece.of(Figure))
        named = self.senses.noun_behind(cue) is not None and self.reading.text_at(cue.last) not in ("de", "of", "del")
        ranks = self.reading.text_at(cue.first - 1) in ("con", "que", "with", "the")
        return named and not beside and not ranks and not self.rows.all

    def _find_fault_in_change(self, sentence: Sentence, piece: Piece, cue: Cue) -> str | None:
        changes = self._changes_of(cue)
        if not changes:
            return self._find_fault_in_series(sentence, cue)
        flip = any(other.kind == "negation" and other.first < cue.first for other in piece.cues)
        flip ^= self._speaks_of_baseline(sentence, cue)
        by_metric: dict[str, list[bool]] = {}
        for change in changes:
            by_metric.setdefault(metric_base(change.metric)[0], []).append(_goes(change, cue.value, flip=flip))
        return None if any(all(going) for going in by_metric.values()) else OTHER_WAY

    def _changes_of(self, cue: Cue) -> list[Fact]:
        """The changes that a direction word speaks of: of its metric and row, else of the whole, else of all rows."""
        bases = self.senses.bases_of(cue) or frozenset(self.sheet.plan.metrics[:1])
        found = [fact for fact in self._changes if metric_base(fact.metric)[0] in bases]
        row = self._row_of(cue)
        if row:
            return [fact for fact in found if row <= set(fact.dimensions.items())]
        return [fact for fact in found if not fact.dimensions] or found

    def _row_of(self, cue: Mention) -> set[tuple[str, str]]:
        """The row that a cue speaks of: the names and the time row it is bound to."""
        row: set[tuple[str, str]] = set()
        for dimension in self.rows.dimensions & set(ENTITIES):
            found = self.around.bind(cue, NameMention, lambda m, d=dimension: d in m.subjects)  # type: ignore[misc]
            if found:
                row.add((dimension, found[0].subjects[dimension]))
        if self.rows.dimensions - set(ENTITIES):
            time = self.around.bind(cue, TimeMention, lambda m: self.rows.named_by(m) is not None)
            row |= set(self.rows.named_by(time[0]) or ()) if time else set()
        return row

    def _speaks_of_baseline(self, sentence: Sentence, cue: Cue) -> bool:
        """Whether the subject is the compared period: "October was below November"."""
        pieces = [piece for piece in sentence.pieces if not piece.reference or piece.first > cue.first]
        times = [m for piece in pieces for m in piece.of(TimeMention) if m.last <= cue.first and m.spans]
        if not times or self.calendar.means(times[-1], self.calendar.period):
            return False
        return any(self.calendar.means(times[-1], span) for span in self.calendar.baselines)

    def _find_fault_in_series(self, sentence: Sentence, cue: Cue) -> str | None:
        """A direction told by two figures of a series: "from 10 in July to 12 in November"."""
        series = any(fact.role == "value" and set(fact.dimensions) & set(TIME_DIMENSIONS) for fact in self.sheet.facts)
        times = [m for m in sentence.of(TimeMention) if m.spans]
        figures = sentence.of(Figure)
        if not series or len(times) < 2 or len(figures) < 2:
            return "no fact says so"
        forward = min(times[0].spans) < min(times[-1].spans)
        rising = (figures[-1].value > figures[0].value) == forward
        return None if rising == (cue.value == "up") else OTHER_WAY

    def _rows_beside(self, sentence: Sentence, cue: Cue) -> tuple[Row, Row] | tuple[None, None]:
        """The rows that a cue tells against each other: the last one named before it and the first behind it, which a
        direction must compare with."""
        mentions = sorted((*sentence.of(NameMention), *sentence.of(TimeMention)), key=lambda m: m.first)
        left = [row for m in mentions if m.last <= cue.first and (row := self.rows.named_by(m))]
        right = [(m, row) for m in mentions if m.first >= cue.last and (row := self.rows.named_by(m))]
        if not left or not right or left[-1] == right[0][1]:
            return None, None
        near = right[0][0]
        compared = any(piece.reference and piece.first <= near.first < piece.last for piece in sentence.pieces)
        return (left[-1], right[0][1]) if compared or cue.kind == "order" else (None, None)

    def _find_fault_in_order(self, sentence: Sentence, cue: Cue, *, ahead: bool, by_place: bool) -> str | None:
        left, right = self._rows_beside(sentence, cue)
        if left is None or right is None:
            return None
        if by_place:
            right_way = (self.rows.place(left) < self.rows.place(right)) == ahead
        else:
            metrics = self.senses.bases_of(cue, in_sentence=True) or frozenset()
            first, second = self.rows.value(left, metrics), self.rows.value(right, metrics)
            right_way = first is not None and second is not None and first != second and (first > second) == ahead
        return None if right_way else "the facts have them the other way round"


def _goes(change: Fact, direction: str, *, flip: bool) -> bool:
    """Whether a change goes in a direction, or against it where it is denied or told from the other side."""
    if direction == "flat":
        return flip != (abs(change.value) <= FLAT_UP_TO or not change.metric.endswith("_change"))
    sign = (change.value > 0) - (change.value < 0)
    wanted = 1 if direction == "up" else -1
    return sign == -wanted if flip and sign else sign == wanted
