"""The program of one fresh process: import a Lambda handler, ask it once, then many times; figures as JSON on stdout.

    python -m tests.bench.probe JOB.json

Before the first clock is read nothing is loaded but the modules below. See `fresh.Job` for what a job says.
"""

import importlib
import json
import os
import sys
import time

WATCHED = ("openai", "chromadb", "boto3", "botocore", "httpx", "numpy", "pandas", "pydantic.v1", "rapidfuzz")


class Context:
    """What Lambda hands to a handler, as far as Mangum looks."""

    function_name = "bench"
    memory_limit_in_mb = 1024
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:bench"

    @staticmethod
    def get_remaining_time_in_millis():
        """Always enough."""
        return 29_000


def resident_mb():
    """What this process holds in memory."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- pathlib would be an import of ours
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


def loaded():
    """Which of the heavy packages are imported."""
    return [name for name in WATCHED if sys.modules.get(name)]


def ask(handler, event):
    """Milliseconds (wall clock, processor) that the handler took, and its answer, which must be a good one."""
    event["requestContext"]["timeEpoch"] = int(time.time() * 1000)
    cpu, wall = time.process_time(), time.perf_counter()
    answer = handler(event, Context())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if answer["statusCode"] != 200:
        raise SystemExit(f"{event.get('body')} was answered with {answer['statusCode']}: {answer['body'][:2000]}")
    return wall * 1000, cpu * 1000, answer


def main():
    """Runs the job."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 -- as above
        job = json.load(file)
    results = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # logs and metrics are written, and read by nobody
    module, attribute = job["target"].split(":")
    started_cpu, started = time.process_time(), time.perf_counter()
    handler = getattr(importlib.import_module(module), attribute)
    told = {
        "import_ms": (time.perf_counter() - started) * 1000,
        "import_cpu_ms": (time.process_time() - started_cpu) * 1000,
        "rss_import_mb": resident_mb(),
        "loaded_import": loaded(),
        "modules_import": len(sys.modules),
    }
    stopwatch = None
    if job["parts"]:
        from tests.bench import parts

        stopwatch = parts.instrument()
    told["first_ms"], told["first_cpu_ms"], answer = ask(handler, job["first"])
    told["start_to_answer_ms"] = (time.monotonic() - float(os.environ["BENCH_STARTED"])) * 1000
    told |= {"rss_first_mb": resident_mb(), "loaded_first": loaded(), "first_body": answer["body"]}
    told["first_parts"] = stopwatch.take() if stopwatch else {}
    if job["questions"]:
        from tests.bench import rounds

        told |= rounds.run(job, handler, stopwatch)
        told |= {"rss_warm_mb": resident_mb(), "loaded_warm": loaded()}
    json.dump(told, results)
    results.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
