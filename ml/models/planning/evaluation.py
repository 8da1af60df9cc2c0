"""Held-out questions answered through the real planner, and whether a candidate did at least as well as the present model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from cafe_ai.analytics.model import Plan
from cafe_ai.assistants.planning.language_model import LanguageModelPlanner, PlanRejected
from cafe_ai.assistants.planning.model import Declined
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.plan_tool import read_plan
from cafe_ai.examples.model import Example
from cafe_ai.llm.metering import Meter
from cafe_ai.llm.port import LanguageModel, ModelUnavailable
from ml.models.planning.meaning import meaning
from ml.models.planning.stage import Stage, same_facts
from ml.pipelines.fine_tuning.dataset import context_of

LEAST_QUESTIONS = 10
Shown = Callable[[Example], Sequence[Example]]
"""The examples that the planner is shown with a question."""


@dataclass(frozen=True, slots=True)
class Score:
    """How so many questions were answered.

    right: the plan means what the approved one does, or gives the same facts. refused: there was no plan. invalid: calls of
    the tool that had to be repaired, or could not be. unavailable: no answer came. told and told_wrong: of right plans carried
    out on a shop, how many the model told in words that held, and in words that the check refused.
    """

    asked: int = 0
    right: int = 0
    refused: int = 0
    invalid: int = 0
    unavailable: int = 0
    told: int = 0
    told_wrong: int = 0

    def plus(self, other: Score) -> Score:
        """Both together."""
        mine, theirs = asdict(self), asdict(other)
        return Score(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def violations(self) -> int:
        """Calls and words that were not let pass."""
        return self.invalid + self.told_wrong


@dataclass(frozen=True, slots=True)
class Report:
    """A model's scores by assistant and language, and what asking it cost."""

    model: str
    strata: Mapping[tuple[str, str], Score]
    tokens: int
    cost_usd: Decimal

    @property
    def total(self) -> Score:
        """Of all questions."""
        whole = Score()
        for score in self.strata.values():
            whole = whole.plus(score)
        return whole

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a route."""
        strata = [
            {"assistant": kind, "locale": locale, **asdict(score)} for (kind, locale), score in self.strata.items()
        ]
        return {
            "model": self.model,
            "total": asdict(self.total),
            "strata": strata,
            "tokens": self.tokens,
            "cost_usd": str(self.cost_usd),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Report:
        """What `to_json` wrote. Raises ValueError."""
        try:
            strata = {}
            for entry in told["strata"]:
                fields = {name: int(entry[name]) for name in Score.__slots__}
                strata[(str(entry["assistant"]), str(entry["locale"]))] = Score(**fields)
            return cls(str(told["model"]), strata, int(told["tokens"]), Decimal(told["cost_usd"]))
        except (KeyError, TypeError, ArithmeticError) as error:
            raise ValueError("This is no evaluation that `evaluate` wrote.") from error


def examine(
    language_model: LanguageModel, held_out: Sequence[Example], shown: Shown = lambda _: (), stage: Stage | None = None
) -> Report:
    """How the model plans the held-out questions; on a stage also how it tells what they give."""
    meter = Meter(language_model)
    names = stage.names() if stage is not None else None
    strata: dict[tuple[str, str], Score] = {}
    for example in held_out:
        stratum = (example.assistant_type, example.locale)
        score = _ask(meter, example, shown(example), stage, names)
        strata[stratum] = strata.get(stratum, Score()).plus(score)
    return Report(language_model.name, dict(sorted(strata.items())), meter.tokens_used, meter.cost_usd)


def _ask(
    meter: Meter, example: Example, shown: Sequence[Example], stage: Stage | None, names: ShopNames | None
) -> Score:
    counting = _Counting(meter)
    context = context_of(example)
    try:
        planned = LanguageModelPlanner(counting, examples=shown).plan(example.question, context)
    except PlanRejected:
        return Score(asked=1, invalid=1)
    except ModelUnavailable:
        return Score(asked=1, unavailable=1)
    score = Score(asked=1, invalid=counting.calls - 1)
    if isinstance(planned, Declined):
        return replace(score, refused=1)
    wanted = read_plan(json.dumps(example.plan), lambda _, said: [said])
    if not isinstance(wanted, Plan):
        raise TypeError("A held-out example has no plan.")  # `build` leaves such out
    right = meaning(planned.plan, example.asked_on) == meaning(wanted, example.asked_on)
    if stage is None or names is None:
        return replace(score, right=int(right))
    facts = stage.facts(planned.plan, example.question, names)
    right = right or same_facts(facts, stage.facts(wanted, example.question, names))
    if not right or facts is None:
        return replace(score, right=int(right))
    told = stage.tells(facts, example.question, context.locale, counting)
    return replace(score, right=1, told=int(told), told_wrong=int(not told))


class _Counting:
    """The model behind, with how often it was asked to plan."""

    def __init__(self, language_model: LanguageModel) -> None:
        self._language_model = language_model
        self.calls = 0

    @property
    def name(self) -> str:
        return self._language_model.name

    def complete(self, *arguments: Any, **options: Any) -> Any:
        self.calls += options.get("tool") is not None
        return self._language_model.complete(*arguments, **options)

    def cost_at_most(self, *arguments: Any, **options: Any) -> Decimal:
        return self._language_model.cost_at_most(*arguments, **options)


def objections(candidate: Report, present: Report) -> list[str]:
    """Why the candidate may not take the present model's place; nothing where it did at least as well.

    Both must have answered the same questions, all of them. No fewer may be right, of all and of each assistant and
    language, and there may be no more refusals nor violations.
    """
    new, old = candidate.total, present.total
    found = []
    if new.asked < LEAST_QUESTIONS:
        found.append(f"only {new.asked} held-out questions; at least {LEAST_QUESTIONS} are needed")
    asked = [{stratum: score.asked for stratum, score in report.strata.items()} for report in (candidate, present)]
    if asked[0] != asked[1]:
        found.append("the two were not asked the same questions")
    if new.unavailable or old.unavailable:
        found.append(f"{max(new.unavailable, old.unavailable)} questions got no answer: examine again")
    for stratum, score in present.strata.items():
        right = candidate.strata.get(stratum, Score()).right
        if right < score.right:
            found.append(f"{' '.join(stratum)}: {right} right, before {score.right}")
    if new.refused > old.refused:
        found.append(f"{new.refused} refusals, before {old.refused}")
    if new.violations > old.violations:
        found.append(f"{new.violations} violations, before {old.violations}")
    if new.told < old.told:
        found.append(f"{new.told} answers told rightly, before {old.told}")
    return found
