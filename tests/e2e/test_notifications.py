"""Who wants to be told of finished jobs is: by an e-mail with the report in it, and by a webhook that can be verified."""

import hashlib
import hmac
import json
import urllib.request

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_notices import ADDRESS, SECRET, told
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e


def test_a_finished_report_comes_by_mail_and_by_webhook(stack: Stack) -> None:
    with told(stack) as owner:
        job_id = jobs.start(stack, "generate_sales_report", period="monthly")
        jobs.await_completed(stack, job_id)
        sent = owner.await_sent(job_id)

        mail = owner.mail(sent["email"])
        assert mail["To"] == ADDRESS
        (attached,) = mail.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        assert attached.get_content().startswith(b"%PDF")

        (posted,) = owner.posts(job_id)
        signed = posted.headers["cafe-ai-timestamp"].encode() + b"." + posted.body
        signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert posted.headers["cafe-ai-signature"] == f"v1={signature}"
        said = json.loads(posted.body)
        assert (said["id"], said["event"], said["job_id"]) == (sent["webhook"], "job.completed", job_id)
        with urllib.request.urlopen(said["links"]["pdf"], timeout=10) as response:
            assert response.read() == attached.get_content()


def test_a_webhook_that_is_down_is_tried_again_with_the_same_id(stack: Stack) -> None:
    with told(stack) as owner:
        owner.receiver.respond = 503
        job_id = jobs.start(stack, "analyze_customer_behavior")
        jobs.await_completed(stack, job_id)
        jobs.await_that(lambda: owner.posts(job_id), "the webhook is not called")
        owner.receiver.respond = 200
        sent = owner.await_sent(job_id)
        posted = owner.posts(job_id)
        assert len(posted) >= 2
        assert {post.headers["cafe-ai-delivery"] for post in posted} == {sent["webhook"]}
