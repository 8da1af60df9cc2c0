"""The migration function, invoked in the emulator as CloudFormation invokes it at a deploy in AWS."""

import json
from typing import Any

from infra.local import emulator
from infra.local.problems import StackError

START_OVER = "To start over with an empty database: `make stop`, then delete .local/postgres."


def migrate(port: int, function: str) -> None:
    """Bring the database to the schema of infra/migrations. Raises StackError with the function's own words."""
    functions: Any = emulator.client("lambda", port)
    response = functions.invoke(FunctionName=function, Payload=b"{}")
    payload = json.loads(response["Payload"].read() or b"null")
    if response.get("FunctionError"):
        reason = payload.get("errorMessage", payload) if isinstance(payload, dict) else payload
        raise StackError(f"The migrations failed: {reason}\n{START_OVER}")
