"""The SQL of the check: what the rollups of some days should be, from the lines, beside what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_DUE = "SELECT business_id FROM businesses_due_for_rollup_check(%s, %s)"

# One check of a business at a time: the lock goes with the transaction.
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('rollup-check:' || %s::text, 0))"

SELECT_EXTENT = """
SELECT least(lines.first, hours.first, products.first), greatest(lines.last, hours.last, products.last), checked.slice_end
  FROM (SELECT min(business_date) AS first, max(business_date) AS last FROM order_lines WHERE business_id = %(business)s) AS lines
 CROSS JOIN (SELECT min(business_date) AS first, max(business_date) AS last
               FROM rollup_hours WHERE business_id = %(business)s) AS hours
 CROSS JOIN (SELECT min(business_date) AS first, max(business_date) AS last
               FROM rollup_products WHERE business_id = %(business)s) AS products
  LEFT JOIN rollup_checks AS checked ON checked.business_id = %(business)s"""

# The measures are those of refresh_rollups (0003), written here anew on purpose: a check that shared its text would share its
# mistakes.
_MEASURES: LiteralString = """
       count(DISTINCT order_id) FILTER (WHERE is_sale) AS orders, count(*) AS lines,
       count(*) FILTER (WHERE is_sale) AS sale_lines, count(*) FILTER (WHERE is_priced) AS priced_lines,
       count(*) FILTER (WHERE is_costed) AS costed_lines, sum(units) AS units, coalesce(sum(net), 0) AS net,
       coalesce(sum(net) FILTER (WHERE is_sale), 0) AS gross,
       coalesce(sum(net) FILTER (WHERE is_sale), 0) - coalesce(sum(net), 0) AS returns, sum(discounts) AS discounts,
       coalesce(sum(cost), 0) AS cost, coalesce(sum(net) FILTER (WHERE is_costed), 0) AS costed_net"""
_KEPT: LiteralString = """
       orders::bigint, lines::bigint, sale_lines::bigint, priced_lines::bigint, costed_lines::bigint, units, net, gross,
       returns, discounts, cost, costed_net"""

_SIDES: LiteralString = f"""
WITH measured AS MATERIALIZED (
    SELECT * FROM measured_lines
     WHERE business_id = %(business)s AND business_date BETWEEN %(first)s AND %(last)s
       AND order_date BETWEEN %(first)s AND %(last)s
), hours AS (
    SELECT business_date, local_hour, store, {_MEASURES} FROM measured GROUP BY 1, 2, 3
), products AS (
    SELECT business_date, product_id, store, {_MEASURES} FROM measured GROUP BY 1, 2, 3
), kept_hours AS (
    SELECT business_date, local_hour, store, {_KEPT}
      FROM rollup_hours WHERE business_id = %(business)s AND business_date BETWEEN %(first)s AND %(last)s
), kept_products AS (
    SELECT business_date, product_id, store, {_KEPT}
      FROM rollup_products WHERE business_id = %(business)s AND business_date BETWEEN %(first)s AND %(last)s
)"""  # noqa: S608 -- constants alone

# One statement, so one moment of the database: an import that is under way is seen wholly or not at all.
SELECT_DIFFERENCES: LiteralString = f"""{_SIDES}
SELECT business_date, 'hours', count(*)
  FROM kept_hours AS kept FULL JOIN hours AS raw USING (business_date, local_hour, store)
 WHERE kept IS DISTINCT FROM raw GROUP BY 1
UNION ALL
SELECT business_date, 'products', count(*)
  FROM kept_products AS kept FULL JOIN products AS raw USING (business_date, product_id, store)
 WHERE kept IS DISTINCT FROM raw GROUP BY 1
 ORDER BY 1, 2"""  # noqa: S608 -- constants alone

MEND = "SELECT mend_rollups(%s)"

UPSERT_CHECK = """
INSERT INTO rollup_checks (business_id, checked_at, slice_end)
SELECT id, now(), %(slice_end)s FROM businesses WHERE id = %(business)s
ON CONFLICT (business_id) DO UPDATE SET checked_at = excluded.checked_at, slice_end = excluded.slice_end"""

# The slice that failed is tried again, after all other businesses.
UPSERT_FAILURE = """
INSERT INTO rollup_checks (business_id, checked_at) SELECT id, now() FROM businesses WHERE id = %s
ON CONFLICT (business_id) DO UPDATE SET checked_at = excluded.checked_at"""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows of a day in rollup_hours or rollup_products ("hours", "products") are not what the lines say."""

    day: date
    part: str
    rows: int


@dataclass(frozen=True, slots=True)
class Extent:
    """The first and the last day of a business's lines and rollups; and the last day of the slice that is next, if any is."""

    first: date
    last: date
    slice_end: date | None


def due(uow: UnitOfWork, unchecked_since: datetime, at_most: int) -> list[UUID]:
    """The businesses that were not checked since then, stalest first."""
    return [row[0] for row in uow.connection.execute(SELECT_DUE, [unchecked_since, at_most])]


def claim(uow: UnitOfWork, business_id: UUID) -> bool:
    """Whether nobody else is checking this business; holds until the transaction ends."""
    return uow.connection.execute(TRY_LOCK, [business_id]).fetchone() == (True,)


def extent(uow: UnitOfWork, business_id: UUID) -> Extent | None:
    """The days there are; None where there are none."""
    row = uow.connection.execute(SELECT_EXTENT, {"business": business_id}).fetchone()
    return None if row is None or row[0] is None else Extent(*row)


def differences(uow: UnitOfWork, business_id: UUID, first: date, last: date) -> list[Difference]:
    """Where the rollups of the days from first to last, both included, are not what the lines say."""
    values = {"business": business_id, "first": first, "last": last}
    return [Difference(*row) for row in uow.connection.execute(SELECT_DIFFERENCES, values)]


def mend(uow: UnitOfWork, days: Sequence[date]) -> None:
    """Makes the rollups of these days of the unit of work's own business from the lines anew."""
    uow.connection.execute(MEND, [list(days)])


def note_check(uow: UnitOfWork, business_id: UUID, slice_end: date | None) -> None:
    """It was checked now; the next slice ends on that day."""
    uow.connection.execute(UPSERT_CHECK, {"business": business_id, "slice_end": slice_end})


def note_failure(uow: UnitOfWork, business_id: UUID) -> None:
    """It could not be checked now."""
    uow.connection.execute(UPSERT_FAILURE, [business_id])
