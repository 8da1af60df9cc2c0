"""Trials of the checker: so many lies and right answers, with a summary. `python -m tests.unit.checker.trials 10000 [seed]`."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cafe_ai.analytics.model import Dimension
from cafe_ai.assistants.checker import check
from cafe_ai.assistants.narrator import narrate
from tests.support.sheets import random_sheet
from tests.unit.checker import prose_en, prose_es  # noqa: F401 -- they register their styles
from tests.unit.checker.lies import FAMILIES, Lie, tell
from tests.unit.checker.right_answers import RightAnswer, write


@dataclass
class Summary:
    """What passed and what was refused, by kind of answer or family of lies."""

    told: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, kind: str, text: str, why: str, *, wrong: bool) -> None:
        self.told[kind] += 1
        if wrong:
            self.wrong[kind] += 1
            self.examples.append((kind, text, why))

    @property
    def rate(self) -> float:
        return self.wrong.total() / max(self.told.total(), 1)


def narrated(rng: random.Random) -> RightAnswer:
    """The narrator's text for a random sheet."""
    locale = rng.choice(("es", "en"))
    while True:
        sheet = random_sheet(random.Random(rng.random()))
        if sheet.plan.breakdowns != (Dimension.YEAR,) and sheet.period != sheet.comparison:
            return RightAnswer(narrate(sheet, locale), sheet, locale, "narrator")


def right_answer(rng: random.Random) -> RightAnswer:
    """A right answer, the narrator's or in the style of a language model."""
    return narrated(rng) if rng.random() < 0.5 else write(rng, rng.choice(("es", "en")))


def lies(number: int, seed: int) -> Iterator[Lie]:
    """So many lies, every family as likely, made of a pool of right answers."""
    rng = random.Random(seed)
    pool = [right_answer(rng) for _ in range(max(number // 3, 1500))]
    for n in range(number):
        name = [*FAMILIES][n % len(FAMILIES)]
        told = next((told for _ in range(20_000) if (told := tell(rng, rng.choice(pool), name))), None)
        if told:
            yield told


def try_right_answers(number: int, seed: int) -> Summary:
    rng, summary = random.Random(seed), Summary()
    for _ in range(number):
        answer = right_answer(rng)
        verdict = check(answer.text, answer.sheet, answer.locale)
        why = "; ".join(f"{fault.excerpt!r}: {fault.reason}" for fault in verdict.faults)
        summary.add(f"{answer.locale} {answer.style}", answer.text, why, wrong=not verdict.ok)
    return summary


def try_lies(number: int, seed: int) -> Summary:
    summary = Summary()
    for told in lies(number, seed):
        summary.add(told.family, f"[{told.locale}] {told.text}", "", wrong=check(told.text, told.sheet, told.locale).ok)
    return summary


def main(number: int, seed: int, show: int) -> None:
    right, wrong = try_right_answers(number, seed), try_lies(number, seed + 1)
    print(f"right answers: {right.told.total()}, refused {right.wrong.total()} ({100 * right.rate:.2f} %)")
    for kind, count in right.wrong.most_common(12):
        print(f"  {kind}: {count} of {right.told[kind]}")
    for kind, text, why in right.examples[:show]:
        print(f"  -- {kind}\n{text}\n     {why}")
    print(f"lies: {wrong.told.total()} of {len(wrong.told)} families, passed {wrong.wrong.total()}")
    for kind, count in sorted(wrong.told.items()):
        print(f"  {kind}: {wrong.wrong[kind]} of {count}")
    seen: Counter[str] = Counter()
    for kind, text, _ in wrong.examples:
        seen[kind] += 1
        if seen[kind] <= show:
            print(f"  -- {kind}\n{text}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, int(sys.argv[3]) if len(sys.argv) > 3 else 3)
