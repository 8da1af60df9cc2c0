"""Logs, metrics, traces and errors carry no token, no key, no words of a user and nothing about a person."""

from __future__ import annotations

import base64
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest

from cafe_ai.platform import telemetry
from cafe_ai.platform.db import Database
from tests.security.canaries import flight as stages
from tests.security.canaries import trouble
from tests.security.canaries.aviary import Aviary
from tests.support.postgres import TestDatabase
from tests.support.whole_api import running_api


class Written:
    """All that is written: standard output and error, and what any library logs from WARNING on, as on Lambda."""

    def __init__(self) -> None:
        self.text = StringIO()
        self._handler = logging.StreamHandler(self.text)
        self._handler.setFormatter(logging.Formatter("[%(levelname)s] %(name)s %(message)s"))

    def __enter__(self) -> Written:
        self._stdout, self._stderr = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self.text
        logging.getLogger().addHandler(self._handler)
        telemetry.set_level("DEBUG")
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self._stdout, self._stderr
        logging.getLogger().removeHandler(self._handler)
        telemetry.set_level("INFO")


@pytest.fixture(scope="module")
def flown(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aviary]:
    """The canaries after the whole flight."""
    aviary = Aviary()
    saas = Database(module_database.saas)
    with running_api(module_database) as api, Written() as written, stages.taking_off(api, aviary) as flight:
        stages.customers(flight)
        stages.good_times(flight)
        stages.wrong_requests(flight)
        trouble.language_model_in_trouble(flight)
        trouble.bugs(flight, trouble.unique_violation(api, flight.plant("value in a unique violation")))
        trouble.database_away(flight)
        trouble.broken_messages(flight)
        trouble.jobs_that_fail(flight)
        trouble.notifications(flight, saas)
        trouble.migrations(flight, tmp_path_factory.mktemp("migrations"), module_database.owner)
        trouble.what_is_kept(flight)
    aviary.tell("the log", written.text.getvalue())
    saas.close()
    yield aviary


def test_at_least_fifty_were_really_there(flown: Aviary) -> None:
    assert len(flown.planted) >= 50
    unused = flown.unused()
    assert not unused, unused


def test_none_got_out(flown: Aviary) -> None:
    leaks = flown.leaks()
    assert not leaks, "\n".join(map(str, leaks))


def test_the_search_looks_where_something_was_told(flown: Aviary) -> None:
    """Each place was filled: an empty log would hold no canary either."""
    places = {where for where, text in flown.told if len(text) > 2}
    assert {"the log", "a trace", "GET /metrics", "an answer's headers", "ai_metrics", "ai_jobs.error"} <= places
    (log,) = [text for where, text in flown.told if where == "the log"]
    assert log.count('"level": "ERROR"') > 20
    assert "_aws" in log


def test_a_leak_would_be_seen() -> None:
    aviary = Aviary()
    word = aviary.plant("prompt")
    with Written() as written:
        telemetry.log("asked", question=word)
        logging.getLogger("openai").warning("asked %s", word)
    aviary.tell("the log", written.text.getvalue())
    aviary.tell("a header", "eyJwcm9tcHQiOiAi" + base64.b64encode(word.encode()).decode())

    assert [leak.where for leak in aviary.leaks()].count("the log") == 1
