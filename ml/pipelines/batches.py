"""Features of many at once: the three extractors in whole columns, any other function one by one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ml.pipelines import documentation, extract_features
from ml.pipelines.columns import OutOfOrdinary

if TYPE_CHECKING:
    import pandas

Extractor = Callable[..., dict[str, Any]]
PARTS = {"customer": ("customer", "orders"), "product": ("product", "sales")}


def extract(data_list: Iterable[Any], extractor: Extractor, options: Mapping[str, Any]) -> pandas.DataFrame:
    """As extract_features.batch_extract_features says."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "batch_extract_features makes a pandas DataFrame, and pandas is not installed: pip install cafe-ai[offline]"
        ) from error
    given = dict(options)
    while isinstance(extractor, partial) and not extractor.args:
        given = {**extractor.keywords, **given}
        extractor = extractor.func
    data = data_list if isinstance(data_list, list) else _listed(data_list)
    entity = _entity(extractor)
    if entity is None:
        wants_two = _wants_several(extractor)
        return pd.DataFrame([_call(entry, place, extractor, wants_two, given) for place, entry in enumerate(data)])
    columns = _columns(data, entity, extractor, given)
    frame = pd.DataFrame(columns)
    return frame.astype({feature.name: feature.dtype for feature in documentation.features_of(entity)})


def _listed(data_list: Iterable[Any]) -> list[Any]:
    if isinstance(data_list, str | bytes | Mapping) or not isinstance(data_list, Iterable):
        raise ValueError(f"data_list: expected a list of entries, got {data_list!r:.80}")  # noqa: TRY004
    return list(data_list)


def _entity(extractor: Extractor) -> documentation.Entity | None:
    known: dict[Any, documentation.Entity] = {
        extract_features.extract_order_features: "order",
        extract_features.extract_customer_features: "customer",
        extract_features.extract_product_features: "product",
    }
    return known.get(extractor)


def _columns(
    data: list[Any], entity: documentation.Entity, extractor: Extractor, options: dict[str, Any]
) -> dict[str, Any]:
    from ml.pipelines import entity_batches

    try:
        if entity == "order":
            return entity_batches.order_columns(data, **options)
        whose, events = _pairs(data)
        if entity == "customer":
            return entity_batches.customer_columns(whose, events, **options)
        return entity_batches.product_columns(whose, events, **options)
    except OutOfOrdinary:
        names = documentation.columns_of(entity)
        found = [_call(entry, place, extractor, entity != "order", options) for place, entry in enumerate(data)]
        return {name: [features[name] for features in found] for name in names}


def _pairs(data: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    whose, events = [], []
    for entry in data:
        arguments = _arguments(entry, several=True)
        if len(arguments) != 2:
            raise OutOfOrdinary
        whose.append(arguments[0])
        events.append(arguments[1])
    return whose, events


def _arguments(entry: Any, *, several: bool) -> Sequence[Any]:
    """What an entry gives to a function that takes several arguments, or one."""
    if not several:
        return (entry,)
    if isinstance(entry, tuple | list):
        return entry
    if isinstance(entry, Mapping):
        for whose, events in PARTS.values():
            if events in entry:
                return (entry.get(whose, entry), entry[events])
    return (entry,)


def _call(entry: Any, place: int, extractor: Extractor, several: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    arguments = _arguments(entry, several=several)
    if _entity(extractor) in ("customer", "product") and len(arguments) != 2:
        whose, events = PARTS[str(_entity(extractor))]
        raise ValueError(
            f"row {place}: expected a pair ({whose}, {events}) or a dict with {events!r}, got {entry!r:.80}"
        )
    try:
        return extractor(*arguments, **options)
    except ValueError as error:
        raise ValueError(f"row {place}: {error}") from error


def _wants_several(extractor: Extractor) -> bool:
    try:
        parameters = inspect.signature(extractor).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [
        each
        for each in parameters
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD) and each.default is each.empty
    ]
    return len(positional) > 1
