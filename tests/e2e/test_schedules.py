"""What runs by the clock, called here as the clock calls it."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from cafe_ai.platform.ids import uuid7
from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

KIND = "analyze_customer_behavior"
ADD_JOB = "INSERT INTO ai_jobs (id, business_id, kind, params) VALUES (%s, %s, %s, '{}')"
ADD_MESSAGE = "INSERT INTO ai_outbox (id, business_id, queue, body, available_at) VALUES (%s, %s, %s, %s, now())"
CLEANUPS = "SELECT id::text FROM ai_jobs WHERE kind = 'cleanup_old_ai_jobs' AND business_id IS NULL"

TRAININGS = """
SELECT id::text FROM ai_jobs WHERE kind = 'train_demand_models' AND business_id = %s AND user_id IS NULL"""


def test_the_cleanup_is_started_once_a_day_and_done(stack: Stack) -> None:
    jobs.invoke(stack, "SchedulesFunctionName")
    jobs.invoke(stack, "SchedulesFunctionName")
    ((started,),) = stack.rows(CLEANUPS)
    jobs.await_that(lambda: jobs.has_ended(stack, str(started)), "the cleanup does not end")
    assert stack.rows("SELECT status, error FROM ai_jobs WHERE id = %s", started) == [("completed", None)]


def test_each_night_the_models_learn_once(stack: Stack) -> None:
    """From three o'clock on by the sample business's clock, which is Madrid's."""
    jobs.invoke(stack, "SchedulesFunctionName")
    jobs.invoke(stack, "SchedulesFunctionName")
    started = stack.rows(TRAININGS, stack.state.business_id)
    assert len(started) == (datetime.now(ZoneInfo("Europe/Madrid")).hour >= 3)
    for (job_id,) in started:
        jobs.await_that(lambda job_id=job_id: jobs.has_ended(stack, job_id), "the training does not end", 240)
        assert stack.rows("SELECT status, error FROM ai_jobs WHERE id = %s", job_id) == [("completed", None)]
        assert stack.rows("SELECT FROM ml_models WHERE business_id = %s", stack.state.business_id)


def test_the_rollups_are_checked(stack: Stack) -> None:
    jobs.invoke(stack, "RollupCheckFunctionName")
    assert stack.rows("SELECT FROM rollup_checks WHERE business_id = %s", stack.state.business_id)


def test_a_message_whose_writer_died_is_relayed(stack: Stack) -> None:
    job_id, business = str(uuid7()), stack.state.business_id
    body = json.dumps({"job_id": job_id, "business_id": business})
    with psycopg.connect(jobs.superuser(stack)) as connection:
        connection.execute(ADD_JOB, (job_id, business, KIND))
        connection.execute(ADD_MESSAGE, (str(uuid7()), business, KIND, body))
    jobs.relay_now(stack)
    jobs.await_completed(stack, job_id)
    assert stack.rows("SELECT FROM ai_outbox WHERE body ->> 'job_id' = %s", job_id) == []
