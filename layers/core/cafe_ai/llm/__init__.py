"""Language models: the port that the rest of the service speaks to, and the adapter behind it."""

from __future__ import annotations

from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.llm.port import Completion, LanguageModel, ModelUnavailable
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.secrets import RotatingSecret
from cafe_ai.settings import Settings

__all__ = ["Completion", "LanguageModel", "ModelUnavailable", "build"]

OPENAI_URL = "https://api.openai.com/v1"


def build(settings: Settings, *, api_key: RotatingSecret | None = None) -> LanguageModel | None:
    """The configured language model, or None without an API key. See `find_model` for a retired model's name.

    api_key: in place of the settings' own.
    """
    key = api_key or settings.openai_api_key
    if key is None:
        return None
    model = find_model(settings.llm_model, now_utc().date())
    return OpenAILanguageModel(model, api_key=key, base_url=settings.openai_base_url or OPENAI_URL)
