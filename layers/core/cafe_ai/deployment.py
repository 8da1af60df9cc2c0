"""The deploy edge: brings the database to a version's schema, as a CloudFormation custom resource or called by hand.

CloudFormation waits for an answer at the event's ResponseURL, for an hour if need be: it gets one whatever happens.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cafe_ai.errors import CafeAIError
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.migrations import MigrationError, migrate
from cafe_ai.platform.roles import make_roles
from cafe_ai.platform.secrets import read_secret
from cafe_ai.platform.sign_in import WithIamToken, as_user_of
from cafe_ai.platform.telemetry import log, log_failure
from cafe_ai.settings import SettingsError, load_settings
from cafe_ai.unhandled import words_kept_in

RESERVE_SECONDS = 15.0  # of the function's own time, kept for the answer
REASON_CHARACTERS = 1000  # CloudFormation takes answers of at most 4,096 bytes
SECONDS_BETWEEN_TRIES = (1.0, 3.0, 0.0)  # the answer is sent at most so often
PHYSICAL_ID = "schema"
OURS = (CafeAIError, MigrationError, SettingsError)


def migration_handler(migrations: Path) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """A Lambda entry point that applies the migrations of a folder as the owner, MIGRATION_DATABASE_URL. With
    MIGRATION_MASTER_SECRET_ARN the master user first makes the owner, and the roles that sign in with IAM.

    For a custom resource's Create and Update it migrates; Delete leaves the data alone. Called with
    {"action": "migrate"} it returns {"applied": [names]} and lets an error through.
    """

    def apply(context: Any) -> list[str]:
        deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)
        settings = load_settings()
        url = settings.require("migration_database_url")
        if settings.migration_master_secret_arn is not None:
            master = as_user_of(read_secret(settings.migration_master_secret_arn), url)
            log("Prepared the database's roles", done=list(make_roles(master, deadline)))
        applied = list(migrate(WithIamToken(url) if settings.database_iam_auth else url, migrations, deadline))
        log("Migrated the database", applied=applied)
        return applied

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if "RequestType" not in event:
            if event.get("action") != "migrate":
                raise ValueError('Call this function with {"action": "migrate"}.')
            with words_kept_in(*OURS):
                return {"applied": apply(context)}
        try:
            applied = [] if event["RequestType"] == "Delete" else apply(context)
            answer = _answer(event, "SUCCESS", f"Applied: {', '.join(applied) or 'nothing new'}.")
        except Exception as error:  # whatever it is, CloudFormation must be told
            log_failure("The database could not be migrated", error)
            answer = _answer(event, "FAILED", _reason(error))
        _send(event["ResponseURL"], answer)
        return answer

    return handle


def _reason(error: Exception) -> str:
    """Our own errors say it in words; what others' say may quote the data, or a password."""
    return (str(error) if isinstance(error, OURS) else "") or type(error).__name__


def _answer(event: Mapping[str, Any], status: str, reason: str) -> dict[str, Any]:
    """The custom resource's answer. Its physical id stays: for a new one CloudFormation would delete the old."""
    return {
        "Status": status,
        "Reason": reason[:REASON_CHARACTERS],
        "PhysicalResourceId": event.get("PhysicalResourceId") or PHYSICAL_ID,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }


def _send(url: str, answer: Mapping[str, Any]) -> None:
    """Puts the answer where CloudFormation waits for it. Raises OSError where that fails: then Lambda tries again."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("The ResponseURL is no http address.")
    request = Request(url, json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")  # noqa: S310 -- as checked
    for pause in SECONDS_BETWEEN_TRIES:
        try:
            with urlopen(request, timeout=4):  # noqa: S310 -- as checked
                return
        except OSError:
            if not pause:
                raise
            time.sleep(pause)
