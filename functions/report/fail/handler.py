"""Where a sales report ends that could not be made: fails the job, which tells the business."""

from cafe_ai.reports.ending import fail
from cafe_ai.reports.steps import FailInput
from cafe_ai.worker import step_handler

handler = step_handler("report_fail", FailInput, fail)
