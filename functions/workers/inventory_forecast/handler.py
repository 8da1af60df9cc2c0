"""generate_inventory_forecast: the demand of the coming days, and what to order."""

from cafe_ai.forecasting.job import work
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler

handler = job_handler(JobKind.INVENTORY_FORECAST, work)
