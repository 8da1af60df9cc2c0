"""The metrics of SQS that alarms and dashboards look at, which the emulator does not write; loaded into its process alone."""

import threading
import time
from contextlib import suppress

from ministack.services import cloudwatch, sqs

EVERY_SECONDS = 15.0  # AWS: each minute


def measure_queues_for_ever() -> None:
    threading.Thread(target=_measure_for_ever, daemon=True).start()


def measure_queues() -> None:
    """How many messages wait in each queue, and how old the oldest is that is not done with; then the alarms look."""
    now = time.time()
    for queue in sqs._queues.values():
        messages = list(queue["messages"])
        dimensions = {"QueueName": queue["name"]}
        waiting = sum(message["visible_at"] <= now for message in messages)
        oldest = max((now - message["sent_at"] for message in messages), default=0.0)
        cloudwatch.record_metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", waiting, "Count", dimensions)
        cloudwatch.record_metric("AWS/SQS", "ApproximateAgeOfOldestMessage", round(oldest), "Seconds", dimensions)
    cloudwatch._evaluate_all_alarms()


def _measure_for_ever() -> None:
    while True:
        time.sleep(EVERY_SECONDS)
        with suppress(Exception):  # a queue that goes away meanwhile: another time
            measure_queues()
