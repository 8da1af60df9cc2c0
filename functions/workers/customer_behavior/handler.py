"""analyze_customer_behavior: the shop's customers, or one of them."""

from functools import partial

from cafe_ai.customers.job import work
from cafe_ai.customers.service import Ahead
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler
from ml.models.lifetime.expecting import BuyerLifetimes
from ml.models.lifetime.stored import StoredBuyers

ahead = Ahead(BuyerLifetimes(), StoredBuyers())
handler = job_handler(JobKind.CUSTOMER_BEHAVIOR, partial(work, ahead=ahead))
