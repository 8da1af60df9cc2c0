"""Each hour: the weekly reports that are due, and once a day the cleanup."""

from cafe_ai.jobs.schedules.service import run
from cafe_ai.worker import schedule_handler

handler = schedule_handler("schedules", run)
