"""What the assistants can and cannot answer, made from the metrics and dimensions that there are.

The words are in capabilities.toml. A metric without words is an error here, so none can be added and left unsaid.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Dimension, Unit
from cafe_ai.assistants.documents.routing import SEARCHING
from cafe_ai.assistants.model import AssistantType, Locale
from cafe_ai.language.vocabulary import METRIC_WORDS
from cafe_ai.llm.models import find_model
from cafe_ai.platform.clock import now_utc
from cafe_ai.tenancy.model import ROLE_PERMISSIONS, Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

LANGUAGES: tuple[Locale, ...] = ("es", "en")
QUESTION_CHARACTERS, RECOMMENDATIONS = 5_000, 20


@dataclass(frozen=True, slots=True)
class MetricCapability:
    """A figure that can be asked for. name: how it is called; example: a question that is answered with it."""

    metric: str
    name: str
    unit: Unit
    definition: str
    example: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of question, with examples of it."""

    topic: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """All of it, in one language.

    language_model is None where none is configured: rules plan and texts are put together from the facts.
    embedding_model is the search's; without a vector store the words alone are searched.
    """

    locale: Locale
    metrics: tuple[MetricCapability, ...]
    dimensions: tuple[tuple[str, str], ...]
    assistants: tuple[tuple[str, str, bool], ...]
    answers: tuple[Topic, ...]
    declines: tuple[Topic, ...]
    language_model: str | None
    embedding_model: str
    vector_store: bool
    requests_per_minute: int


def describe(runtime: Runtime, locale: Locale) -> Capabilities:
    """What this installation can answer. Nothing is asked of any model or store."""
    said, settings = _texts(), runtime.settings
    return Capabilities(
        locale=locale,
        metrics=metrics_in(locale),
        dimensions=tuple((dimension.value, said["dimensions"][dimension.value][locale]) for dimension in Dimension),
        assistants=tuple(
            (kind.value, said["assistants"][kind.value][locale], kind in SEARCHING) for kind in AssistantType
        ),
        answers=answers_in(locale),
        declines=declines_in(locale),
        language_model=find_model(settings.llm_model, now_utc().date()).name if settings.has_language_model else None,
        embedding_model=settings.embedding_model,
        vector_store=settings.chroma_url is not None,
        requests_per_minute=settings.rate_limit_per_minute,
    )


def metrics_in(locale: Locale) -> tuple[MetricCapability, ...]:
    """Every figure there is."""
    return tuple(_metric(metric.value, locale) for metric in METRICS)


def answers_in(locale: Locale) -> tuple[Topic, ...]:
    """What can be answered."""
    return tuple(Topic(one[locale][0], tuple(one[locale][1:])) for one in _texts()["answers"])


def declines_in(locale: Locale) -> tuple[Topic, ...]:
    """What cannot be answered, and why."""
    return tuple(Topic(one[locale][0], tuple(one[locale][1:])) for one in _texts()["declines"])


def _metric(name: str, locale: Locale) -> MetricCapability:
    metric = next(metric for metric in METRICS if metric == name)
    definition, example = _texts()["metrics"][name][locale]
    return MetricCapability(
        metric=name,
        name=METRIC_WORDS[metric][locale][0],
        unit=METRICS[metric].unit,
        definition=definition,
        example=example,
        roles=_roles(METRICS[metric].permission),
    )


def _roles(permission: Permission) -> tuple[str, ...]:
    """Who may ask for what needs this permission."""
    return tuple(role.value for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("capabilities.toml").read_text(encoding="utf-8"))
