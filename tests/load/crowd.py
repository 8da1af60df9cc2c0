"""So many users at once, each visit after visit without a pause but a short one, until they are told to stop."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.load.contract import declared
from tests.load.recording import Caller, Recorder
from tests.load.visits import VISITS, Pace, Visit
from tests.load.world import World

CLIENT_SECONDS = 40.0
BETWEEN_VISITS = 0.05  # seconds
WARM_UP_ROUNDS = 3


@dataclass
class Crowd:
    """`with Crowd(world, users=4) as crowd:` the load is on inside; leaving waits for the requests in flight.

    What a user raises (a bug of the load's own) is raised on leaving.
    """

    world: World
    users: int = 4
    seconds_between_jobs: float = 5.0
    seed: int = 1
    recorder: Recorder = field(default_factory=Recorder)
    began: float = 0.0
    ended: float = 0.0

    def __enter__(self) -> Crowd:
        declared()  # as the sources are now: they may change while the load is on
        self._over = threading.Event()
        self._failures: list[BaseException] = []
        pace = Pace(self.seconds_between_jobs)
        self._threads = [
            threading.Thread(target=self._come_and_go, args=(number, pace), daemon=True) for number in range(self.users)
        ]
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.ended = time.monotonic()
        if self._failures:
            raise self._failures[0]

    @property
    def broken(self) -> bool:
        """Whether a user has failed."""
        return bool(self._failures)

    def warm_up(self) -> None:
        """Each kind of visit by all users at once, before the load, until no answer comes too late: that starts every
        function's processes. Its jobs may still be under way, and nothing of it is recorded.
        """
        for _ in range(WARM_UP_ROUNDS):
            recorder = Recorder()
            for kind in VISITS:
                threads = [
                    threading.Thread(target=self._visit_once, args=(number, kind, recorder))
                    for number in range(self.users)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            if all(call.status and call.status < 500 for call in recorder.calls):
                return

    def _visit_once(self, number: int, kind: Callable[[Visit], None], recorder: Recorder) -> None:
        chance = random.Random(f"{kind.__name__}/{number}")
        with httpx.Client(base_url=self.world.state.base_url, timeout=CLIENT_SECONDS) as client:
            kind(self._visit(number, Caller(client, recorder), chance, Pace(0.0), lambda: True))

    def _visit(self, number: int, caller: Caller, chance: random.Random, pace: Pace, over: Callable[[], bool]) -> Visit:
        """Each user comes as members of their own: nobody else erases what they have just been told."""
        tenant = chance.choice(self.world.tenants)
        member = chance.choice(tenant.with_roles("owner", "manager")[number :: self.users])
        return Visit(self.world, tenant, member, caller, chance, pace, over)

    def _come_and_go(self, number: int, pace: Pace) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        visits, shares = list(VISITS), list(VISITS.values())
        try:
            with httpx.Client(base_url=self.world.state.base_url, timeout=CLIENT_SECONDS) as client:
                caller = Caller(client, self.recorder)
                while not self._over.is_set():
                    visit = self._visit(number, caller, chance, pace, self._over.is_set)
                    chance.choices(visits, shares)[0](visit)
                    self._over.wait(BETWEEN_VISITS)
        except BaseException as error:
            self._failures.append(error)
