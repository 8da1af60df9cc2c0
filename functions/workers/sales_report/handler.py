"""The queue of sales reports: each job is claimed and its state machine started."""

from cafe_ai.jobs.model import JobKind
from cafe_ai.reports.starting import start
from cafe_ai.worker import job_message_handler

handler = job_message_handler(JobKind.SALES_REPORT, start)
