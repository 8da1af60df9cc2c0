"""analyze_customer_behavior: the shop's customers, or one of them."""

from cafe_ai.customers.job import work
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler

handler = job_handler(JobKind.CUSTOMER_BEHAVIOR, work)
