"""Reviews of a shop of one's own: brought by `cafe-ai import-reviews`, read by a job through API Gateway."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ORDERS = "order_id,ordered_at,product,quantity,unit_price\n1,2026-11-02 10:00,Tarta de queso,1,4.50\n"
GOOD = (
    "La tarta de queso está buenísima y el trato es encantador.",
    "Great coffee and very friendly staff, we will come back!",
    "No puedo decir nada malo: todo riquísimo y a buen precio.",
)
BAD = (
    "El café estaba frío y tardaron media hora en atendernos. No volveré.",
    "Terrible service, the waiter was rude and the cake was stale.",
    "Carísimo para lo que es, y la mesa estaba sucia.",
)


@pytest.fixture(scope="module")
def shop(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A business of its own with six reviews."""
    folder: Path = tmp_path_factory.mktemp("reviews")
    orders, reviews = folder / "orders.csv", folder / "reviews.csv"
    orders.write_text(ORDERS, encoding="utf-8")
    rows = [
        f'"{text}",{rating},2026-11-0{day}'
        for rating, texts in ((5, GOOD), (1, BAD))
        for day, text in enumerate(texts, 3)
    ]
    reviews.write_text("\n".join(("text,rating,date", *rows, "")), encoding="utf-8")
    options = ("--name", "Reseñas", "--timezone", "Europe/Madrid", "--currency", "EUR", "--locale", "es")
    found = UUID.search(run_stack(stack.layout, "import", *options, str(orders), module="infra.local.cli"))
    assert found
    run_stack(stack.layout, "import-reviews", "--business", found[0], str(reviews), module="infra.local.cli")
    return found[0]


def read_reviews(stack: Stack, shop: str) -> dict[str, Any]:
    """What the job says of the shop's reviews, as its owner sees it."""
    token = run_stack(stack.layout, "token", "--business", shop, module="infra.local.cli").strip()
    body = {"business_id": shop, "kind": "analyze_reviews", "params": {}}
    accepted = stack.call("POST", "/jobs", json=body, token=token)
    assert accepted.status_code == 202, accepted.text
    job_id = accepted.json()["job_id"]
    jobs.await_that(lambda: jobs.has_ended(stack, job_id), "the job does not end")
    job = stack.read("GET", f"/jobs/{job_id}", token=token)
    assert (job["status"], job["error"]) == ("completed", None), job
    result: dict[str, Any] = job["result"]
    return result


def test_each_review_is_read_once_and_told_by_what_it_says(stack: Stack, shop: str) -> None:
    first = read_reviews(stack, shop)
    assert (first["reviews"], first["left_to_read"]) == (6, 0)  # some were read as they came
    counts = {label: told["reviews"] for label, told in first["labels"].items()}
    assert sum(counts.values()) == 6
    assert counts["positive"] >= 2 <= counts["negative"]
    assert first["summary"]
    quoted = {quote["text"] for theme in first["themes"] for quote in theme["quotes"]}
    assert all(any(quote.strip("… ") in text for text in GOOD + BAD) for quote in quoted)
    again = read_reviews(stack, shop)
    assert (again["reviews"], again["read_now"]) == (6, 0)
    assert again["labels"] == first["labels"]
