"""A state of the sales report: gathers one part of it."""

from cafe_ai.reports.gathering import gather
from cafe_ai.reports.steps import GatherInput
from cafe_ai.worker import step_handler

handler = step_handler("report_gather", GatherInput, gather)
