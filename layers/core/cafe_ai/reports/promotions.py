"""What to promote, as a report tells it: each product with its reason, and what both were made of."""

from __future__ import annotations

from dataclasses import dataclass

from cafe_ai.language.formats import Language
from cafe_ai.platform.telemetry import measures
from cafe_ai.recommendations.checking import find_faults
from cafe_ai.recommendations.model import Choice
from cafe_ai.recommendations.wording import tell_reason
from cafe_ai.reports.model import Promotion

QUOTES: dict[Language, tuple[str, str]] = {"es": ("«", "»"), "en": ("“", "”")}


@dataclass(frozen=True, slots=True)
class Promoted:
    """What was chosen, and the lines that tell it, in the order of the choice's items."""

    choice: Choice
    lines: tuple[Promotion, ...]

    @classmethod
    def of(cls, choice: Choice, language: Language) -> Promoted:
        """The choice in the language."""
        lines = (Promotion(item.product.name, tell_reason(item, choice, language)) for item in choice.items)
        return cls(choice, tuple(lines))

    def checked(self, language: Language) -> tuple[Promotion, ...]:
        """The lines that say nothing but what the choice's facts carry; others are left out, and counted."""
        left, right = QUOTES[language]
        kept = []
        for line in self.lines:
            text = f"{left}{line.product}{right}: {line.reason}."
            if find_faults(text, self.choice, language, by_model=False):
                measures().count("StatementRefused")
            else:
                kept.append(line)
        return tuple(kept)
