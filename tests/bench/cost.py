"""What a thousand questions cost at list prices: the model's tokens, and what AWS charges by use."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from tests.bench.fresh import run
from tests.bench.questions import BEYOND_THE_RULES
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.support.openai_server import OpenAIServer

PRICES: dict[str, Any] = json.loads((Path(__file__).parent / "aws_prices.json").read_text(encoding="utf-8"))
MEMORY_GB = 1.0  # of the query function
MODEL_MS = 1000.0  # that each call of a real model is taken to last
SLOWER = 1 / 0.58  # 1,024 MB have 0.58 of a core
LOG_BYTES = 1_500  # of lines and metrics a question
REPLACED = (10.0, 20.0)  # dollars for a thousand, of the system that this one replaces
USED = """
SELECT prompt, avg(tokens_used)::float, avg(cost_usd)::float
  FROM ai_audit_logs WHERE tokens_used > 0 AND prompt = ANY(%s) GROUP BY prompt"""
KEPT = """
SELECT (pg_total_relation_size('ai_audit_logs') + pg_total_relation_size('ai_conversations'))::float
       / (SELECT count(*) FROM ai_audit_logs)"""
TOLD, PLANNED, OFFLINE = "planned by rules, told by the model", "planned and told by the model", "no model"


def measure(shop: Shop, quick: bool) -> Result:
    """Each kind of question with the scripted model, which counts a token for four characters; and without one."""
    by_rules = [question for question in shop.source.bodies() if not question["follows"]]
    beyond = [{"name": text, "body": shop.source.body(text), "follows": None} for text in BEYOND_THE_RULES]
    rounds = 2 if quick else 10
    without = run(shop.job(questions=by_rules, rounds=rounds, warm_up=1))
    with OpenAIServer() as server:
        environ = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": server.url}
        told = run(shop.job(questions=by_rules + beyond, rounds=rounds, warm_up=1, environ=environ))
    rows, raw = [], {}
    for kind, questions, sample, calls in (
        (OFFLINE, by_rules, without, 0),
        (TOLD, by_rules, told, 1),
        (PLANNED, beyond, told, 2),
    ):
        names = [question["name"] for question in questions]
        own = statistics.fmean(one["ms"] for one in sample["samples"] if one["question"] in names)
        used = shop.rows(USED, names) if calls else []
        tokens = statistics.fmean(row[1] for row in used) if used else 0.0
        model = 1000 * statistics.fmean(row[2] for row in used) if used else 0.0
        aws = 1000 * _aws_dollars(own * SLOWER + calls * MODEL_MS)
        raw[kind] = {"own_ms": own, "tokens": tokens, "model_usd": model, "aws_usd": aws}
        rows.append([kind, f"{own:.0f}", f"{tokens:.0f}", f"{model:.3f}", f"{aws:.3f}", f"**{model + aws:.3f}**"])
    kept = shop.rows(KEPT)[0][0]
    dearest = max(one["model_usd"] + one["aws_usd"] for one in raw.values())
    text = "\n\n".join(
        (
            table(
                ("a thousand questions", "own ms each", "tokens each", "model $", "AWS by use $", "together $"), rows
            ),
            f"The system that this one replaces took ${REPLACED[0]:.0f} to ${REPLACED[1]:.0f} for a thousand: "
            f"{REPLACED[0] / dearest:.0f} to {REPLACED[1] / dearest:.0f} times as much as the dearest row. Its audit row and "
            f"its turn of the conversation take {kept / 1000:.1f} KB of the database with their indexes.",
        )
    )
    return Result(text, {**raw, "bytes_kept": kept})


def _aws_dollars(milliseconds: float) -> float:
    """One question of so many billed milliseconds: Lambda, API Gateway, logs."""
    lambdas = milliseconds / 1000 * MEMORY_GB * PRICES["lambda_gb_second_arm64"] + PRICES["lambda_request"]
    return float(lambdas + PRICES["http_api_request"] + LOG_BYTES / 1e9 * PRICES["logs_gb"])
