"""generate_inventory_forecast: the demand of the coming days, and what to order."""

from functools import partial

from cafe_ai.forecasting.job import work
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler
from ml.serving.forecasting import forecaster_for

handler = job_handler(JobKind.INVENTORY_FORECAST, partial(work, forecaster_for=forecaster_for))
