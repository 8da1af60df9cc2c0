"""Who wants to be told of finished jobs is: by an e-mail with the report in it, and by a webhook that can be verified."""

import hashlib
import hmac
import json
import urllib.request

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_notices import ADDRESS, SECRET, told
from tests.support.local_stack import Stack
from tests.support.receiver import Received

pytestmark = pytest.mark.e2e


def test_a_finished_report_comes_by_mail_and_by_webhook_also_where_that_was_down(stack: Stack) -> None:
    with told(stack) as owner:
        owner.receiver.respond = 503
        job_id = jobs.start(stack, "generate_sales_report", period="monthly")
        jobs.await_completed(stack, job_id)
        jobs.await_that(lambda: owner.posts(job_id), "the webhook is not called")
        owner.receiver.respond = 200
        sent = owner.await_sent(job_id)

        mail = owner.mail(sent["email"])
        assert mail["To"] == ADDRESS
        (attached,) = mail.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        assert attached.get_content().startswith(b"%PDF")

        refused, *taken = owner.posts(job_id)
        assert taken
        assert refused.headers["cafe-ai-delivery"] == taken[-1].headers["cafe-ai-delivery"] == sent["webhook"]
        assert taken[-1].headers["cafe-ai-signature"] == f"v1={signature_of(taken[-1])}"
        said = json.loads(taken[-1].body)
        assert (said["id"], said["event"], said["job_id"]) == (sent["webhook"], "job.completed", job_id)
        with urllib.request.urlopen(said["links"]["pdf"], timeout=10) as response:
            assert response.read() == attached.get_content()


def signature_of(post: Received) -> str:
    """As docs/webhooks.md tells receivers to compute it."""
    signed = post.headers["cafe-ai-timestamp"].encode() + b"." + post.body
    return hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
