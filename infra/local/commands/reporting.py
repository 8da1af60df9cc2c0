"""`cafe-ai report`."""

from __future__ import annotations

import argparse
import time
from typing import Any

import httpx

from infra.local.commands.access import API
from infra.local.commands.asking import SECONDS, describe
from infra.local.commands.connection import business_id, running_stack
from infra.local.commands.progress import shown_progress
from infra.local.dev_users import DEV_USERS
from infra.local.problems import StackError
from infra.local.tokens import make_token

PERIODS = ("daily", "weekly", "monthly", "quarterly", "yearly")
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 1.0  # an owner may ask 100 times a minute
ENDED = ("completed", "failed")
FORMATS = ("html", "pdf", "csv", "json")

HELP = """\
Have a sales report made in the background, as the API does with async_mode, and print the links to its page, PDF, table and
data. They are good for an hour."""


def add_parsers(commands: Any) -> None:
    """The command."""
    report = commands.add_parser(
        "report", help="have a sales report made and print the links to its files", description=HELP
    )
    report.add_argument("--business", type=business_id, metavar="UUID", help="default: Café Central")
    report.add_argument("--period", choices=PERIODS, help="the last whole one (monthly)")
    report.add_argument("--from", dest="start", metavar="DATE", help="instead of a period: its first day")
    report.add_argument("--to", metavar="DATE", help="and its last")
    report.add_argument("--as-of", metavar="MOMENT", help="as of an earlier moment: ISO, in the shop's local time")
    report.add_argument("--locale", choices=("es", "en"), help="the report's language (the business's)")
    report.set_defaults(run=make_report)


def make_report(options: argparse.Namespace) -> None:
    """Run `cafe-ai report`."""
    stack = running_stack()
    asked = {
        "business_id": str(options.business or stack.business_id),
        "async_mode": "true",
        "period": options.period,
        "from": options.start,
        "to": options.to,
        "as_of": options.as_of,
        "locale": options.locale,
    }
    token = make_token(stack, DEV_USERS["owner"], seconds=int(PATIENCE_SECONDS) + 60)
    with httpx.Client(
        base_url=stack.base_url.rstrip("/"), headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS
    ) as api:
        given = {name: value for name, value in asked.items() if value is not None}
        job = _answer(api.post(f"{API}/sales-analysis", params=given))
        job = _await_end(api, job["job_id"])
    if job["status"] == "failed":
        raise StackError(f"The report could not be made: {job['error']}")
    links = job["result"]["links"]
    for kind in sorted(links, key=FORMATS.index):
        print(f"{kind:<5} {links[kind]}")


def _await_end(api: httpx.Client, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with shown_progress() as progress:
        while (job := _answer(api.get(f"{API}/jobs/{job_id}")))["status"] not in ENDED:
            if time.monotonic() > deadline:
                raise StackError(f"The job {job_id} is still {job['status']} after {PATIENCE_SECONDS:.0f} s.")
            progress("making the report", job["progress"] / 100)
            time.sleep(LOOK_SECONDS)
    return job


def _answer(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        raise StackError(describe(response))
    answer: dict[str, Any] = response.json()
    return answer
