"""Called by an operator: jobs that failed for want of attempts are begun anew. {"kind"} or {"job_id"} narrow it."""

from cafe_ai.jobs.recovery import redrive_as_asked
from cafe_ai.worker import call_handler

handler = call_handler("redrive", redrive_as_asked)
