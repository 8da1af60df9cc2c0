"""A state of the sales report: puts the analysis into words."""

from cafe_ai.reports.narrating import narrate
from cafe_ai.reports.steps import NarrateInput
from cafe_ai.worker import step_handler

handler = step_handler("report_narrate", NarrateInput, narrate)
