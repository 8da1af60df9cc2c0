"""One figure where it stands in a text, with the words around it."""

from __future__ import annotations

from functools import cached_property

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.clauses import Piece, Sentence
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.model import Cue, Figure
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.subjects import Surroundings


class Spoken:
    """A figure of a text about a sheet."""

    def __init__(self, figure: Figure, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings) -> None:
        self.figure = figure
        self.sheet = sheet
        self.calendar = calendar
        self.around = around
        self.senses = MetricSenses(sheet, around)
        self.reading: Reading = around.reading
        self.sentence: Sentence = around.sentence_of(figure)
        self.piece: Piece = around.piece_of(figure)

    @cached_property
    def before(self) -> Piece | None:
        """The piece of the sentence before the figure's own."""
        number = self.sentence.pieces.index(self.piece)
        return self.sentence.pieces[number - 1] if number else None

    @cached_property
    def behind(self) -> Piece | None:
        """The piece of the sentence behind the figure's own."""
        number = self.sentence.pieces.index(self.piece) + 1
        return self.sentence.pieces[number] if number < len(self.sentence.pieces) else None

    def cue(self, *kinds: str) -> Cue | None:
        """The nearest cue of these kinds in the figure's piece, or in the one before its colon."""
        own = self.around.cue(self.figure, *kinds)
        if own is None and self.piece.opener == ":" and self.before is not None:
            return self.before.cue(*kinds)
        return own

    def is_clear(self, first: int, last: int) -> bool:
        """Whether no figure stands in the tokens [first, last)."""
        return not any(isinstance(self.reading.owner(place), Figure) for place in range(first, last))

    def says_total(self) -> bool:
        """Whether "total" stands before the figure, with no other figure between."""
        cues = [cue for cue in self.piece.cues if cue.kind == "total" and cue.last <= self.figure.first]
        if not cues and self.piece.opener == ":" and self.before is not None and not self.before.of(Figure):
            cues = [cue for cue in self.before.cues if cue.kind == "total"]
        return bool(cues) and self.is_clear(cues[-1].last, self.figure.first)

    @cached_property
    def is_whole(self) -> bool:
        """Whether it is told as the whole of which another figure is a part: "out of 101", "de un total de 101", "(5 de 10)"."""
        text, first = self.reading.text_at, self.figure.first
        before = [text(first - n) for n in (4, 3, 2, 1)]
        if before[3] in ("de", "of") and first >= 2:
            part = self.reading.owner(first - 2)
            if isinstance(part, Figure) and part.kind == self.figure.kind:
                return True
        return (
            before[2:] == ["out", "of"]
            or before in (["de", "un", "total", "de"], ["of", "a", "total", "of"], ["sobre", "un", "total", "de"])
            or before[1:] in (["total", "of", "the"], ["from", "total", "of"])
        )
