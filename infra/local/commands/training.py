"""`cafe-ai train`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from uuid import UUID

import httpx

from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from infra.local.commands.access import API
from infra.local.commands.asking import SECONDS, describe
from infra.local.commands.connection import business_id, running_stack
from infra.local.commands.progress import shown_progress
from infra.local.dev_users import DEV_USERS
from infra.local.problems import StackError
from infra.local.tokens import make_token

PATIENCE_SECONDS = 1800.0
LOOK_SECONDS = 1.0

HELP = """\
Have the demand model of a shop trained now, as it is each night, and print how it did in its backtest and whether it was put
into use, and why. It is used when it is at least as good as the one in use, on the same days, none of which either had seen."""


def add_parsers(commands: Any) -> None:
    """The command."""
    train = commands.add_parser("train", help="have a shop's demand model trained now", description=HELP)
    train.add_argument("--business", type=business_id, metavar="UUID", help="default: Café Central")
    train.add_argument("--as-of", metavar="MOMENT", help="as of an earlier moment: ISO, in the shop's local time")
    train.set_defaults(run=train_models)


def train_models(options: argparse.Namespace) -> None:
    """Run `cafe-ai train`."""
    stack = running_stack()
    business = options.business or UUID(stack.business_id)
    token = make_token(stack, DEV_USERS["owner"], operator=True)
    body = {
        "business_id": str(business),
        "kind": JobKind.TRAIN_MODELS.value,
        "params": {"as_of": options.as_of} if options.as_of else {},
    }
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS) as api:
        response = api.post(f"{stack.base_url.rstrip('/')}{API}/jobs", json=body)
    if not response.is_success:
        raise StackError(describe(response))
    with closing(Database(stack.dsn_app)) as database:
        job = _await_end(database, UUID(response.json()["job_id"]), business)
    if job.status is JobStatus.FAILED or job.result is None:
        raise StackError(f"The model could not be trained: {job.error}")
    print("\n".join(lines(job.result)))


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """What there is to say of a training."""
    if told["what"] in ("no_sales", "short_history"):
        yield f"Nothing was trained. {told['reason']}"
        return
    if told["what"] == "trained":
        yield f"Version {told['version']}, trained on {told['series']} series up to {told['trained_until']}."
    else:
        yield f"Nothing new to learn. {told['reason']}"
    yield ""
    yield from _table(told["backtest"])
    yield ""
    if told["what"] == "trained":
        yield f"{'Put into use' if told['promoted'] else 'Not put into use'}. {told['reason']}"
    yield f"In use: {told['in_use'] or 'no model; the simple method forecasts'}. Forecasts stored: {told['forecasts']} series."


def _table(backtest: Mapping[str, Any]) -> Iterator[str]:
    """The methods beside each other, the chosen one marked; the best first."""
    methods = backtest.get("methods") or {}
    if not methods:
        yield "No backtest: the history is too short."
        return
    yield f"Backtest, {backtest['origins']} origins:"
    width = max(len(name) for name in methods) + 2
    yield f"{'method':<{width}} {'RMSSE':>7} {'MASE':>7} {'MAE':>9} {'bias':>8}"
    for name, errors in sorted(methods.items(), key=lambda pair: pair[1]["rmsse"] or 0.0):
        mark = "* " if name == backtest["method"] else "  "
        figures = f"{_figure(errors['rmsse'], 3):>7} {_figure(errors['mase'], 3):>7} {_figure(errors['mae'], 2):>9}"
        yield f"{mark + name:<{width}} {figures} {_figure(errors['bias_percent'], 1):>6} %"
    held = [(80, backtest.get("covered80")), (95, backtest.get("covered95"))]
    if all(share is not None for _, share in held):
        yield "Days within the intervals: " + ", ".join(f"{100 * share:.1f} % of {level} %" for level, share in held)


def _figure(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"


def _await_end(database: Database, job_id: UUID, business: UUID) -> Job:
    runtime, deadline = Runtime.of(Settings(), database=database), time.monotonic() + PATIENCE_SECONDS
    with shown_progress() as progress:
        while not (job := jobs.get(runtime, job_id, business, Deadline.after(SECONDS))).status.ended:
            if time.monotonic() > deadline:
                raise StackError(f"The job {job_id} is still {job.status.value} after {PATIENCE_SECONDS:.0f} s.")
            progress("training", job.progress / 100)
            time.sleep(LOOK_SECONDS)
    return job
