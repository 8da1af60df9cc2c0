"""The shop's day is the same in the database and in Python: what is written under a day is asked for under it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import psycopg
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cafe_ai.analytics.periods import ShopCalendar
from tests.support.postgres import TestDatabase

ZONES = ("Europe/Madrid", "America/Mexico_City", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
SELECT_DAYS = """
SELECT clock.business_date, clock.local_hour
  FROM unnest(%s::timestamptz[], %s::text[], %s::time[]) WITH ORDINALITY AS asked (moment, zone, day_starts, place),
       business_clock(asked.moment, asked.zone, asked.day_starts) AS clock
 ORDER BY asked.place"""
MADRID_SPRING, MADRID_AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)

moments = st.one_of(
    st.integers(0, 2_000_000_000),
    st.sampled_from([MADRID_SPRING, MADRID_AUTUMN]).flatmap(
        lambda change: st.integers(-7 * 3600, 7 * 3600).map(lambda seconds: int(change.timestamp()) + seconds)
    ),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
asked = st.lists(st.tuples(moments, st.sampled_from(ZONES), st.integers(0, 6).map(time)), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=asked)
@example(asked=[(MADRID_SPRING, "Europe/Madrid", time(2)), (MADRID_AUTUMN, "Europe/Madrid", time(2))])
def test_a_moment_belongs_to_the_same_day_in_sql_and_in_python(
    module_database: TestDatabase, asked: list[tuple[datetime, str, time]]
) -> None:
    columns = [list(column) for column in zip(*asked, strict=True)]
    with closing(psycopg.connect(module_database.app)) as connection:
        in_sql = connection.execute(SELECT_DAYS, columns).fetchall()
    in_python = []
    for moment, zone, day_starts in asked:
        local = moment.astimezone(ZoneInfo(zone))
        in_python.append((ShopCalendar(zone, day_starts, local, date(2000, 1, 1)).today, local.hour))
    assert in_sql == in_python
