"""Whether the bests, worsts, ranks and orders that a text tells are those of the facts' rows."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.calendar import row_spans
from cafe_ai.assistants.checker.clauses import Piece, Sentence
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.metrics import metric_base
from cafe_ai.assistants.checker.model import Cue, Figure, Mention, MetricMention, NameMention, TimeMention
from cafe_ai.assistants.checker.rows import Row, Rows
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.words import PLURAL_NOUNS, ROW_NOUNS

ANOTHER = "the facts have another one there"
_PLURAL_ADJECTIVES = frozenset(("mejores", "peores", "vendidos", "vendidas", "populares"))
_COUNTED_TIMES = frozenset(("vez", "time", "times", "half", "quarter"))


class Ranks:
    """Compares superlatives, ordinals and the order of the names with the rows of a sheet."""

    def __init__(self, sheet: FactSheet, around: Surroundings, senses: MetricSenses, rows: Rows) -> None:
        self.sheet = sheet
        self.ranking = sheet.plan.ranking
        self.around = around
        self.reading = around.reading
        self.senses = senses
        self.rows = rows

    def find_fault(self, sentence: Sentence, piece: Piece, cue: Cue) -> str | None:
        """What is wrong with a superlative or an ordinal; None where nothing is."""
        if cue.kind == "ordinal":
            return self._find_fault_in_ordinal(sentence, piece, cue)
        if cue.value == "last":
            target = self._target(sentence, piece, cue)
            return ANOTHER if target is not None and target != self.rows.all[-1] else None
        if not self.rows.all and cue.value == "worst" and self._tells_context(sentence):
            return ANOTHER
        return None if self._is_no_claim(piece, cue) else self._find_fault_in_extreme(sentence, piece, cue)

    def _tells_context(self, sentence: Sentence) -> bool:
        """Whether the sentence names the one row that the facts give for an observation: it is the best."""
        rows = [fact for fact in self.sheet.facts if fact.role == "context" and fact.dimensions]
        spans = {span for fact in rows for span in row_spans(fact, self.sheet.period)}
        return len(rows) == 1 and any(not spans.isdisjoint(m.spans) for m in sentence.of(TimeMention))

    def _is_no_claim(self, piece: Piece, cue: Cue) -> bool:
        """Whether a superlative's word says something else: "better than", "the top 5", "at least", "most of", "second best"."""
        first, following = self.reading.text_at(cue.first), self.reading.text_at(cue.last)
        label = first == "top" and isinstance(self.reading.owner(cue.last), Figure)
        part = following in ("parte", "de", "of") and first in ("mayor", "most", "menor", "least")
        small = following == "medida" or self.reading.text_at(cue.first - 1) in ("al", "at")
        ranked = any(c.kind == "ordinal" and c.value != "1" and abs(c.first - cue.first) <= 2 for c in piece.cues)
        return not self.rows.all or following in ("que", "than") or label or part or small or ranked

    def _find_fault_in_extreme(self, sentence: Sentence, piece: Piece, cue: Cue) -> str | None:
        if not self._ranks_by_known_metric(piece, cue):
            return "the facts do not rank by this"
        order = "best" if self.ranking is None or self.ranking.order == "top" else "worst"
        target = self._target(sentence, piece, cue)
        if target is None or self._is_plural(cue):
            other_end = self.ranking is not None and self.ranking.by == "value" and cue.value != order
            return "the facts rank from the other end" if other_end else None
        return None if self._is_extreme(target, cue, order) else ANOTHER

    def _ranks_by_known_metric(self, piece: Piece, cue: Cue) -> bool:
        """Whether the metric named with a superlative ("most orders") is one that the facts have."""
        within = self.reading.owner(cue.last - 1)
        mention = within if isinstance(within, MetricMention) else self.senses.noun_behind(cue)
        if mention is None or not mention.metrics or self.senses.names_row(cue, mention):
            return True
        said = {m for other in piece.of(MetricMention) if other.first >= mention.first for m in other.metrics}
        said |= {self.senses.rated(piece, metric) for metric in said} | mention.metrics
        return any(metric_base(fact.metric)[0] in said for fact in self.sheet.facts)

    def _is_plural(self, cue: Cue) -> bool:
        """Whether a superlative speaks of several rows: "the best sellers", "los días con más ventas"."""
        dimensions = self.rows.dimensions | ({"day"} if "weekday" in self.rows.dimensions else set())
        near = {self.reading.text_at(place) for place in range(cue.first - 3, cue.last + 2)}
        plural = any(ROW_NOUNS.get(word, "") in dimensions for word in near & PLURAL_NOUNS)
        return plural or self.reading.text_at(cue.last - 1) in _PLURAL_ADJECTIVES

    def _target(self, sentence: Sentence, piece: Piece, cue: Cue) -> Row | None:
        """The row a superlative is said of: in its own piece the first behind it, else the last before; else one in the
        next piece, in those before, in those behind."""
        own = [(m, row) for m in piece.mentions if (row := self.rows.named_by(m))]
        if own:
            return next((row for m, row in own if m.first >= cue.last), own[-1][1])
        number = sentence.pieces.index(piece)
        next_ones, before = sentence.pieces[number + 1 :], sentence.pieces[:number]
        for other in (*next_ones[:1], *reversed(before), *next_ones[1:]):
            for mention in other.mentions:
                if row := self.rows.named_by(mention):
                    return row
        return None

    def _is_extreme(self, row: Row, cue: Cue, order: str) -> bool:
        """Whether a row is the best or worst: first in the ranking's own order, else by its figures, as far as those
        that were cut off cannot be more extreme."""
        if self.ranking and self.ranking.by != "value":
            return row == self.rows.all[0]
        metrics = self.senses.bases_of(cue, in_sentence=True)
        mine = self.rows.value(row, metrics or ())
        if self.ranking and cue.value == order and (metrics is None or self.sheet.plan.metrics[0] in metrics):
            return row == self.rows.all[0] or mine == self.rows.value(self.rows.all[0], metrics or ())
        if not self.rows.are_all() and cue.value != order:
            return False
        values = [value for other in self.rows.all if (value := self.rows.value(other, metrics or ())) is not None]
        return mine is not None and mine == (max(values) if cue.value == "best" else min(values))

    def _find_fault_in_ordinal(self, sentence: Sentence, piece: Piece, cue: Cue) -> str | None:
        """ "In second place, Café": the row must stand there."""
        if not self.rows.all or not self.ranking:
            claimed = int(cue.value) > 1 and piece.cue("extreme") is not None
            return "a rank the facts do not have" if claimed else None
        target = self._target(sentence, piece, cue)
        if (
            target is None
            or self.reading.text_at(cue.last) in _COUNTED_TIMES
            or self.reading.text_at(cue.first - 1) == "at"
        ):
            return None
        return None if self.rows.place(target) == int(cue.value) - 1 else ANOTHER

    def find_disorder(self) -> Mention | None:
        """The first mention of a row of a ranking that is told before one that ranks ahead of it."""
        if not self.ranking:
            return None
        told = sorted((*self.reading.found(NameMention), *self.reading.found(TimeMention)), key=lambda m: m.first)
        first: dict[int, Mention] = {}
        for mention in told:
            if row := self.rows.named_by(mention):
                first.setdefault(self.rows.place(row), mention)
        places = [*first]
        return next(
            (first[place] for n, place in enumerate(places) if any(later < place for later in places[n:])), None
        )
