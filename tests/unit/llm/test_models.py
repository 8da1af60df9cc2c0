"""Prices, retired names, and models we do not know."""

from __future__ import annotations

import json
import logging
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest

from cafe_ai.llm import models
from cafe_ai.llm.models import Price, base_of, find_model, find_training_price

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _forget_warnings() -> None:
    models._warn_once.cache_clear()


def test_cost_is_exact_at_list_prices() -> None:
    price = find_model("gpt-6-luna", TODAY).price
    assert price is not None

    cost = price.cost(prompt_tokens=1_000_003, cached_tokens=3, completion_tokens=7)

    assert cost == Decimal("0.10") + 3 * Decimal("0.00000001") + 7 * Decimal("0.0000005")
    assert str(cost) == "0.10000353"


def test_default_model_takes_no_reasoning_and_max_completion_tokens() -> None:
    model = find_model("gpt-6-luna", TODAY)

    assert (model.reasoning_effort, model.limit) == ("none", "max_completion_tokens")


def test_retired_model_is_replaced_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = [find_model("gpt-3.5-turbo", TODAY) for _ in range(3)]

    assert {model.name for model in found} == {"gpt-6-luna"}
    assert found[0] == find_model("gpt-6-luna", TODAY)
    assert [record.message for record in caplog.records] == [
        "The model gpt-3.5-turbo was shut down on 2026-10-23: gpt-6-luna is used instead. "
        "Set LLM_MODEL to a current model."
    ]


def test_model_that_is_still_served_is_used_until_its_last_day(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert find_model("gpt-4o-mini", date(2027, 1, 13)).name == "gpt-4o-mini"
        assert not caplog.records
        assert find_model("gpt-4o-mini", date(2027, 1, 14)).name == "gpt-6-luna"
    assert len(caplog.records) == 1


def test_unknown_model_has_no_price_and_standard_parameters(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = find_model("qwen-local", TODAY)

    assert (model.name, model.price, model.limit, model.reasoning_effort) == ("qwen-local", None, "max_tokens", None)
    assert "qwen-local" in caplog.text


def test_every_successor_is_known_and_not_retired_itself() -> None:
    catalogue = json.loads(resources.files("cafe_ai.llm").joinpath("prices.json").read_text(encoding="utf-8"))

    for retired in catalogue["retired"].values():
        date.fromisoformat(retired["shut_down"])
        assert retired["successor"] in catalogue["models"]
        assert retired["successor"] not in catalogue["retired"]


def test_every_known_model_has_sensible_prices() -> None:
    catalogue = json.loads(resources.files("cafe_ai.llm").joinpath("prices.json").read_text(encoding="utf-8"))

    for name in catalogue["models"]:
        price = find_model(name, TODAY).price
        assert price is not None
        assert 0 < price.cached_input < price.input < price.output


def test_a_fine_tuned_model_costs_what_its_bases_fine_tuned_models_do() -> None:
    tuned = find_model("ft:gpt-4.1-mini-2025-04-14:cafe::9x8y", date(2026, 11, 25))
    assert tuned.name == "ft:gpt-4.1-mini-2025-04-14:cafe::9x8y"
    assert tuned.price == Price(Decimal("0.80"), Decimal("0.20"), Decimal("3.20"))
    assert tuned.limit == "max_completion_tokens"
    assert base_of(tuned.name) == "gpt-4.1-mini"


def test_a_fine_tuned_model_of_an_unknown_base_has_no_price() -> None:
    assert find_model("ft:some-model:cafe::1", date(2026, 11, 25)).price is None


def test_a_fine_tuned_model_is_shut_down_with_its_base() -> None:
    assert find_model("ft:gpt-4.1-mini-2025-04-14:cafe::9x8y", date(2027, 1, 14)).name == "gpt-6-luna"


def test_a_training_price_that_is_not_documented_is_not_known() -> None:
    assert find_training_price("gpt-4.1-mini-2025-04-14") is None
