"""analyze_customer_behavior: the shop's customers, or one of them."""

from functools import partial

from cafe_ai.customers.job import work
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler
from ml.models.lifetime.expecting import BuyerLifetimes

handler = job_handler(JobKind.CUSTOMER_BEHAVIOR, partial(work, lifetimes=BuyerLifetimes()))
