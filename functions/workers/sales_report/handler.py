"""The queue of sales reports: each job is claimed and its state machine started."""

from cafe_ai.jobs.messages import parse
from cafe_ai.reports.starting import start
from cafe_ai.worker import sqs_handler

handler = sqs_handler("sales_report", parse, start)
