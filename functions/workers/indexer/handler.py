"""The index follows the documents: at once where a message names a business, and each minute whatever was missed."""

from typing import Any

from cafe_ai.catalogue import index_worker
from cafe_ai.worker import schedule_handler, sqs_handler

on_message = sqs_handler("indexer", index_worker.business_of, index_worker.index_business)
on_schedule = schedule_handler("indexer", index_worker.index_all)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Either of the function's two sources."""
    return on_message(event, context) if "Records" in event else on_schedule(event, context)
