"""A state of the sales report: checks every text against the facts and puts the report together."""

from cafe_ai.reports.checking import check
from cafe_ai.reports.steps import CheckInput
from cafe_ai.worker import step_handler

handler = step_handler("report_check", CheckInput, check)
