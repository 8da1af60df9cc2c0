"""Step Functions. boto3 is imported when the first execution is started."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cafe_ai.errors import DependencyDown
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.queue import one_at_a_time

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

CONNECT_SECONDS = 1.0
READ_SECONDS = 4.0
ATTEMPTS = 3
STARTING: tracing.Attributes = {"rpc.method": "SFN/StartExecution", "rpc.system.name": "aws-api"}
ALREADY_STARTED = "ExecutionAlreadyExists"


class StateMachine:
    """One state machine of the standard kind, which starts at most one execution of a name in 90 days."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, name: str, given: Mapping[str, Any], deadline: Deadline) -> bool:
        """Starts the execution of that name; False where there is one, be it running or over: then nothing is started.
        (Of one that runs with the same input Step Functions says True, and starts nothing either.)

        It is tried again as long as the deadline leaves time for a whole attempt (5 s): the name makes a repeat harmless.
        The trace goes with it, as the input's "traceparent". Raises DependencyDown where Step Functions does not take it.
        """
        with tracing.span("start execution", tracing.Kind.PRODUCER, STARTING):
            traced = {tracing.TRACE_ATTRIBUTE: parent} if (parent := tracing.traceparent()) else {}
            return self._start(name, {**given, **traced}, deadline)

    def _start(self, name: str, given: Mapping[str, Any], deadline: Deadline) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._client.start_execution(stateMachineArn=self._arn, name=name, input=json.dumps(dict(given)))
            except (BotoCoreError, ClientError) as error:
                if isinstance(error, ClientError) and error.response["Error"]["Code"] == ALREADY_STARTED:
                    return False
                if attempt == ATTEMPTS or deadline.remaining() < CONNECT_SECONDS + READ_SECONDS:
                    raise DependencyDown("state machine") from error
            else:
                break
        return True

    @cached_property
    def _client(self) -> SFNClient:
        import boto3
        from botocore.config import Config

        once = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
        with one_at_a_time:
            client: SFNClient = boto3.client("stepfunctions", config=once)
        return client
