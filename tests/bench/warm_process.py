"""The program of the warm benchmark: hello on bare FastAPI + Mangum and behind our edge, in turn; microseconds as JSON on stdout.

python -m tests.bench.warm_process ROUNDS
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import time

from tests.bench.apps import bare, edge
from tests.bench.probe import Context
from tests.support.gateway import http_event

CALLS = 20  # one after the other, in each round
NO_TOKEN = "a" * 600
CASES = {
    "bare": (bare.handler, http_event("/hello", method="GET", token=NO_TOKEN)),
    "edge": (edge.handler, http_event("/hello", method="GET", token=NO_TOKEN)),
    "edge and token": (edge.handler, http_event("/known", method="GET", token=edge.TOKEN)),
    "edge, token and admission": (edge.handler, http_event("/mine", method="GET", token=edge.TOKEN)),
}


def main() -> None:
    """Warms up, then times each call."""
    results = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    rng = random.Random(7)
    times: dict[str, list[float]] = {name: [] for name in CASES}
    warming = 10
    gc.freeze()
    for number in range(int(sys.argv[1]) + warming):
        for name in rng.sample(list(CASES), len(CASES)):
            handler, event = CASES[name]
            text = json.dumps(
                {**event, "requestContext": {**event["requestContext"], "timeEpoch": time.time_ns() // 10**6}}
            )
            for _ in range(CALLS):
                sent = json.loads(text)
                started = time.perf_counter()
                answer = handler(sent, Context())
                took = time.perf_counter() - started
                if answer["statusCode"] != 200:
                    raise SystemExit(f"{name} was answered with {answer['statusCode']}: {answer['body']}")
                if number >= warming:
                    times[name].append(took * 1e6)
    json.dump(times, results)
    results.flush()


if __name__ == "__main__":
    main()
