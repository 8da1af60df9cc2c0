"""Jobs whose workers are killed, or thought dead and are not, are all done, and each once in effect."""

from __future__ import annotations

from tests.torture.judging import complaints
from tests.torture.run import Plan, World, torture


def test_jobs_survive_kills_stalls_duplicates_and_reordering(world: World) -> None:
    report = torture(world, Plan(jobs=400, kills=16, stalls=2, visibility_seconds=3, lease_seconds=2.0))

    print(report.told())
    assert complaints(report) == []
