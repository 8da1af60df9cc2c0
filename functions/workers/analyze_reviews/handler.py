"""analyze_reviews: how the customers feel, and about what, read from their reviews."""

from functools import partial

from cafe_ai.jobs.model import JobKind
from cafe_ai.review_analysis.job import work
from cafe_ai.worker import job_handler
from ml.models.sentiment.common import common_analyser

handler = job_handler(JobKind.REVIEW_ANALYSIS, partial(work, analyser_for=common_analyser))
