"""SnapStart: what a snapshot of a started function holds. It is taken once and started from many times, by several at once.

So the opposite of a cold start holds: everything that requests will need is loaded before, also what is slow to import, and
nothing is in it that must not be shared: no connection, no secret, no randomness, nothing that a clock has made old since.
"""

from __future__ import annotations

import gc
import os
import random
import ssl
import sys
from collections.abc import Callable, Iterator
from importlib import import_module

from cafe_ai.platform.telemetry import log_warning
from cafe_ai.settings import Settings

LANGUAGE_MODEL = (
    "openai",
    "openai.resources.chat.completions",
    "openai.resources.embeddings",
    "cafe_ai.llm.metering",
    "cafe_ai.llm.prompt_book",
    "cafe_ai.model_routes.service",
)
VECTOR_STORE = (
    "chromadb.api.fastapi",
    "chromadb.api.models.Collection",
    "chromadb.config",
    "cafe_ai.platform.vectors",
)
CACHE = ("valkey", "cafe_ai.platform.cache")
AWS = ("boto3", "botocore.awsrequest", "botocore.httpsession", "botocore.signers", "cafe_ai.platform.secrets")
TRACES = ("cafe_ai.platform.otlp",)
# What a service of ours imports on first use, whatever is configured; a function loads it that has imported the service.
LATER_THAN = {
    "cafe_ai.assistants.service": (
        "cafe_ai.assistants.documents.service",
        "cafe_ai.assistants.documents.telling",
        "cafe_ai.assistants.planning.language_model",
        "cafe_ai.assistants.prose",
        "cafe_ai.assistants.rehearsal",
        "cafe_ai.assistants.reviews.named",
        "cafe_ai.assistants.reviews.routing",
        "cafe_ai.assistants.reviews.service",
        "cafe_ai.catalogue.service",
    ),
    "cafe_ai.recommendations.service": ("cafe_ai.recommendations.prose",),
    "cafe_ai.sales_analysis.service": ("cafe_ai.sales_analysis.prose",),
}
REHEARSAL = "cafe_ai.assistants.rehearsal"


def register(before_snapshot: Callable[[], None], after_restore: Callable[[], None]) -> None:
    """Has Lambda's runtime, whose module this is, call the one before it takes the snapshot, the other after each start."""
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(before_snapshot)
    register_after_restore(after_restore)


def load(settings: Settings) -> None:
    """Imports what the function would import on first use, as far as it has it, and rehearses a question where it answers
    any. It connects to nothing."""
    for name in used_later(settings):
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            log_warning("not in the snapshot", module=name, missing=error.name)
    if rehearsal := sys.modules.get(REHEARSAL):
        rehearsal.rehearse()
    gc.collect()
    gc.freeze()


def used_later(settings: Settings) -> Iterator[str]:
    """The modules that requests will import, going by what is configured and what the function has imported."""
    if settings.openai_api_key or settings.openai_secret_arn:
        yield from LANGUAGE_MODEL
    if settings.chroma_url:
        yield from VECTOR_STORE
    if settings.cache_url:
        yield from CACHE
    if settings.traces:
        yield from TRACES
    yield from AWS
    for service, modules in LATER_THAN.items():
        if service in sys.modules:
            yield from modules


def renew_randomness() -> None:
    """Whatever draws random numbers draws others than its siblings. What asks the operating system each time does anyway."""
    random.seed()
    ssl.RAND_add(os.urandom(32), 32.0)
