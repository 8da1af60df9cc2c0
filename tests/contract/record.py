"""Record the examples of the API's document from the sample business: `python -m tests.contract.record`, then `make api-docs`.

Nothing is made up but what is long: lists are cut to their first entries.
"""

from __future__ import annotations

import json
from typing import Any

import requests

from infra.api_docs.document import operations
from infra.api_docs.examples import EXAMPLES
from infra.local.sample_business import BUSINESS
from tests.support.postgres import create_template, running_server
from tests.support.whole_api import ADDRESS, WholeApi, running_api

AS_OF = "2026-11-20T18:30"
SHOWN = 2  # entries of a list
LESS = {"analyse_sales": 1, "describe_capabilities": 1}
SHOWN_LINES = 12  # of a text
BUSINESS_ID = str(BUSINESS.id)
DOCUMENT = {
    "title": "Horario de Navidad",
    "content": "El 24 y el 31 de diciembre cerramos a las 15:00.",
    "metadata": {"year": 2026},
}


class Recorder:
    """Sends requests and keeps them with their answers."""

    def __init__(self, api: WholeApi) -> None:
        self._api = api
        self._paths = {operation["operationId"]: key for key, operation in operations(api.document).items()}
        self.recorded: dict[str, Any] = {}

    def ask(self, operation: str, body: Any = None, *, role: str = "owner", **parameters: Any) -> Any:
        """Sends the request, with the parameters wherever the document has them; the answer's JSON."""
        method, path = self._paths[operation]
        inside = {name: value for name, value in parameters.items() if f"{{{name}}}" in path}
        query = {name: value for name, value in parameters.items() if name not in inside}
        with self._api.session() as session:
            response = session.request(
                method,
                ADDRESS + path.format(**inside),
                params=query,
                json=body,
                headers={"Authorization": f"Bearer {self._api.token(role)}"},
            )
        if not response.ok:
            raise RuntimeError(f"{operation}: {response.status_code} {response.text}")
        self._keep(operation, parameters, body, response)
        return _json(response)

    def _keep(self, operation: str, parameters: dict[str, Any], body: Any, response: requests.Response) -> None:
        kept = self.recorded.setdefault(operation, {})
        kept.setdefault("parameters", {}).update(parameters)
        if body is not None:
            kept.setdefault("body", body)
        if response.content:
            media_type = response.headers["content-type"].partition(";")[0]
            shown = _json(response)
            example = (
                _cut(shown, LESS.get(operation, SHOWN))
                if shown is not None
                else "\n".join(response.text.splitlines()[:SHOWN_LINES]) + "\n"
            )
            kept.setdefault("answers", {}).setdefault(str(response.status_code), {media_type: example})


def record(api: WholeApi) -> dict[str, Any]:
    """An example of each operation."""
    recorder = Recorder(api)
    ask = recorder.ask
    question = {"query": "¿Cuánto vendimos la semana pasada?", "business_id": BUSINESS_ID, "as_of": AS_OF}
    turn = str(ask("answer_query", question)["conversation_id"])
    ask("recommend", business_id=BUSINESS_ID, query_text="algo dulce sin lactosa", limit=2, as_of=AS_OF)
    ask("suggest_products", business_id=BUSINESS_ID, as_of=AS_OF)
    ask("analyse_sales", business_id=BUSINESS_ID, period="monthly", as_of=AS_OF)
    ask("analyse_sales", business_id=BUSINESS_ID, period="monthly", as_of=AS_OF, async_mode="true")
    ask(
        "start_job", {"kind": "generate_inventory_forecast", "business_id": BUSINESS_ID, "params": {"horizon_days": 28}}
    )
    ask("show_job", job_id=str(api.add_job()))
    ask("list_conversations", limit=SHOWN)
    ask("rate_answer", {"rating": "up", "comment": "Justo lo que necesitaba"}, conversation_id=turn)
    ask("rate_answer", {"rating": "up", "comment": "Justo lo que necesitaba"}, conversation_id=turn)
    ask("put_document", DOCUMENT, document_id="navidad", business_id=BUSINESS_ID)
    ask("find_documents", business_id=BUSINESS_ID, q="¿a qué hora abrís en Navidad?", limit=SHOWN)
    ask("show_usage", business_id=BUSINESS_ID)
    ask("describe_capabilities", locale="en")
    ask("report_health")
    ask("expose_metrics", role="operator")
    ask("delete_document", document_id="navidad", business_id=BUSINESS_ID)
    ask("erase_conversation", conversation_id=turn)
    ask("erase_conversations")
    del recorder.recorded["analyse_sales"]["parameters"]["async_mode"]
    return recorder.recorded


def _json(response: requests.Response) -> Any:
    return response.json() if response.headers.get("content-type") == "application/json" else None


def _cut(value: Any, entries: int) -> Any:
    if isinstance(value, list):
        return [_cut(each, entries) for each in value[:entries]]
    if isinstance(value, dict):
        return {name: _cut(each, entries) for name, each in value.items()}
    return value


if __name__ == "__main__":
    with running_server() as server, running_api(create_template(server)) as running:
        recorded = record(running)
    EXAMPLES.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
