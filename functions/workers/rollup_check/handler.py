"""On a schedule, at night: whether the rollups are what the lines say, of every business."""

from cafe_ai.analytics.rollup_check.service import run
from cafe_ai.worker import schedule_handler

handler = schedule_handler("rollup_check", run)
