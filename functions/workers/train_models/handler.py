"""train_demand_models: each night what a business's models learn, and what they expect of the days to come."""

from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler
from ml.serving.job import work

handler = job_handler(JobKind.TRAIN_MODELS, work)
