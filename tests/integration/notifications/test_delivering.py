"""Deliveries: sent once by one worker, tried again where that helps, ended where it does not."""

from __future__ import annotations

import json
import threading
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import DependencyDown
from cafe_ai.jobs import dead_letters
from cafe_ai.notifications import service, webhook
from cafe_ai.notifications.service import DeliveryDelayed
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.email import MailRefused
from cafe_ai.platform.telemetry import correlated
from functions.workers.notifications.handler import handler
from tests.integration.notifications.conftest import Office
from tests.support.jobs import context, soon, sqs_event
from tests.support.notices import REPORT
from tests.support.receiver import redirect_to

PDF = "reports/1/2/informe-ventas-2026-10.pdf"


def test_webhook_arrives_signed_and_is_done(office: Office, business: UUID) -> None:
    secret = office.given_channel(business)
    job = office.end_job(business)
    assert handler(sqs_event(office.messages, "notifications"), context()) == {"batchItemFailures": []}
    (received,) = office.receiver.received
    body, headers = json.loads(received.body), received.headers
    assert (body["event"], body["job_id"], body["kind"]) == ("job.completed", str(job), "generate_inventory_forecast")
    assert body["id"] == headers["cafe-ai-delivery"] == str(office.delivery["id"])
    signature = webhook.sign(secret, headers["cafe-ai-timestamp"], received.body)
    assert headers["cafe-ai-signature"] == f"v1={signature}"
    assert abs(int(headers["cafe-ai-timestamp"]) - time.time()) < 60
    assert office.delivery["status"] == "sent"
    assert office.delivery["sent_at"] is not None


def test_the_request_that_began_it_is_told_also_where_it_is_sent_again_later(office: Office, business: UUID) -> None:
    office.given_channel(business)
    with correlated("request-1"):
        office.end_job(business)
    queue = office.workshop.queues["notifications"]
    office.workshop.execute("UPDATE notification_deliveries SET status = 'failed'")
    with correlated("the-operator"):
        assert service.redeliver(office.workshop.runtime, business, soon()) == 1
    assert queue.origins == ["request-1", "request-1"]
    event = sqs_event(office.messages[-1:], "notifications")
    event["Records"][0]["messageAttributes"] = {
        "correlation_id": {"stringValue": queue.origins[-1], "dataType": "String"}
    }
    assert handler(event, context()) == {"batchItemFailures": []}
    (received,) = office.receiver.received
    assert received.headers["cafe-ai-request-id"] == "request-1"


def test_message_that_comes_twice_sends_nothing_twice(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.deliver()
    office.deliver()
    assert len(office.receiver.received) == 1
    assert office.delivery["attempts"] == 1


def test_two_workers_do_not_send_at_once(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    arrived, answer = threading.Event(), threading.Event()

    def wait(request: BaseHTTPRequestHandler) -> None:
        arrived.set()
        answer.wait(10)
        request.send_response(200)
        request.send_header("Content-Length", "0")
        request.end_headers()

    office.receiver.respond = wait
    first = threading.Thread(target=office.deliver)
    first.start()
    try:
        assert arrived.wait(10)
        second = office.workshop.another_runtime()
        with pytest.raises(DeliveryDelayed) as delayed:
            service.deliver(second, office.message, soon())
        second.database.close()
    finally:
        answer.set()
        first.join(10)
    assert 0 < delayed.value.seconds <= service.CLAIM_SECONDS + 1
    assert len(office.receiver.received) == 1
    assert office.delivery["status"] == "sent"


def test_worker_that_died_in_the_middle_is_followed_by_another(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    with office.workshop.runtime.database.transaction(business) as uow:
        assert service.repository.claim(uow, office.message.delivery_id, 60) is not None
    with pytest.raises(DeliveryDelayed):
        office.deliver()
    office.workshop.execute("UPDATE notification_deliveries SET claimed_until = now() - interval '1 second'")
    office.deliver()
    assert (office.delivery["status"], office.delivery["attempts"]) == ("sent", 2)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_receiver_that_may_take_it_later_is_asked_again(office: Office, business: UUID, status: int) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.receiver.respond = status
    with pytest.raises(DeliveryDelayed):
        office.deliver()
    assert office.delivery["status"] == "pending"
    assert office.delivery["last_error"] == f"The receiver answered {status}."
    office.receiver.respond = 200
    office.deliver()
    assert office.delivery["status"] == "sent"
    assert office.delivery["last_error"] is None
    first, second = office.receiver.received
    assert first.body == second.body
    assert first.headers["cafe-ai-delivery"] == second.headers["cafe-ai-delivery"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_receiver_that_does_not_want_it_is_not_asked_again(office: Office, business: UUID, status: int) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.receiver.respond = status
    office.deliver()
    assert (office.delivery["status"], office.delivery["attempts"]) == ("failed", 1)
    assert office.delivery["last_error"] == f"The receiver answered {status}."
    office.deliver()
    assert len(office.receiver.received) == 1


def test_redirect_into_a_private_network_ends_the_delivery(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.receiver.respond = redirect_to("https://169.254.169.254/latest/meta-data/")
    office.deliver()
    told = (office.delivery["status"], office.delivery["last_error"])
    assert told == ("failed", "The address is in a private network.")


def test_waits_grow_and_are_set_on_the_queue(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.receiver.respond = 503
    waits = []
    for _ in range(5):
        event = sqs_event(office.messages[-1:], "notifications")
        (failure,) = handler(event, context())["batchItemFailures"]
        assert failure["itemIdentifier"] == event["Records"][0]["messageId"]
        waits.append(office.workshop.queues["notifications"].hidden["receipt-0"])
    for wait, whole in zip(waits, (15, 60, 240, 960, 0), strict=True):
        assert whole / 2 <= wait <= whole
    assert office.delivery["attempts"] == 5


def test_dead_letter_gives_the_delivery_up_with_its_last_error(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.receiver.respond = 503
    for _ in range(service.MAX_ATTEMPTS):
        with pytest.raises(DeliveryDelayed):
            office.deliver()
    dead_letters.see_to(office.workshop.runtime, "m", "notifications-dead", office.messages[-1], soon())
    assert len(office.messages) == 1
    assert (office.delivery["status"], office.delivery["last_error"]) == ("failed", "The receiver answered 503.")
    office.receiver.respond = 200
    assert service.redeliver(office.workshop.runtime, business, soon()) == 1
    office.deliver()
    assert office.delivery["status"] == "sent"


def test_dead_letter_whose_receives_were_burnt_has_the_delivery_tried_after_all(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    dead_letters.see_to(office.workshop.runtime, "m", "notifications-dead", office.messages[-1], soon())
    assert office.delivery["status"] == "pending"
    assert len(office.messages) == 2
    office.deliver()
    assert office.delivery["status"] == "sent"


def test_dead_letter_of_a_delivery_in_hand_waits(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    with office.workshop.runtime.database.transaction(business) as uow:
        assert service.repository.claim(uow, office.message.delivery_id, 60) is not None
    with pytest.raises(DeliveryDelayed):
        dead_letters.see_to(office.workshop.runtime, "m", "notifications-dead", office.messages[-1], soon())
    assert office.delivery["status"] == "pending"
    assert len(office.messages) == 1


def test_what_was_sent_stays_sent_whatever_the_dead_letters_say(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.deliver()
    dead_letters.see_to(office.workshop.runtime, "m", "notifications-dead", office.messages[-1], soon())
    assert office.delivery["status"] == "sent"


def test_report_comes_by_email_with_its_pdf(office: Office, business: UUID) -> None:
    office.given_channel(business, "email")
    office.files.files[PDF] = b"%PDF-1.7"
    office.end_job(business, REPORT)
    office.deliver()
    (path,) = office.mail.iterdir()
    assert path.name == f"{office.delivery['id']}.eml"
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert message["X-Cafe-AI-Delivery"] == str(office.delivery["id"])
    text = message.get_body(("plain",))
    assert text is not None
    assert "https://files.example/reports/1/2/informe-ventas-2026-10.html?for=21600" in text.get_content()
    (attached,) = message.iter_attachments()
    assert attached.get_content() == b"%PDF-1.7"


@pytest.mark.parametrize("pdf", [None, b"x" * (service.ATTACHED_BYTES + 1)])
def test_pdf_that_is_gone_or_too_large_is_left_out(office: Office, business: UUID, pdf: bytes | None) -> None:
    office.given_channel(business, "email")
    if pdf:
        office.files.files[PDF] = pdf
    office.end_job(business, REPORT)
    office.deliver()
    (path,) = office.mail.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert list(message.iter_attachments()) == []
    assert office.delivery["status"] == "sent"


class FailingMail:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, delivery_id: UUID, recipient: str, message: bytes) -> None:
        raise self.error


def test_mail_service_that_is_down_is_asked_again_and_one_that_refuses_is_not(office: Office, business: UUID) -> None:
    office.given_channel(business, "email")
    office.end_job(business)
    vars(office.workshop.runtime)["mail"] = FailingMail(DependencyDown("mail"))
    with pytest.raises(DeliveryDelayed):
        office.deliver()
    assert office.delivery["status"] == "pending"
    vars(office.workshop.runtime)["mail"] = FailingMail(MailRefused("Email address is not verified."))
    office.deliver()
    assert office.delivery["status"] == "failed"
    assert "not verified" in office.delivery["last_error"]


def test_mistake_of_ours_is_tried_again_and_says_nothing_inside(office: Office, business: UUID) -> None:
    office.given_channel(business, "email")
    office.end_job(business)
    vars(office.workshop.runtime)["mail"] = FailingMail(KeyError("secret"))
    with pytest.raises(DeliveryDelayed):
        office.deliver()
    assert office.delivery["last_error"] == "KeyError"


def test_channel_that_was_switched_off_or_removed_is_told_nothing(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    office.workshop.execute("UPDATE notification_channels SET active = false")
    office.deliver()
    assert office.delivery["status"] == "failed"
    office.workshop.execute("DELETE FROM notification_channels")
    office.deliver()
    assert office.receiver.received == []


def test_message_of_another_business_reaches_nothing(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    other = office.workshop.factory.insert_business()
    office.deliver(json.dumps({"delivery_id": str(office.delivery["id"]), "business_id": str(other)}))
    assert (office.receiver.received, office.delivery["status"]) == ([], "pending")


def test_nothing_is_begun_without_time_for_it(office: Office, business: UUID) -> None:
    office.given_channel(business)
    office.end_job(business)
    with pytest.raises(DeliveryDelayed):
        service.deliver(office.workshop.runtime, office.message, Deadline.after(service.LEAST_SECONDS - 1))
    assert office.delivery["attempts"] == 0


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"delivery_id": 3, "business_id": null}', '{"delivery_id": "x"}', "null"]
)
def test_message_that_names_no_delivery_fails_alone(office: Office, business: UUID, body: str) -> None:
    office.given_channel(business)
    office.end_job(business)
    event = sqs_event([body, *office.messages, json.dumps({"delivery_id": str(uuid4()), "business_id": str(business)})])
    failures: list[dict[str, Any]] = handler(event, context())["batchItemFailures"]
    assert [failure["itemIdentifier"] for failure in failures] == [event["Records"][0]["messageId"]]
    assert office.delivery["status"] == "sent"
