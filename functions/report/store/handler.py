"""A state of the sales report: puts its files where they stay."""

from cafe_ai.reports.filing import store
from cafe_ai.reports.steps import StoreInput
from cafe_ai.worker import step_handler

handler = step_handler("report_store", StoreInput, store)
