"""generate_product_recommendations: what to promote now, and what to add to the menu."""

from cafe_ai.jobs.model import JobKind
from cafe_ai.recommendations.job import work
from cafe_ai.worker import job_handler

handler = job_handler(JobKind.PRODUCT_RECOMMENDATIONS, work)
