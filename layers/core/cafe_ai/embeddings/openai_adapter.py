"""Embeddings from any OpenAI-compatible server, in batches, with our own retries within the deadline."""

from __future__ import annotations

import copy
import logging
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from cafe_ai.embeddings.port import EmbeddingUnavailable, Usage
from cafe_ai.llm.models import EmbeddingPrice
from cafe_ai.llm.openai_connection import OpenAIConnection, Rejected, as_utf8
from cafe_ai.llm.openai_reply import broken_reply, parse_reply
from cafe_ai.llm.retries import MAX_RETRIES, AttemptFailed, Jitter, retry
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.secrets import RotatingSecret

if TYPE_CHECKING:
    from openai import OpenAI, Timeout

logger = logging.getLogger(__name__)

BATCH_TEXTS = 256
BATCH_BYTES = 250_000  # a token has at least one byte, and a request takes 300,000 tokens
SAFE_TEXT_BYTES = 8_000  # of a text the server finds too long: a text takes 8,191 tokens
PROBE_SECONDS = 10.0

OnUsage = Callable[[Usage], None]


class OpenAIEmbeddings:
    """An `EmbeddingModel`. One per execution environment: it keeps its connection.

    on_usage is told of each call that was answered, also one whose answer was of no use. price: None where the model is
    not in prices.json; its size is then learnt from its first answer.
    """

    def __init__(
        self,
        name: str,
        price: EmbeddingPrice | None,
        *,
        api_key: str | RotatingSecret | None,
        base_url: str,
        on_usage: OnUsage | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Jitter = random.uniform,
    ) -> None:
        self._name = name
        self._price = price
        self._dimensions = price.dimensions if price else None
        self._has_key = api_key is not None
        self._connection = OpenAIConnection(api_key=api_key or "", base_url=base_url)
        self._on_usage = on_usage
        self._sleep = sleep
        self._jitter = jitter

    @property
    def name(self) -> str:
        """See `EmbeddingModel.name`."""
        return self._name

    @property
    def dimensions(self) -> int:
        """See `EmbeddingModel.dimensions`. A model that is not known is asked once: raises EmbeddingUnavailable."""
        if self._dimensions is None:
            self.embed_query("dimensions", Deadline.after(PROBE_SECONDS))
        assert self._dimensions is not None  # noqa: S101 -- the answer was checked and has set it
        return self._dimensions

    def embed_passages(self, texts: Sequence[str], deadline: Deadline) -> list[list[float]]:
        """See `EmbeddingModel.embed_passages`: batches one after the other, all within the deadline."""
        return self._embed(texts, deadline)

    def embed_query(self, text: str, deadline: Deadline) -> list[float]:
        """See `EmbeddingModel.embed_query`."""
        return self._embed([text], deadline)[0]

    def metered(self, on_usage: OnUsage) -> OpenAIEmbeddings:
        """The same model over the same connection, telling someone else what is used: one business's budget."""
        other = copy.copy(self)
        other._on_usage = on_usage
        return other

    def cost_at_most(self, texts: Sequence[str]) -> Decimal:
        """US dollars at list prices that embedding these texts can cost at the most, every retry included; 0 where the
        model's price is not known. No text has more tokens than bytes."""
        if self._price is None:
            return Decimal(0)
        return self._price.cost(sum(len(as_utf8(text).encode()) + 1 for text in texts)) * (1 + MAX_RETRIES)

    def close(self) -> None:
        """Drops the connection; the next call makes a new one."""
        self._connection.close()

    def _embed(self, texts: Sequence[str], deadline: Deadline) -> list[list[float]]:
        if not self._has_key:
            raise EmbeddingUnavailable("rejected")
        vectors: list[list[float]] = []
        for batch in _batches([as_utf8(text) if text.strip() else "-" for text in texts]):
            try:
                vectors += retry(
                    partial(self._attempt, batch, deadline),
                    deadline,
                    what="Embedding model",
                    sleep=self._sleep,
                    jitter=self._jitter,
                )
            except AttemptFailed as failure:
                raise EmbeddingUnavailable(failure.reason) from failure
        return vectors

    def _attempt(self, texts: list[str], deadline: Deadline) -> list[list[float]]:
        request: dict[str, Any] = {"model": self._name, "input": texts, "encoding_format": "float"}
        try:
            body = self._connection.call(lambda client, timeout: _send(client, request, timeout), deadline)
        except Rejected as rejected:
            shorter = [_cut(text) for text in texts]
            if shorter == texts or "maximum" not in rejected.complaint:
                raise
            logger.warning("A text is too long for the embedding model: only its beginning counts.")
            return self._attempt(shorter, deadline)
        reply = parse_reply(body)
        if self._on_usage is not None:
            tokens = _read_tokens(reply, texts)
            self._on_usage(Usage(tokens, self._price.cost(tokens) if self._price else Decimal(0)))
        vectors = _read_vectors(reply, len(texts), self._dimensions)
        self._dimensions = len(vectors[0])
        return vectors


def _send(client: OpenAI, request: dict[str, Any], timeout: Timeout) -> str:
    return client.embeddings.with_raw_response.create(**request, timeout=timeout).text


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        text_size = len(text.encode())
        if batch and (len(batch) == BATCH_TEXTS or size + text_size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += text_size
    if batch:
        yield batch


def _cut(text: str) -> str:
    return text.encode()[:SAFE_TEXT_BYTES].decode("utf-8", "ignore")


def _read_tokens(reply: dict[str, Any], texts: list[str]) -> int:
    """What the server says it used; four characters a token where it does not say."""
    usage = reply.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    if isinstance(tokens, int) and not isinstance(tokens, bool) and tokens >= 0:
        return tokens
    return sum(-(-len(text) // 4) for text in texts)


def _read_vectors(reply: dict[str, Any], count: int, dimensions: int | None) -> list[list[float]]:
    """One vector of length 1 a text, in the order of the texts, all of one size. Raises AttemptFailed."""
    rows = reply.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise broken_reply()
    by_index = {row.get("index"): row.get("embedding") for row in rows if isinstance(row.get("index"), int)}
    if len(rows) != count or set(by_index) != set(range(count)):
        raise broken_reply()
    vectors = [_unit(by_index[index]) for index in range(count)]
    sizes = {len(vector) for vector in vectors}
    if len(sizes) != 1:
        raise broken_reply()
    if dimensions is not None and sizes != {dimensions}:
        raise AttemptFailed("broken_reply", retryable=False)  # another model than the one that is asked for
    return vectors


def _unit(vector: Any) -> list[float]:
    if not isinstance(vector, list) or not all(type(value) in (int, float) for value in vector):
        raise broken_reply()
    length = math.hypot(*vector)
    if not 0.0 < length < math.inf:
        raise broken_reply()
    return [value / length for value in vector]
