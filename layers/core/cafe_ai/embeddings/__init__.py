"""Embeddings: the port that search speaks to, and the models behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from cafe_ai.embeddings import offline
from cafe_ai.embeddings.openai_adapter import OpenAIEmbeddings
from cafe_ai.embeddings.port import EmbeddingModel, EmbeddingUnavailable, Usage
from cafe_ai.llm import OPENAI_URL
from cafe_ai.llm.models import find_embedding_price
from cafe_ai.platform.secrets import RotatingSecret
from cafe_ai.settings import Settings

__all__ = ["EmbeddingModel", "EmbeddingUnavailable", "Usage", "build"]

logger = logging.getLogger(__name__)

E5_MODEL = "use-m3+e5-small"
_OFFLINE: dict[str, Callable[[], EmbeddingModel]] = {
    "offline": offline.use_m3,
    "use-m3": offline.use_m3,
    E5_MODEL: offline.use_m3_with_e5,
}


def build(
    settings: Settings,
    name: str | None = None,
    *,
    api_key: RotatingSecret | None = None,
    on_usage: Callable[[Usage], None] | None = None,
) -> EmbeddingModel:
    """The configured embedding model, or the one of this name: an older one that still serves.

    Where E5 is configured and its package is not installed, USE serves alone, under its own name. A model that is asked for
    by name and cannot be had here is built all the same, and embedding with it raises EmbeddingUnavailable, because
    vectors of another model would not compare with its own. So does a model behind an API without a key. api_key: in place of
    the settings' own.
    """
    wanted = name or settings.embedding_model
    if name is None and wanted == E5_MODEL and not offline.has_e5():
        logger.warning("The package of E5 is not installed: USE serves alone.")
        wanted = "use-m3"
    if wanted in _OFFLINE:
        return _OFFLINE[wanted]()
    return OpenAIEmbeddings(
        wanted,
        find_embedding_price(wanted),
        api_key=api_key or settings.openai_api_key,
        base_url=settings.openai_base_url or OPENAI_URL,
        on_usage=on_usage,
    )
