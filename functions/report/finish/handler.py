"""A state of the sales report: completes the job, which tells the business."""

from cafe_ai.reports.ending import finish
from cafe_ai.reports.steps import FinishInput
from cafe_ai.worker import step_handler

handler = step_handler("report_finish", FinishInput, finish)
