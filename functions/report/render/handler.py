"""A state of the sales report: makes its files."""

from cafe_ai.reports.filing import render
from cafe_ai.reports.steps import RenderInput
from cafe_ai.worker import step_handler

handler = step_handler("report_render", RenderInput, render)
