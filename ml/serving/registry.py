"""The versions of a business's models: files in the bucket of models, what they must be in the database.

A version's row is written before its files, and put into use by compare-and-set after all of them: whoever is stopped between two
steps leaves a candidate, which nobody uses and a later run gives up. What is read from the bucket is used only where its SHA-256
is the database's.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from importlib import metadata
from platform import python_version
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.errors import ModelCorrupt, NotFound, PromotionLost
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.telemetry import log, log_failure, measures
from ml.serving import repository
from ml.serving.model import KeptFile, ModelVersion, Status, Trial, Verdict
from ml.serving.repository import Foretold

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from ml.serving.recipe import Recipe, TrainedModel

KEPT_VERSIONS = 5
KEPT_FORECAST_DAYS = 63
LOADED_AT_ONCE = 8
MANIFEST = "manifest.json"
JSON, TEXT = "application/json", "text/plain; charset=utf-8"
BROKE_OFF = "The training broke off before this version was judged."

_loaded: OrderedDict[tuple[UUID, str, str], TrainedModel] = OrderedDict()


def new_version(moment: datetime) -> str:
    """19 digits: the moment to the millisecond in UTC, and two of chance."""
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}{secrets.randbelow(100):02d}"


def save(
    runtime: Runtime,
    business_id: UUID,
    recipe: Recipe,
    model: TrainedModel,
    *,
    trained_until: date,
    data_hash: str,
    deadline: Deadline,
) -> ModelVersion:
    """Keeps what was learnt as a candidate, with a manifest beside its files. Raises DependencyDown."""
    files = model.to_files()
    moment = now_utc()
    made = ModelVersion(
        business_id=business_id,
        kind=recipe.kind,
        version=new_version(moment),
        status=Status.CANDIDATE,
        created_at=moment,
        trained_until=trained_until,
        data_hash=data_hash,
        code_version=recipe.code_version,
        features=model.features,
        backtest=plain(asdict(model.summary)),
        trial=None,
        files={name: KeptFile(sha256(body).hexdigest(), len(body)) for name, body in sorted(files.items())},
        reason=None,
    )
    with runtime.database.transaction(business_id, None, deadline) as uow:
        repository.insert(uow, made)
    for name, body in files.items():
        runtime.models.put(made.prefix + name, body, JSON if name.endswith(".json") else TEXT)
    manifest = json.dumps(_manifest(made, recipe), indent=1, sort_keys=True, ensure_ascii=False)
    runtime.models.put(made.prefix + MANIFEST, manifest.encode(), JSON)
    return made


def in_use(runtime: Runtime, business_id: UUID, kind: str, deadline: Deadline) -> ModelVersion | None:
    """The version in use."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        return repository.select_in_use(uow, business_id, kind)


def in_use_and_newest(
    runtime: Runtime, business_id: UUID, kind: str, deadline: Deadline
) -> tuple[ModelVersion | None, ModelVersion | None]:
    """The version in use, and the one that was trained last."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        return repository.select_in_use(uow, business_id, kind), repository.select_newest(uow, business_id, kind)


def load(runtime: Runtime, made: ModelVersion, recipe: Recipe) -> TrainedModel:
    """The model of a version, read once per execution environment. Raises ModelCorrupt, DependencyDown; ValueError where the
    code has moved on: it cannot read such files any more, or has other features than the model was taught with.

    A file that is missing or is not what was kept is logged and counted, and nothing of the version is used.
    """
    key = (made.business_id, made.kind, made.version)
    if key in _loaded:
        _loaded.move_to_end(key)
        return _loaded[key]
    try:
        model = recipe.read({name: _checked(runtime, made, name) for name in made.files})
    except ModelCorrupt as error:
        measures().count("ModelsCorrupt")
        log_failure("A model is not what was kept", error, version=made.version, file=error.file)
        raise
    if tuple(model.features) != made.features:
        raise ValueError("The model was taught with other features.")
    _loaded[key] = model
    while len(_loaded) > LOADED_AT_ONCE:
        _loaded.popitem(last=False)
    return model


def forget_loaded() -> None:
    """Has every model read anew."""
    _loaded.clear()


def apply(
    runtime: Runtime,
    made: ModelVersion,
    verdict: Verdict,
    trial: Trial | None,
    *,
    compared_with: str | None,
    deadline: Deadline,
) -> None:
    """Puts a candidate into use instead of compared_with, which is in use still, or writes why it is not.

    In one transaction. Raises PromotionLost, and nothing is changed, where another version came into use meanwhile or the
    candidate was judged by somebody else.
    """
    written = None if trial is None else plain(asdict(trial))
    with runtime.database.transaction(made.business_id, None, deadline) as uow:
        if verdict.status is not Status.PROMOTED:
            done = repository.judge(uow, made, verdict.status, verdict.reason, written)
        else:
            done = repository.lock_in_use(uow, made.business_id, made.kind) == compared_with
            if done and compared_with is not None:
                reason = f"Version {made.version} took its place."
                done = repository.retire(uow, made.business_id, made.kind, compared_with, reason)
            done = done and repository.promote(uow, made, verdict.reason, written)
        if not done:
            raise PromotionLost(made.version)
    log("A model was judged", kind=made.kind, version=made.version, status=verdict.status.value)
    measures().count(
        {Status.PROMOTED: "ModelsPromoted", Status.REJECTED: "ModelsRejected"}.get(verdict.status, "ModelsKept")
    )


def give_up_unjudged(runtime: Runtime, business_id: UUID, kind: str, before: str, deadline: Deadline) -> int:
    """Rejects what earlier trainings, which were stopped half-way, have left."""
    with runtime.database.transaction(business_id, None, deadline) as uow:
        return repository.give_up_unjudged(uow, business_id, kind, before, BROKE_OFF)


def store_forecasts(
    runtime: Runtime, made: ModelVersion, starts_on: date, foretold: Sequence[Foretold], deadline: Deadline
) -> None:
    """Stores what the version in use foretells from a day on. Raises PromotionLost where it is in use no more."""
    with runtime.database.transaction(made.business_id, None, deadline) as uow:
        if repository.lock_in_use(uow, made.business_id, made.kind) != made.version:
            raise PromotionLost(made.version)
        repository.replace_forecasts(uow, made, starts_on, foretold)
        repository.delete_old_forecasts(uow, made.business_id, starts_on, KEPT_FORECAST_DAYS)


def prune(runtime: Runtime, business_id: UUID, kind: str, deadline: Deadline) -> int:
    """Deletes the files of all but the version in use and the newest five besides; of how many versions. Rows stay."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        past = repository.select_unpruned(uow, business_id, kind, KEPT_VERSIONS)
    for made in past:
        with runtime.database.transaction(business_id, None, deadline) as uow:
            is_past = repository.mark_pruned(uow, made)
        if is_past:  # from now on nobody can put it into use
            runtime.models.delete_under(made.prefix)
    return len(past)


def _checked(runtime: Runtime, made: ModelVersion, name: str) -> bytes:
    try:
        body = runtime.models.get(made.prefix + name)
    except NotFound as error:
        raise ModelCorrupt(made.version, name) from error
    kept = made.files[name]
    if len(body) != kept.bytes or sha256(body).hexdigest() != kept.sha256:
        raise ModelCorrupt(made.version, name)
    return body


def _manifest(made: ModelVersion, recipe: Recipe) -> Mapping[str, Any]:
    """What stands beside the files for people and other programs; what is checked is the database's."""
    return {
        "business_id": str(made.business_id),
        "kind": made.kind,
        "version": made.version,
        "created_at": made.created_at.isoformat(),
        "trained_until": made.trained_until.isoformat(),
        "data_hash": made.data_hash,
        "code_version": made.code_version,
        "features": list(made.features),
        "backtest": made.backtest,
        "files": {name: asdict(kept) for name, kept in made.files.items()},
        "libraries": {"python": python_version(), **{name: _library(name) for name in recipe.packages}},
    }


def _library(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def plain(value: Any) -> Any:
    """What JSON can hold of dataclasses' dicts: dates as text, what is no number as null, numbers of numpy as Python's."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, float) and value - value != 0:
        return None
    return value
