"""POST /api/v1/ai/jobs and GET /api/v1/ai/jobs/{job_id}: work that takes longer than a request."""

from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.errors import JobNotFound, PermissionDenied
from cafe_ai.http import Caller, IdempotencyKey, create_app, declares, lambda_handler
from cafe_ai.jobs import requests, service
from cafe_ai.jobs.results import present
from cafe_ai.jobs.schemas import AcceptedBody, JobBody, JobRequest

app = create_app()


@app.post("/api/v1/ai/jobs", status_code=202, responses=declares())
async def start_job(wanted: JobRequest, caller: Caller, key: IdempotencyKey = None) -> AcceptedBody:
    """Cleanup is about no business, and for operators alone."""
    asker = requests.admit(caller, wanted)
    return AcceptedBody.of(requests.start(runtime(), asker, wanted, key))


@app.get("/api/v1/ai/jobs/{job_id}", responses=declares(JobNotFound, PermissionDenied, about="user"))
async def show_job(job_id: UUID, caller: Caller) -> JobBody:
    """Links to files are made afresh at each call."""
    return JobBody(**present(runtime(), service.find(runtime(), caller.admit_user("jobs"), job_id)))


handler = lambda_handler(app)
