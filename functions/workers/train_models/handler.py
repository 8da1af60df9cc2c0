"""train_demand_models: each night what a business's models learn and expect, and whether the shop still is what they know."""

from functools import partial

from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler
from ml.monitoring.drift.job import watched
from ml.serving.job import work

handler = job_handler(JobKind.TRAIN_MODELS, partial(watched, train=work))
