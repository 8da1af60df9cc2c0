"""`cafe-ai correct-review`, and having reviews read once they are imported."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from uuid import UUID

import httpx

from cafe_ai.errors import InvalidRequest
from cafe_ai.jobs.model import JobKind
from cafe_ai.reviews.model import Label
from cafe_ai.reviews.service import correct_review
from infra.local.commands.access import API
from infra.local.commands.connection import add_database_option, business_id, shop_database
from infra.local.dev_users import DEV_USERS
from infra.local.problems import StackError
from infra.local.state import read_state
from infra.local.tokens import make_token

SECONDS = 30.0
READ_AT_NIGHT = "They are read each night, or when the job `analyze_reviews` is started (POST /api/v1/ai/jobs)."


def add_parsers(commands: Any) -> None:
    """The command."""
    correct = commands.add_parser(
        "correct-review",
        help="say how a review leans, where it was read wrong",
        description="Say how a review leans. Your word stands above what was read; from five corrections on, reviews like "
        "them are read as you read them.",
    )
    correct.add_argument("review", help="the review's id, ours or your own (review_id)")
    correct.add_argument("label", choices=[label.value for label in Label])
    correct.add_argument("--business", type=business_id, metavar="UUID", required=True)
    correct.add_argument("--role", choices=tuple(DEV_USERS), default="owner", help="who says so (owner)")
    add_database_option(correct)
    correct.set_defaults(run=correct_one)


def correct_one(options: argparse.Namespace) -> None:
    """Run `cafe-ai correct-review`."""
    label = Label(options.label)
    with shop_database(options) as database:
        try:
            review = correct_review(database, options.business, options.review, label, DEV_USERS[options.role])
        except InvalidRequest as error:
            raise StackError(f"The business has no review {options.review!r}.") from error
    print(f"Review {review} is {label.value} from now on.")


def have_them_read(business: UUID, database_url: str | None) -> None:
    """Starts the job that reads the reviews, where the local stack's database was written to; else says when they are read."""
    stack = None if database_url else read_state()
    if stack is None:
        print(READ_AT_NIGHT, file=sys.stderr)
        return
    try:
        answer = httpx.post(
            stack.base_url.rstrip("/") + API + "/jobs",
            json={"business_id": str(business), "kind": JobKind.REVIEW_ANALYSIS.value, "params": {}},
            headers={"Authorization": f"Bearer {make_token(stack, DEV_USERS['owner'])}"},
            timeout=SECONDS,
        )
    except httpx.HTTPError:
        print(READ_AT_NIGHT, file=sys.stderr)
        return
    if answer.status_code == httpx.codes.ACCEPTED:
        print(f"They are being read: job {answer.json()['job_id']}.", file=sys.stderr)
    else:
        print(READ_AT_NIGHT, file=sys.stderr)
