"""Texts as vectors: from the cache where it has them, else from the model. Keyed by model and the text's SHA-256.

The cache is the cache server's, or PostgreSQL's where there is none. A cache that cannot be reached costs time, not answers.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.catalogue import repository
from cafe_ai.catalogue.billing import billed
from cafe_ai.embeddings.offline import OfflineModel
from cafe_ai.errors import Unavailable
from cafe_ai.platform import tracing
from cafe_ai.platform.telemetry import log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.embeddings import EmbeddingModel
    from cafe_ai.platform.clock import Deadline

Vector = list[float]
EMBEDDINGS: tracing.Attributes = {"gen_ai.operation.name": "embeddings"}


def embed_query(runtime: Runtime, model: EmbeddingModel, business_id: UUID, text: str, deadline: Deadline) -> Vector:
    """The vector of what is searched. Raises EmbeddingUnavailable.

    This process remembers the last ones. A model in this process is quicker than PostgreSQL's cache, which is not asked then.
    """
    key = _key("query", text)
    if (vector := runtime.recent_queries.get((model.name, key))) is not None:
        return vector
    cached = runtime.cache is not None or not isinstance(model, OfflineModel)
    known = _read(runtime, model.name, business_id, [key], deadline) if cached else {}
    if (vector := known.get(key)) is None:
        with _embedding(model), billed(runtime, model, business_id, [text], deadline) as paid_for:
            vector = paid_for.embed_query(text, deadline)
        if cached:
            _write(runtime, model.name, business_id, {key: vector}, deadline)
    runtime.recent_queries.put((model.name, key), vector)
    return vector


def embed_passages(
    runtime: Runtime, model: EmbeddingModel, business_id: UUID, texts: Sequence[str], deadline: Deadline
) -> list[Vector]:
    """A vector for each text to be found, in order. Raises EmbeddingUnavailable."""
    keys = [_key("passage", text) for text in texts]
    known = _read(runtime, model.name, business_id, list(dict.fromkeys(keys)), deadline)
    unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    measures().count("EmbeddingsCached", len(texts) - len(unknown))
    measures().count("EmbeddingsMade", len(unknown))
    if unknown:
        asked = list(unknown.values())
        with _embedding(model), billed(runtime, model, business_id, asked, deadline) as paid_for:
            made = dict(zip(unknown, paid_for.embed_passages(asked, deadline), strict=True))
        _write(runtime, model.name, business_id, made, deadline)
        known |= made
    return [known[key] for key in keys]


def _embedding(model: EmbeddingModel) -> tracing.Span:
    kind = tracing.Kind.INTERNAL if isinstance(model, OfflineModel) else tracing.Kind.CLIENT
    span = tracing.span(f"embeddings {model.name}", kind, EMBEDDINGS)
    span.set("gen_ai.request.model", model.name)
    return span


def _key(role: str, text: str) -> bytes:
    """Some models embed what is searched otherwise than what is found."""
    return sha256(f"{role}\n{text}".encode()).digest()


def _name(model: str, key: bytes) -> str:
    return f"embedding:{model}:{key.hex()}"


def _read(
    runtime: Runtime, model: str, business_id: UUID, keys: list[bytes], deadline: Deadline
) -> dict[bytes, Vector]:
    if runtime.cache is not None:
        values = runtime.cache.get_many([_name(model, key) for key in keys])
        found = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    else:
        try:
            with runtime.database.transaction(business_id, deadline=deadline, read_only=True) as uow:
                found = repository.select_cached(uow, model, keys)
        except Unavailable as error:
            log_failure("The cache of embeddings could not be read", error)
            return {}
    return {key: _unpack(value) for key, value in found.items()}


def _write(runtime: Runtime, model: str, business_id: UUID, vectors: dict[bytes, Vector], deadline: Deadline) -> None:
    packed = {key: array("f", vector).tobytes() for key, vector in vectors.items()}
    if runtime.cache is not None:
        runtime.cache.set_many({_name(model, key): value for key, value in packed.items()})
        return
    try:
        with runtime.database.transaction(business_id, deadline=deadline) as uow:
            repository.insert_cached(uow, model, packed)
    except Unavailable as error:
        log_failure("The cache of embeddings could not be written", error)


def _unpack(value: bytes) -> Vector:
    numbers = array("f")
    numbers.frombytes(value)
    return numbers.tolist()
