"""The queue of cleanup_old_ai_jobs: jobs with their files, conversations and words that are past their time."""

from cafe_ai.jobs.cleanup.service import run
from cafe_ai.jobs.model import JobKind
from cafe_ai.worker import job_handler

handler = job_handler(JobKind.CLEANUP, run)
