"""POST /jobs in the document: what `params` may hold for each kind of job, as `cafe_ai.jobs.parameters` checks it."""

from __future__ import annotations

from typing import Any

from cafe_ai.jobs.parameters import PARAMETERS
from cafe_ai.jobs.routing import ROUTES


def describe_job_requests(document: dict[str, Any]) -> None:
    """Has the schema JobRequest tell a job's parameters by its kind."""
    schemas = document["components"]["schemas"]
    whole = schemas["JobRequest"]
    for kind, model in PARAMETERS.items():
        parameters = model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
        for name, schema in parameters.pop("$defs", {}).items():
            schemas.setdefault(name, schema)
        schemas[model.__name__] = parameters
        members = {
            "kind": {"const": kind.value},
            "params": {"$ref": f"#/components/schemas/{model.__name__}"},
        }
        required = ["kind"]
        if ROUTES[kind].about_business:
            members["business_id"] = {"type": "string", "format": "uuid"}
            required.append("business_id")
        else:
            members["business_id"] = {"type": "null"}
        schemas[_name(kind.value)] = {
            "title": _name(kind.value),
            "type": "object",
            "description": model.__doc__,
            "required": required,
            "properties": members,
            "additionalProperties": False,
        }
    schemas["JobRequest"] = {
        "title": "JobRequest",
        "description": whole["description"],
        "oneOf": [{"$ref": f"#/components/schemas/{_name(kind.value)}"} for kind in PARAMETERS],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind.value: f"#/components/schemas/{_name(kind.value)}" for kind in PARAMETERS},
        },
    }


def _name(kind: str) -> str:
    """`generate_sales_report` as the schema GenerateSalesReport."""
    return kind.title().replace("_", "")
