"""Under load one dependency after the other is taken away and given back: answers stay typed, all recovers, none is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.bench.report import table
from tests.load import books
from tests.load.background import Background
from tests.load.crowd import CLIENT_SECONDS, Crowd
from tests.load.outages import Outage
from tests.load.recording import NOTHING_CAME, Call, Caller, Recorder
from tests.load.soak import percentile
from tests.load.visits import FIND, QUERY
from tests.load.world import World

DEADLINE_SECONDS = 25.0
GATEWAY_SECONDS = 1.5  # what the gateway and the client take besides
RECOVERY_SECONDS = 5.0
CALM_SECONDS = 12.0  # between two outages, in which all is to be as it was
SPOOL_SECONDS = 420.0
JOBS_SECONDS = 600.0
PROBE_SECONDS = 0.1
BROKEN = (books.GATEWAY_GAVE_UP, NOTHING_CAME)
PROBES = {"model": QUERY, "vectors": FIND, "": QUERY}


@dataclass(frozen=True)
class Episode:
    """An outage as it went: its begin and end on the monotonic clock, and when the first answer was whole again."""

    outage: Outage
    began: float
    returned: float
    recovered: float | None
    calls: Sequence[Call] = ()

    @property
    def during(self) -> list[Call]:
        """The requests that began while it lasted."""
        return [call for call in self.calls if self.began <= call.began < self.returned]

    @property
    def recovery_seconds(self) -> float | None:
        """From the dependency's return to the first whole answer."""
        return None if self.recovered is None else self.recovered - self.returned


@dataclass
class Watcher(Background):
    """One more client, which asks for nothing else but what the outage takes away, again and again."""

    world: World
    outage: Outage
    recorder: Recorder
    calls: list[Call] = field(default_factory=list)

    def _run(self) -> None:
        tenant = self.world.tenants[0]
        business, endpoint, members = (
            {"business_id": str(tenant.id)},
            PROBES[self.outage.lacks],
            tenant.with_roles("owner"),
        )
        number = 0
        with httpx.Client(base_url=self.world.state.base_url, timeout=CLIENT_SECONDS) as client:
            caller = Caller(client, self.recorder)
            while not self._over.is_set():
                token, number = members[number % len(members)].token, number + 1
                if endpoint == QUERY:
                    asked = {"query": "¿Cuáles fueron las ventas del último mes?", **business}
                    caller.call(QUERY, token, inference=True, about=str(tenant.id), json=asked)
                else:
                    caller.call(FIND, token, about=str(tenant.id), params={**business, "q": f"croissant {number}"})
                if caller.last:
                    self.calls.append(caller.last)
                self._over.wait(PROBE_SECONDS)

    def first_whole_answer(self, since: float) -> float | None:
        """When the first answer came that lacks nothing, of those asked for since then."""
        return next((call.ended for call in self.calls if call.began >= since and is_whole(call)), None)


def is_whole(call: Call) -> bool:
    """Whether the answer is as it is when all is well."""
    return call.status == 200 and not call.degraded


def endure(crowd: Crowd, outages: Sequence[Outage], seconds: float, recovery: float, calm: float) -> list[Episode]:
    """The outages in turn, each for so long, while that crowd's load is on; then `calm`, or until all is well again."""
    world, episodes = crowd.world, []
    for outage in outages:
        print(f"  {outage.name} ...", flush=True)
        with Watcher(world, outage, crowd.recorder) as watcher:
            began = time.monotonic()
            outage.take_away(world)
            time.sleep(seconds)
            outage.give_back(world)
            returned = time.monotonic()
            while time.monotonic() - returned < (calm if watcher.first_whole_answer(returned) else max(calm, recovery)):
                time.sleep(0.1)
        recovered = watcher.first_whole_answer(returned)
        # the calls of this outage are those up to here: the list goes on growing
        episodes.append(Episode(outage, began, returned, recovered, list(crowd.recorder.calls)))
    return episodes


@dataclass(frozen=True)
class Outcome:
    """What came of it; complaints are empty where all is well. spool_seconds: until the last row was in the audit."""

    episodes: Sequence[Episode]
    calls: Sequence[Call]
    jobs: int
    spool_seconds: float
    complaints: Sequence[str]


def chaos(
    world: World,
    outages: Sequence[Outage],
    seconds: float,
    users: int = 4,
    *,
    recovery: float = RECOVERY_SECONDS,
    calm: float = CALM_SECONDS,
) -> Outcome:
    """The load with all these outages, and its books afterwards. recovery: within how many seconds all is to be well again."""
    crowd = Crowd(world, users)
    crowd.warm_up()
    with crowd:
        episodes = endure(crowd, outages, seconds, recovery, calm)
    spool = books.await_audit(world, crowd.recorder.calls, SPOOL_SECONDS)
    books.await_jobs(world, crowd.recorder, JOBS_SECONDS)
    calls = crowd.recorder.calls
    complaints = [
        *(complaint for episode in episodes for complaint in complaints_about(episode, recovery)),
        *books.audit_complaints(world, calls),
        *books.job_complaints(world, crowd.recorder, may_fail=True),
    ]
    return Outcome(episodes, calls, len(crowd.recorder.jobs), spool, complaints)


def complaints_about(episode: Episode, recovery: float) -> list[str]:
    """What was not as it has to be in an outage and in the calm after it."""
    outage = episode.outage
    found: list[str] = []
    settled = episode.returned + recovery
    concerned = [call for call in episode.calls if call.ended >= episode.began]
    in_it = [call for call in concerned if call.began < settled]
    after = [call for call in concerned if call.began >= settled]
    broken = [call for call in in_it if call.status in BROKEN] if outage.breaks else []
    if outage.breaks and len(broken) > (kills := outage.breaks()):
        found.append(f"{len(broken)} requests broke where {kills} processes were killed")
    found += [
        *books.answer_complaints([c for c in in_it if c not in broken], may_be_unavailable=outage.refuses),
        *books.answer_complaints(after),
    ]
    late = [call for call in concerned if call.seconds > DEADLINE_SECONDS + GATEWAY_SECONDS]
    if late:
        found.append(
            f"{len(late)} answers came after the deadline, the last after {max(c.seconds for c in late):.1f} s"
        )
    if outage.lacks and (stragglers := [call for call in after if _is_degraded_for_no_reason(call, outage, episode)]):
        found.append(f"{len(stragglers)} answers are degraded though all is well again")
    if not outage.breaks and (episode.recovery_seconds is None or episode.recovery_seconds > recovery):
        found.append(f"the first whole answer came after {episode.recovery_seconds} s")
    return [f"{outage.name}: {complaint}" for complaint in found]


def _is_degraded_for_no_reason(call: Call, outage: Outage, episode: Episode) -> bool:
    """The watcher's kind of call about the business that has a budget, as others are degraded for reasons of their own."""
    return (
        call.endpoint == PROBES[outage.lacks]
        and call.degraded is True
        and call.said == ""
        and _has_budget(call, episode)
    )


def _has_budget(call: Call, episode: Episode) -> bool:
    whole = {one.about for one in episode.calls if one.endpoint == QUERY and is_whole(one) and one.model != "rules"}
    return call.about in whole


def told(outcome: Outcome) -> str:
    """The outcome in Markdown."""
    rows = []
    for episode in outcome.episodes:
        times = sorted(call.seconds * 1000 for call in episode.during) or [0.0]
        statuses = Counter(call.status for call in episode.during)
        degraded = sum(bool(call.degraded) for call in episode.during)
        recovered = episode.recovery_seconds
        rows.append(
            (
                episode.outage.name,
                f"{episode.returned - episode.began:.1f}",
                ", ".join(f"{status or 'nothing'} × {count:,}" for status, count in sorted(statuses.items())),
                degraded,
                f"{percentile(times, 0.5):.0f}",
                f"{percentile(times, 0.95):.0f}",
                f"{times[-1]:.0f}",
                "never" if recovered is None else f"{recovered:.2f}",
            )
        )
    heads = (
        "taken away",
        "s",
        "answers meanwhile",
        "degraded",
        "p50 ms",
        "p95 ms",
        "longest ms",
        "whole again after s",
    )
    audited = sum(books.expected_rows(call) for call in outcome.calls)
    verdict = "\n".join(f"- **{complaint}**" for complaint in outcome.complaints) or (
        "Every answer was typed and declared, every inference has exactly one row in the audit, every job ended."
    )
    return "\n\n".join(
        (
            f"{len(outcome.calls):,} requests, {audited:,} inferences, {outcome.jobs} jobs. The last row was in the audit "
            f"{outcome.spool_seconds:.0f} s after the load had ended.",
            table(heads, rows),
            verdict,
        )
    )
