"""Making a business's feature rows from its orders, and making them again where the orders are not what they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork
from ml.pipelines import from_database
from ml.pipelines import repository as records
from ml.pipelines.feature_sets import CUSTOMERS, PRODUCTS
from ml.pipelines.model import EPOCH, Clock, FeatureRow, FeatureSet
from ml.pipelines.repository import Window
from ml.pipelines.store import repository
from ml.pipelines.store.repository import Snapshot

YEARS = 2
SOLD_WITHIN = {"customer": 365, "product": 182}
"""Days: an entity that was not active for longer gets no more rows of past moments."""
AT_ONCE = 26
"""Moments that are made at once: with 4,000 products their rows take some 100 MB."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many moments were made (anew) and removed, and how many rows were written; claimed is False where another refresh of
    this business was at work, so that nothing was done."""

    claimed: bool
    made: int = 0
    removed: int = 0
    rows: int = 0


def refresh(
    uow: UnitOfWork, business_id: UUID, moment: datetime, feature_sets: Sequence[FeatureSet] = (CUSTOMERS, PRODUCTS)
) -> Refreshed:
    """Brings the business's customers and products, or one of them, up to the moment (with an offset), taken for the present.

    All in the unit of work's transaction. Raises BusinessNotFound where the business is gone.
    """
    moment = from_database.aware(moment)
    clock = from_database.clock_of(uow, business_id)
    if not repository.claim(uow, business_id):
        return Refreshed(False)
    done = [_refresh(uow, business_id, feature_set, clock, moment) for feature_set in feature_sets]
    return Refreshed(True, *(sum(counts) for counts in zip(*done, strict=True)))


def _refresh(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, clock: Clock, moment: datetime
) -> tuple[int, int, int]:
    """Of one set: (moments made, moments removed, rows written)."""
    window = from_database.present_window(uow, business_id, moment)
    days = {clock_start(clock, day): day for day in _cuts(uow, feature_set, window)}
    cuts = {start: day for start, day in days.items() if start < moment}
    hashes = records.hashes(uow, feature_set.entity, window)
    wanted = {Snapshot(start, feature_set.version, source, False) for start, source in _sources(cuts, hashes).items()}
    now = Snapshot(moment, feature_set.version, _present_source(uow, feature_set, window, hashes), True)
    kept, gone = set(), []
    for snapshot in repository.snapshots(uow, business_id, feature_set):
        same = snapshot in wanted or (snapshot.present and _still_present(snapshot, now))
        if same:
            kept.add(snapshot)
        else:
            gone.append(snapshot.moment)
    made = wanted - kept
    if not any(snapshot.present for snapshot in kept):
        made.add(now)
    if gone:
        repository.remove(uow, business_id, feature_set, gone)
    starts = sorted(one.moment for one in made if not one.present)
    rows = 0
    for place in range(0, len(starts), AT_ONCE):
        past = {cuts[start]: start for start in starts[place : place + AT_ONCE]}
        rows += _write(uow, business_id, feature_set, _past_rows(uow, business_id, feature_set, past))
    if now in made:
        rows += _write(uow, business_id, feature_set, _present_rows(uow, business_id, feature_set, moment))
    if made:
        repository.note_snapshots(uow, business_id, feature_set, sorted(made, key=lambda one: one.moment))
    return len(made), len(gone), rows


def _write(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, rows: list[FeatureRow]) -> int:
    repository.write(uow, business_id, feature_set, rows)
    return len(rows)


def clock_start(clock: Clock, day: date) -> datetime:
    """The instant at which a business day begins."""
    return EPOCH + timedelta(microseconds=clock.start_of(day.toordinal()).instant)


def _cuts(uow: UnitOfWork, feature_set: FeatureSet, window: Window) -> list[date]:
    """The days at whose start a set's entities stand: Mondays, or firsts of months, of two years, after the first sale."""
    first = records.first_day(uow, window.business_id)
    if first is None:
        return []
    day, since = window.cuts[0], window.cuts[0] - timedelta(days=365 * YEARS)
    days = [day - place * DAY for place in range((day - max(first, since)).days)]
    if feature_set.entity == "customer":
        return [day for day in days if day.day == 1]
    return [day for day in days if day.weekday() == 0]


def _sources(cuts: Mapping[datetime, date], hashes: Mapping[date, int]) -> dict[datetime, str]:
    """A hash of all that came before the start of each of these days."""
    days = sorted(hashes)
    found, place, total = {}, 0, 0
    for start, cut in sorted(cuts.items()):
        while place < len(days) and days[place] < cut:
            total += hashes[days[place]]
            place += 1
        found[start] = _digest(str(start), total)
    return found


def _present_source(uow: UnitOfWork, feature_set: FeatureSet, window: Window, hashes: Mapping[date, int]) -> str:
    """A hash of all that is seen now: what was ordered, and what features take from the catalogue of now. Of customers too:
    those without orders have rows."""
    if feature_set.entity == "customer":
        now = len(records.customer_ids(uow, window.business_id, None))
    else:
        now = records.hash_of_products_now(uow, window.business_id)
    return _digest(str(window.latest), sum(hashes.values()), now)


def _still_present(snapshot: Snapshot, now: Snapshot) -> bool:
    """Whether the present that was made before says what one made now would: the same day, made of the same."""
    return (snapshot.version, snapshot.source) == (now.version, now.source) and snapshot.moment <= now.moment


def _digest(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def _past_rows(
    uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, starts: Mapping[date, datetime]
) -> list[FeatureRow]:
    """The rows at the start of these days, which begin at these moments."""
    last = max(starts)
    entity = feature_set.entity
    window = Window(business_id, starts[last], last - DAY, tuple(sorted(starts)), sold_within=SOLD_WITHIN[entity])
    return [
        FeatureRow(id, starts[cut], _numbers(feature_set, features))
        for cut, id, features in from_database.features_at_cuts(uow, entity, window)
        if cut in starts
    ]


def _present_rows(uow: UnitOfWork, business_id: UUID, feature_set: FeatureSet, moment: datetime) -> list[FeatureRow]:
    if feature_set.entity == "customer":
        found = from_database.customer_features(uow, business_id, moment)
        key = "customer_id"
    else:
        found = from_database.product_features(uow, business_id, moment, present=True)
        key = "product_id"
    return [FeatureRow(features[key], moment, _numbers(feature_set, features)) for features in found]


def _numbers(feature_set: FeatureSet, features: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: features[name] for name in feature_set.names}
