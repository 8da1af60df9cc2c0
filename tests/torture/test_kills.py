"""Jobs whose workers are killed are all done, and each once."""

from __future__ import annotations

from tests.torture.judging import complaints
from tests.torture.run import Plan, World, torture


def test_jobs_survive_kills_duplicates_and_reordering(world: World) -> None:
    report = torture(world, Plan(jobs=400, kills=14, workers=2, visibility_seconds=3, lease_seconds=2.0))

    print(report.told())
    assert complaints(report) == []
