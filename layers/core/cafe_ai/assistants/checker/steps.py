"""Whether a figure is told as a step (a change or difference) or as a level, and in which direction."""

from __future__ import annotations

from functools import cached_property

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.checker.model import Cue, Figure, MetricMention
from cafe_ai.assistants.checker.spoken import Spoken

LEVELS = frozenset(
    (
        "encima",
        "debajo",
        "ahead",
        "delante",
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
"""Directions that may name the level something is seen from: "below the 12 of October"."""
_SMALL = frozenset((
    "un", "una", "el", "la", "los", "las", "de", "del", "en", "by", "of", "a", "an", "the", "casi", "unos", "unas",
    "cerca", "about", "around",
    "nearly", "almost", "exactamente", "exactly", "mas", "roughly", "some", "ligero", "fuerte", "notable",
    "notablemente", "significativamente",
    "approximately", "aproximadamente", "just", "apenas", "ligeramente", "slightly", "over",
))  # fmt: skip
_BEHIND_FIGURES = frozenset((
    "ahead", "higher", "lower", "up", "down", "above", "below", "por", "superior", "inferior", "superiores", "inferiores",
    "increase", "rise", "growth", "gain", "jump", "improvement", "drop", "fall", "decline", "decrease", "reduction",
    "dip", "slump", "uplift", "surge", "climb", "aumento", "subida", "incremento", "caida", "descenso", "bajada",
    "mejora", "increases", "drops", "de", "gains",
))  # fmt: skip
_REACH = 4


class Steps:
    """What a text says of one figure's kind."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken = spoken
        self.figure = spoken.figure
        self.piece = spoken.piece

    def agrees(self, fact: Fact, suffix: str) -> bool:
        """Whether the figure is told as the kind of figure the fact is, and in its direction."""
        if suffix in ("change", "difference"):
            return self._is_told_as_step(suffix) and self._agrees_in_direction(fact)
        if suffix == "" and self._explains_percentage():
            return False
        if self.figure.signed and self.figure.value >= 0:
            return False  # "+12" is a change
        return self.direction is None

    @cached_property
    def direction(self) -> int | None:
        """+1 or -1 where the figure is told as a step up or down: "up 3", "un aumento de 3", "3 más"; else None."""
        behind = self._cue_behind()
        if behind is not None:
            return _sign(behind)
        if (by := self._cue_by()) is not None:
            return _sign(by)
        for cue in reversed(self.piece.cues):
            if (
                cue.kind == "direction"
                and cue.value != "flat"
                and cue.last <= self.figure.first
                and not self._is_level(cue)
            ):
                words = [self.spoken.reading.text_at(place) for place in range(cue.last, self.figure.first)]
                if len(words) <= _REACH and all(word in _SMALL for word in words):
                    return _sign(cue)
        return None

    def _cue_by(self) -> Cue | None:
        """The direction of a comparison that is told "by" so much: "beat October's 10 by 31 %"."""
        words = [self.spoken.reading.text_at(self.figure.first - n) for n in (2, 1)]
        told = words[1] == "by" or words == ["en", "un"]
        return self.piece.cue("direction") if told and self.piece.reference else None

    def _cue_behind(self) -> Cue | None:
        """The direction right behind the figure, its noun and a figure in brackets passed over: "12 orders (8 %) more"."""
        reading, place = self.spoken.reading, self.figure.last
        end = self.spoken.sentence.last
        while place < end:
            owner = reading.owner(place)
            if isinstance(owner, MetricMention):
                place = owner.last
            elif reading.text_at(place) == "(" and place > self.figure.first:
                place = next((n for n in range(place, end) if reading.text_at(n) == ")"), end) + 1
            elif reading.text_at(place) == ")" and self.piece.opener == "(":
                place += 1
            else:
                break
        cues = [cue for piece in self.spoken.sentence.pieces for cue in piece.cues if cue.first == place]
        steps = [
            cue
            for cue in cues
            if cue.kind == "amount" or (cue.kind == "direction" and reading.text_at(cue.first) in _BEHIND_FIGURES)
        ]
        if not steps or any(cue.kind == "compare" and reading.text_at(cue.last - 1) == "from" for cue in cues):
            return None
        return None if self._is_level(steps[0]) and self._levels_with_figure(place) else steps[0]

    def _levels_with_figure(self, place: int) -> bool:
        """Whether a level is told by a figure of its own: "12, above the 10 of October"."""
        piece = next(p for p in self.spoken.sentence.pieces if p.first <= place < p.last)
        return any(other.first >= place and other.kind == self.figure.kind for other in piece.of(Figure))

    def _is_level(self, cue: Cue) -> bool:
        words = {self.spoken.reading.text_at(place) for place in range(cue.first, cue.last)}
        return not words.isdisjoint(LEVELS)

    def _is_told_as_step(self, suffix: str) -> bool:
        """Whether something beside a difference says it is one; a percentage may have its direction farther away."""
        if self.piece.opener == "resume" or (
            self.piece.reference and self.piece.opener != "(" and self.direction is None
        ):
            return False
        if suffix == "change" or self.direction is not None or self.figure.signed:
            return True
        return self.piece.opener == "(" or self.spoken.cue("change", "direction", "amount") is not None

    def _agrees_in_direction(self, fact: Fact) -> bool:
        sign = (fact.value > 0) - (fact.value < 0)
        if self.figure.kind == "multiple":
            return True
        if self.figure.signed:
            return self._tells_change() and (self.figure.value == 0 or (self.figure.value > 0) == (sign > 0))
        if self.direction is not None:
            return sign in (self.direction, 0)
        cues = [
            cue for cue in self.spoken.around.cues_before(self.figure, "direction", "amount") if cue.value != "flat"
        ]
        cues += [
            cue for cue in self.piece.cues if cue.kind in ("direction", "amount") and cue.first >= self.figure.last
        ]
        if cues:
            return sign in (_sign(cues[0]), 0)
        return sign >= 0 and bool(self.spoken.around.cues_before(self.figure, "change"))

    def _tells_change(self) -> bool:
        """Whether a figure with a sign is told as a change: in brackets, beside a word for it, or as a percentage by itself."""
        if self.piece.opener == "(" or self.spoken.cue("change", "direction", "amount"):
            return True
        return self.figure.kind in ("percent", "points") and not self.piece.reference

    def _explains_percentage(self) -> bool:
        """Whether it stands in brackets right behind a percentage of change: "up 31 % (12 €)" is up by 12."""
        before = self.spoken.before
        if before is None or self.piece.opener != "(" or self.figure.kind == "percent":
            return False
        last = before.of(Figure)[-1:]
        close = bool(last) and last[0].kind in ("percent", "points") and before.last - last[0].last <= 1
        return close and any(cue.kind in ("direction", "amount") for cue in before.cues)


def _sign(cue: Cue) -> int:
    return {"up": 1, "down": -1}.get(cue.value, 0)
