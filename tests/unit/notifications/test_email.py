"""The e-mail of a job: whole, in the business's language, and with nothing in it that anyone could slip in."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest

from cafe_ai.errors import DeadlineExceeded, DependencyDown, InternalError
from cafe_ai.jobs.ending import FELL_SILENT
from cafe_ai.jobs.running import OUR_MISTAKE
from cafe_ai.notifications import wording
from cafe_ai.notifications.email import compose
from cafe_ai.notifications.model import Delivery, Event, Links, is_email_address
from cafe_ai.notifications.wording import METRICS, summary
from cafe_ai.reports.ending import DEPENDENCY_AWAY, TOOK_TOO_LONG
from cafe_ai.sales_analysis.schemas import AnalysisBody, FigureBody
from tests.support.notices import REPORT, given_delivery

SENDER = "Café AI <avisos@cafe.example>"
NOW = datetime(2026, 11, 2, 6, 1, tzinfo=UTC)
LINKS = Links(
    {"html": "https://files.example/report.html?a=1&b=2", "pdf": "https://files.example/report.pdf"},
    datetime(2026, 11, 2, 12, 1, tzinfo=UTC),
)
SPACE = "\u00a0"


def read(delivery: Delivery, links: Links | None = LINKS, pdf: bytes | None = b"%PDF-1.7") -> EmailMessage:
    message = message_from_bytes(compose(delivery, SENDER, NOW, links, pdf), policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def test_report_is_told_in_spanish_with_its_figures_and_its_pdf() -> None:
    message = read(given_delivery())
    assert str(message["Subject"]) == "Tu informe de ventas está listo: octubre de 2026 · Café Central"
    assert str(message["From"]) == SENDER
    assert str(message["To"]) == "ana@example.com"
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert f"12.345,67{SPACE}€" in text
        assert f"+15,2{SPACE}%" in text
        assert f"-2,4{SPACE}%" in text
        assert "un 15,2 % más que en septiembre. El ticket medio bajó." in text
        assert "Los lunes flojean." in text
        assert "Y otra más." not in text
        assert "Margen" not in text
        assert "hasta el 2 de noviembre a las 13:01" in text
        assert "va adjunto" in text
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "informe-ventas-2026-10.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == b"%PDF-1.7"


def test_long_summary_is_cut_at_the_end_of_a_sentence() -> None:
    result = {"summary": "Una frase corta. " + "Otra frase que ya no cabe aquí. " * 40 + "x" * 900}
    told = summary(given_delivery(result=result))
    assert told.endswith("no cabe aquí.")
    assert 700 < len(told) < 800
    assert summary(given_delivery(result={"summary": "x" * 900})) == ""


def test_figures_are_found_in_what_a_report_really_answers() -> None:
    """Names on the wire are another module's: were one renamed, the e-mail would lose the figure without a word."""
    assert set(METRICS) <= set(AnalysisBody.model_fields)
    assert {"value", "change_percent", "unit"} <= set(FigureBody.model_fields)
    assert "period" in AnalysisBody.model_fields


def test_report_is_told_in_english() -> None:
    message = read(given_delivery(locale="en", currency="GBP", business_name="Corner Shop"))
    assert str(message["Subject"]) == "Your sales report is ready: October 2026 · Corner Shop"
    text = text_of(message)
    assert "£12,345.67" in text
    assert "+15.2%" in text
    assert "until 2 November, 13:01" in text
    assert str(message["Content-Language"]) == "en"


def test_what_a_receiver_tells_duplicates_by_is_in_the_headers() -> None:
    delivery = given_delivery()
    message = read(delivery)
    assert str(message["Message-ID"]) == f"<{delivery.id}@cafe.example>"
    assert str(message["X-Cafe-AI-Delivery"]) == str(delivery.id)
    assert str(message["Auto-Submitted"]) == "auto-generated"


def test_failure_is_told_with_its_reason_and_what_to_do() -> None:
    delivery = given_delivery(event=Event.FAILED, result=None, reason="No hay ventas en octubre\nde 2026.")
    message = read(delivery, None, None)
    assert str(message["Subject"]) == "No hemos podido hacer tu informe de ventas · Café Central"
    text = text_of(message)
    assert "El motivo: el servicio ha respondido «No hay ventas en octubre de 2026»." in text
    assert str(delivery.job_id) in text
    assert "adjunto" not in text
    silent = read(given_delivery(event=Event.FAILED, result=None, reason=None), None, None)
    assert "varias veces" in text_of(silent)


@pytest.mark.parametrize(
    "cause",
    [
        OUR_MISTAKE,
        FELL_SILENT,
        TOOK_TOO_LONG,
        DEPENDENCY_AWAY,
        DependencyDown("db").detail,
        DeadlineExceeded().detail,
        InternalError().detail,
    ],
)
def test_reasons_that_jobs_have_are_told_in_plain_words(cause: str) -> None:
    for reason, es, en in (
        (cause, "El motivo: ", "The reason: "),
        (f"gave up after 5 attempts: {cause}", "Lo hemos intentado 5 veces: ", "We tried 5 times: "),
    ):
        for locale, beginning in (("es", es), ("en", en)):
            failed = given_delivery(event=Event.FAILED, result=None, reason=reason, locale=locale)
            told = wording.reason(failed)
            assert told.startswith(beginning)
            assert cause not in told


@pytest.mark.parametrize("kind", ["analyze_customer_behavior", "generate_inventory_forecast", "something_new"])
@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_kind_of_job_has_its_words(kind: str, event: Event, locale: str) -> None:
    message = read(given_delivery(job_kind=kind, event=event, locale=locale, result={"rows": 3}), None, None)
    assert len(text_of(message)) > 100
    assert "Café Central" in text_of(message, "html")


def test_links_without_the_pdf_say_how_to_get_new_ones() -> None:
    text = text_of(read(given_delivery(), LINKS, None))
    assert "va adjunto" not in text
    assert "pide unos nuevos en la aplicación." in text
    assert "https://files.example/report.html?a=1&b=2" in text


@pytest.mark.parametrize(
    "name",
    [
        "Bar\r\nBcc: eve@example.com", "Bar\nX: y", "Bar\rX: y", "Bar\u2028X: y", "Bar\x0b\x0cX: y", "Bar\x85X: y",
        "\u202eRab", "Bar\x00",
        "x" * 5000, "=?utf-8?q?Bcc:_x?=", "Á" * 200,
    ],
)  # fmt: skip
def test_business_name_adds_no_header(name: str) -> None:
    raw = compose(given_delivery(business_name=name), SENDER, NOW, LINKS, b"%PDF")
    names = [header.lower() for header, _ in message_from_bytes(raw, policy=SMTP).items()]
    assert sorted(names) == sorted(
        [
            "from", "to", "subject", "date", "message-id", "x-cafe-ai-delivery", "auto-submitted", "content-language",
            "mime-version", "content-type",
        ]
    )  # fmt: skip
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def test_nothing_that_was_written_by_others_becomes_markup() -> None:
    name = '<script>alert(1)</script><img src=x onerror="x">'
    failed = given_delivery(business_name=name, event=Event.FAILED, result=None, reason=name)
    for delivery in (given_delivery(business_name=name, result={**REPORT, "insights": [name]}), failed):
        tags = Tags()
        tags.feed(text_of(read(delivery), "html"))
        assert tags.names.isdisjoint({"script", "img", "b"})
        assert tags.links in ([], list(LINKS.by_format.values()))


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"analysis": None},
        {"analysis": {"revenue": "x", "orders": {}, "period": {"from": "soon"}}},
        {"analysis": {"revenue": {"value": "NaN"}, "orders": None}, "insights": 3},
    ],
)
def test_result_of_another_shape_is_told_without_figures(result: dict[str, object]) -> None:
    assert "listo" in text_of(read(given_delivery(result=result), None, None))


@pytest.mark.parametrize(
    "address", ["a@b.co", "ana.maria+cafe@sub.example.com", "o'neil@example.org", f"{'a' * 64}@example.com"]
)
def test_plain_addresses_are_taken(address: str) -> None:
    assert is_email_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@b", "@example.com", "a@", "a b@example.com", "a@example.com\n", "a@example.com\r\nBcc: x@example.com",
        "Ana <a@example.com>", "a@example.com,b@example.com", '"a b"@example.com', "a..b@example.com", ".a@example.com",
        "a@-example.com", "a@example..com", "a@[127.0.0.1]", "a@127.0.0.1", "ñ@example.com", "a@café.example",
        f"{'a' * 65}@example.com", f"a@{'b.' * 130}com", "a@example.com;x", "a@b@example.com",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(address: str) -> None:
    assert not is_email_address(address)
