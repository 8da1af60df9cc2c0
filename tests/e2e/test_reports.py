"""The sales analysis at once, and as a report made in the background: with links that anyone who has them can follow."""

import csv
import io
import json
import urllib.request
from typing import Any

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def report(stack: Stack) -> dict[str, Any]:
    """The job of a month's report, completed."""
    params: dict[str, Any] = {"business_id": stack.state.business_id, "period": "monthly", "async_mode": "true"}
    response = stack.call("POST", "/sales-analysis", params=params)
    assert response.status_code == 202, response.text
    accepted = response.json()
    assert accepted["status"] == "pending"
    assert accepted["message"].startswith("Sales analysis is being generated. Use GET /api/v1/ai/jobs/")
    return jobs.await_completed(stack, accepted["job_id"])


def download(url: str) -> tuple[str, bytes]:
    """As a browser does it: the link alone, no token."""
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.headers["Content-Type"], response.read()


def test_an_analysis_is_made_at_once(stack: Stack) -> None:
    found = stack.read("POST", "/sales-analysis", params={"business_id": stack.state.business_id, "period": "monthly"})
    assert found.keys() >= {"business_id", "analysis", "insights", "recommendations", "conversation_id"}
    assert found["analysis"]
    assert found["insights"]


def test_the_report_says_what_the_analysis_says(stack: Stack, report: dict[str, Any]) -> None:
    found = stack.read("POST", "/sales-analysis", params={"business_id": stack.state.business_id, "period": "monthly"})
    assert report["progress"] == 100
    assert report["result"]["analysis"]["period"] == found["analysis"]["period"]
    assert report["result"]["insights"] == found["insights"]
    assert report["result"].keys() >= {"analysis", "insights", "recommendations", "links", "timestamp"}


def test_its_links_lead_to_html_pdf_csv_and_json(report: dict[str, Any]) -> None:
    links = report["result"]["links"]
    assert links.keys() == {"html", "pdf", "csv", "json"}
    kind, page = download(links["html"])
    assert kind.startswith("text/html")
    assert page.lstrip().lower().startswith(b"<!doctype html>")
    assert "Café Central" in page.decode()
    kind, paper = download(links["pdf"])
    assert kind == "application/pdf"
    assert paper.startswith(b"%PDF")
    kind, table = download(links["csv"])
    assert kind.startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))) > 10
    kind, data = download(links["json"])
    assert kind == "application/json"
    assert json.loads(data)


def test_a_link_that_was_changed_leads_nowhere(report: dict[str, Any]) -> None:
    url = report["result"]["links"]["json"]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        download(url.replace("/reports/", "/work/", 1))


def test_each_look_makes_new_links(stack: Stack, report: dict[str, Any]) -> None:
    again = jobs.look(stack, report["job_id"])
    assert again["result"]["links_expire_at"] >= report["result"]["links_expire_at"]


def test_one_command_makes_a_report_and_prints_its_links(stack: Stack) -> None:
    printed = run_stack(stack.layout, "report", "--period", "weekly", "--locale", "en", module="infra.local.cli")
    links = dict(line.split() for line in printed.splitlines() if "http" in line)
    assert links.keys() == {"html", "pdf", "csv", "json"}
    assert download(links["pdf"])[1].startswith(b"%PDF")
    assert 'lang="en"' in download(links["html"])[1].decode()
