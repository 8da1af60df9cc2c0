"""`cafe-ai ask`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import httpx

from infra.local.commands.access import API
from infra.local.commands.connection import business_id, running_stack
from infra.local.dev_users import DEV_USERS
from infra.local.problems import StackError
from infra.local.tokens import make_token

ASSISTANTS = ("GENERAL_QUERY", "SALES_ANALYSIS", "PRODUCT_SUGGESTION", "CUSTOMER_INSIGHT")
SECONDS = 35.0  # the API itself answers within 30


def add_parsers(commands: Any) -> None:
    """The command."""
    ask = commands.add_parser(
        "ask",
        help="ask a question and print the answer",
        description="Ask a question about a business and print the answer and the conversation it belongs to.",
    )
    ask.add_argument("question")
    ask.add_argument("--business", type=business_id, metavar="UUID", help="default: Café Central")
    ask.add_argument("--as-of", metavar="MOMENT", help="ask as of an earlier moment: ISO, in the shop's local time")
    ask.add_argument("--locale", choices=("es", "en"), help="default: the question's language, then the business's")
    ask.add_argument("--assistant", choices=ASSISTANTS, help="default: GENERAL_QUERY")
    ask.add_argument("--conversation", type=business_id, metavar="UUID", help="the turn this question follows up")
    ask.add_argument("--role", choices=tuple(DEV_USERS), default="owner", help="who asks (owner)")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.set_defaults(run=ask_question)


def ask_question(options: argparse.Namespace) -> None:
    """Run `cafe-ai ask`."""
    stack = running_stack()
    question = {
        "query": options.question,
        "business_id": str(options.business or stack.business_id),
        "as_of": options.as_of,
        "locale": options.locale,
        "assistant_type": options.assistant,
        "conversation_id": str(options.conversation) if options.conversation else None,
    }
    response = httpx.post(
        stack.base_url.rstrip("/") + API + "/query",
        json={name: value for name, value in question.items() if value is not None},
        headers={"Authorization": f"Bearer {make_token(stack, DEV_USERS[options.role])}"},
        timeout=SECONDS,
    )
    if response.status_code != httpx.codes.OK:
        raise StackError(describe(response))
    answer = response.json()
    if options.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    print(answer["response"])
    for source in answer.get("sources") or ():
        print(f"  · {source.get('title')}")
    print(f"conversation {answer['conversation_id']}", file=sys.stderr)


def describe(response: httpx.Response) -> str:
    """The problem of a response in one line."""
    try:
        problem = response.json()
        said = problem.get("detail") or problem.get("title") or problem.get("message") or response.text
    except (ValueError, AttributeError):
        said = response.text
    return f"The API answered {response.status_code}: {' '.join(str(said).split())[:500]}"
