"""What each figure of a text is said of: which mention of a metric, name, period or hour belongs to it.

The rule, for each kind of mention by itself: the figure's own piece of the sentence decides; within it the mention before
the figure, or the one behind it where the piece begins with figures. Else what stands in brackets right behind it, else the
pieces before (what was only compared with is passed over), else, after "with ...", the pieces behind. Else what the
sentences before were about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from cafe_ai.assistants.checker.clauses import Piece, Sentence
from cafe_ai.assistants.checker.model import Cue, Figure, Mention
from cafe_ai.assistants.checker.reading import Reading

M = TypeVar("M", bound=Mention)
Origin = Literal["piece", "sentence", "behind", "topic"]

_INTRODUCING = frozenset(("con", "with", "at", "having", "sumando", "totalling", "totaling", "gracias"))


TOPIC_REACH = 40
"""How many sentences back a topic may lie."""


class Surroundings:
    """The sentences of a text, and where each figure stands in them."""

    def __init__(self, reading: Reading, sentences: list[Sentence]) -> None:
        self.reading = reading
        self.sentences = sentences
        self._headings = _headings(sentences)
        self._place: dict[int, tuple[Sentence, int]] = {}
        for sentence in sentences:
            for number, piece in enumerate(sentence.pieces):
                for mention in (*piece.mentions, *piece.cues):
                    self._place[id(mention)] = (sentence, number)

    def sentence_of(self, mention: Mention) -> Sentence:
        """The sentence a mention stands in."""
        return self._place[id(mention)][0]

    def piece_of(self, mention: Mention) -> Piece:
        """The piece of its sentence a mention stands in."""
        sentence, number = self._place[id(mention)]
        return sentence.pieces[number]

    def bind(self, figure: Mention, kind: type[M], fits: Callable[[M], bool]) -> tuple[M, Origin] | None:
        """The mention of a kind that the figure belongs to within its sentence; see the module."""
        sentence, number = self._place[id(figure)]
        pieces = sentence.pieces
        own = [m for m in pieces[number].of(kind) if fits(m)]
        if own:
            return _nearest(own, figure, pieces[number]), "piece"
        if bracket := self._in_brackets_behind(pieces, number, figure):
            inside = [m for m in bracket.of(kind) if fits(m)]
            if inside:
                return inside[0], "piece"
        before = self._before(pieces, number, kind, fits)
        if before is not None:
            return before, "sentence"
        if pieces[number].opener == "(" and number + 1 < len(pieces) and pieces[number + 1].opener == ")":
            behind = [m for m in pieces[number + 1].of(kind) if fits(m)]
            if behind:
                return behind[0], "sentence"
        if self._introduces(pieces[number]):
            for piece in pieces[number + 1 :]:
                found = [m for m in piece.of(kind) if fits(m)]
                if found:
                    return found[0], "behind"
        return None

    def _before(self, pieces: list[Piece], number: int, kind: type[M], fits: Callable[[M], bool]) -> M | None:
        """The last fitting mention of the pieces before, not of what something was only compared with."""
        bracketed = pieces[number].reference and pieces[number].opener != "compare"
        for place in range(number - 1, -1, -1):
            piece = pieces[place]
            if piece.reference and not (bracketed and place == number - 1):
                continue
            if pieces[place].opener in ("(", "[") and place and pieces[place - 1].reference and not bracketed:
                continue
            found = [m for m in piece.of(kind) if fits(m)]
            if found:
                return found[-1]
        return None

    def _in_brackets_behind(self, pieces: list[Piece], number: int, figure: Mention) -> Piece | None:
        """Brackets right behind the figure that hold no figure themselves: "12 € (noviembre)"."""
        if number + 1 >= len(pieces):
            return None
        piece = pieces[number + 1]
        adjacent = piece.opener == "(" and figure.last >= pieces[number].last - 1
        return piece if adjacent and not piece.of(Figure) else None

    def _introduces(self, piece: Piece) -> bool:
        return self.reading.text_at(piece.first) in _INTRODUCING

    def topic(self, figure: Mention, kind: type[M], fits: Callable[[M], bool]) -> M | None:
        """What the sentences before were about: the heading above a list, else the last mention of the last sentence
        that has one, not of what something was compared with."""
        number = self.sentence_of(figure).number
        for earlier in reversed(self.sentences[max(0, number - TOPIC_REACH) : number]):
            found = [m for piece in earlier.pieces if not piece.reference for m in piece.of(kind) if fits(m)]
            if found:
                return found[-1]
        return None

    def heading(self, figure: Mention, kind: type[M], fits: Callable[[M], bool]) -> M | None:
        """The fitting mention of the heading above a list line, if it stands in one."""
        above = self.heading_of(figure)
        return next((m for m in above.of(kind) if fits(m)), None) if above else None

    def heading_of(self, mention: Mention) -> Sentence | None:
        """The heading above the line of a mention."""
        return self._headings[self.sentence_of(mention).number]

    def cue(self, figure: Mention, *kinds: str) -> Cue | None:
        """The cue of a kind nearest to the figure within its piece."""
        cues = [cue for cue in self.piece_of(figure).cues if cue.kind in kinds]
        return min(cues, key=lambda cue: _gap(cue, figure)) if cues else None

    def cues_before(self, figure: Mention, *kinds: str) -> list[Cue]:
        """The cues of these kinds in the pieces of the sentence up to the figure's own, the nearest first."""
        sentence, number = self._place[id(figure)]
        pieces = sentence.pieces[: number + 1]
        return [cue for piece in reversed(pieces) for cue in reversed(piece.cues) if cue.kind in kinds]


def _nearest(own: list[M], figure: Mention, piece: Piece) -> M:
    """The mention before the figure, or the one behind where the piece begins with a figure."""
    if len(own) == 1:
        return own[0]
    first_figure = next((f.first for f in piece.of(Figure)), figure.first)
    before = [m for m in own if m.first < figure.first]
    behind = [m for m in own if m.first > figure.first]
    if before and (own[0].first < first_figure or not behind):
        return before[-1]
    return behind[0] if behind else before[-1]


def _gap(one: Mention, other: Mention) -> int:
    return max(one.first - other.last, other.first - one.last)


def _headings(sentences: list[Sentence]) -> list[Sentence | None]:
    """The heading above each sentence; a blank line ends what it speaks for."""
    above: list[Sentence | None] = []
    current: Sentence | None = None
    for sentence in sentences:
        above.append(current)
        if sentence.heading:
            current = sentence
        elif sentence.after_blank:
            current = None
    return above
