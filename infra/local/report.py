"""What `make run` says once the stack is ready: an answer, and how to ask on."""

import json
import shlex
import textwrap
from pathlib import Path
from typing import Any

import httpx

from infra.local.layout import Layout
from infra.local.problems import StackError, showing, with_tail
from infra.local.sample_business.loading import ABOUT
from infra.local.state import State
from infra.local.tokens import make_token

QUESTION = "¿Cuáles fueron las ventas del último mes?"
FROM_DOCUMENTS = "¿A qué hora abrís los domingos?"
PATH = "/api/v1/ai/query"
TOKEN_SECONDS = 12 * 3600
WIDTH = 100


def ask(state: State, layout: Layout) -> dict[str, Any]:
    """The sample business's owner asks through API Gateway. Raises StackError where no answer comes."""
    token = make_token(state, state.owner_id)
    with showing(layout.log("functions"), httpx.HTTPError):
        response = httpx.post(
            state.base_url + PATH,
            json={"query": QUESTION, "business_id": state.business_id},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
    if response.status_code != httpx.codes.OK:
        refusal = f"The question was answered with {response.status_code}: {response.text}"
        raise StackError(with_tail(refusal, layout.log("functions")))
    answer: dict[str, Any] = response.json()
    return answer


def readiness(state: State, layout: Layout, answer: dict[str, Any]) -> str:
    """The answer and the commands to go on with, ready to paste."""
    body = json.dumps({"query": QUESTION, "business_id": state.business_id}, ensure_ascii=False)
    token = make_token(state, state.owner_id, seconds=TOKEN_SECONDS)
    url = shlex.quote(state.base_url + PATH)
    return f"""
{textwrap.fill(ABOUT, WIDTH)}

Its owner asks: {QUESTION}

{textwrap.indent(_wrap(answer["response"]), "    ")}

The API       {state.base_url}/api/v1/ai
The logs      {_short(layout.logs, layout)}
Its e-mails   {_short(layout.mail, layout)} (each an .eml file)
In a terminal ./cafe-ai ask {shlex.quote(QUESTION)} --business {state.business_id}
              ./cafe-ai ask {shlex.quote(FROM_DOCUMENTS)}
              ./cafe-ai report --period monthly
With curl (the token is good for 12 hours):

curl -s {url} \\
  -H 'content-type: application/json' \\
  -H 'authorization: Bearer {token}' \\
  -d {shlex.quote(body)}
"""


def _wrap(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH) for line in text.splitlines())


def _short(path: Path, layout: Layout) -> str:
    return str(path.relative_to(layout.project)) if path.is_relative_to(layout.project) else str(path)
