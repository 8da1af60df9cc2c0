"""What a language model adds: time with a server that answers at once, tokens, and what they cost."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

from tests.bench.fresh import run
from tests.bench.measuring import Ratio, Spread
from tests.bench.questions import BEYOND_THE_RULES
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.support.openai_server import OpenAIServer

USED = """
SELECT prompt, count(*), avg(prompt_tokens)::float, avg(completion_tokens)::float, avg(cost_usd)::float,
       avg((NOT degraded)::int)::float
  FROM ai_audit_logs WHERE tokens_used > 0 GROUP BY prompt"""
TOLD, PLANNED = "planned by rules, told by the model", "planned and told by the model"


def measure(shop: Shop, quick: bool) -> Result:
    """Each question with and without the model in one process, in a new order each time."""
    by_rules = [question for question in shop.source.bodies() if not question["follows"]][:20]
    beyond = [{"name": text, "body": shop.source.body(text), "follows": None} for text in BEYOND_THE_RULES]
    with OpenAIServer() as server:
        environ = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": server.url}
        options = {"rounds": 2 if quick else 25, "warm_up": 1, "parts": True, "toggle_model": True, "environ": environ}
        measured = run(shop.job(questions=by_rules + beyond, **options))
        planned = {request.told["question"] for request in server.requests if request.plans}
        first = [run(shop.job(environ=environ)) for _ in range(2 if quick else 10)]
    kinds = {TOLD: [], PLANNED: []}  # type: dict[str, list[dict[str, Any]]]
    answered = {sample["question"] for sample in measured["samples"] if sample["model"] and sample["facts"]}
    for sample in measured["samples"]:
        if sample["question"] in answered:
            kinds[PLANNED if sample["question"] in planned else TOLD].append(sample)
    used = {row[0]: row[1:] for row in shop.rows(USED)}
    if not used or "openai" not in first[0]["loaded_first"]:
        raise AssertionError("The language model was not used.")
    text = "\n\n".join(
        (
            table(
                ("question", "without ms", "with ms", "of that in calls, ms", "with / without"),
                [_times(kind, samples) for kind, samples in kinds.items()],
            ),
            table(
                ("question", "tokens in", "tokens out", "tokens", "$ a question", "told by the model in the end"),
                [_tokens(kind, samples, used) for kind, samples in kinds.items()],
            ),
            f"The first question of a fresh process that uses the model: "
            f"{Spread.of([sample['first_ms'] for sample in first]).text()} ms and then "
            f"{statistics.median(sample['rss_first_mb'] for sample in first):.0f} MB (n = {len(first)}): only now are "
            f"{' and '.join(name for name in first[0]['loaded_first'] if name in ('openai', 'httpx'))} imported.",
        )
    )
    return Result(text, {"measured": measured, "first": first, "used": used})


def _times(kind: str, samples: list[dict[str, Any]]) -> list[str]:
    with_model = [sample["ms"] for sample in samples if sample["model"]]
    without = [sample["ms"] for sample in samples if not sample["model"]]
    calling = [sample["parts"].get("model", 0.0) for sample in samples if sample["model"]]
    return [
        kind,
        Spread.of(without).text(),
        Spread.of(with_model).text(),
        Spread.of(calling).text(),
        Ratio.of(with_model, without).text(),
    ]


def _tokens(kind: str, samples: list[dict[str, Any]], used: dict[str, tuple[float, ...]]) -> list[str]:
    questions = {sample["question"] for sample in samples}
    columns: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        _, tokens_in, tokens_out, cost, by_model = used[question]
        columns["in"].append(tokens_in)
        columns["out"].append(tokens_out)
        columns["all"].append(tokens_in + tokens_out)
        columns["cost"].append(cost)
        columns["by_model"].append(by_model)
    medians = [f"{statistics.median(columns[name]):.0f}" for name in ("in", "out")]
    tokens, cost = columns["all"], columns["cost"]
    return [
        f"{kind} ({len(questions)})",
        *medians,
        f"{statistics.median(tokens):.0f}, at most {max(tokens):.0f}",
        f"{statistics.median(cost):.6f}, at most {max(cost):.6f}",
        f"{statistics.fmean(columns['by_model']):.0%}",
    ]
