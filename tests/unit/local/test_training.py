"""What `cafe-ai train` prints."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.commands.training import lines

METHODS = {
    "lightgbm_blend": {"rmsse": 0.7012, "mase": 0.93, "mae": 1234.567, "bias_percent": -2.04},
    "seasonal_naive": {"rmsse": 0.95, "mase": None, "mae": 2.0, "bias_percent": None},
}
TOLD: dict[str, Any] = {
    "what": "trained",
    "reason": "Closer than the simple method: ...",
    "trained_until": "2026-05-30",
    "version": "2026053103000000001",
    "promoted": True,
    "in_use": "2026053103000000001",
    "backtest": {
        "method": "lightgbm_blend", "origins": 6, "methods": METHODS, "covered80": 0.803, "covered95": 0.951
    },
    "series": 5,
    "forecasts": 5,
}  # fmt: skip


def test_table_has_the_best_method_first_and_the_chosen_one_marked() -> None:
    assert list(lines(TOLD)) == [
        "Version 2026053103000000001, trained on 5 series up to 2026-05-30.",
        "",
        "Backtest, 6 origins:",
        "method             RMSSE    MASE       MAE     bias",
        "* lightgbm_blend   0.701   0.930  1,234.57   -2.0 %",
        "  seasonal_naive   0.950       -      2.00      - %",
        "Days within the intervals: 80.3 % of 80 %, 95.1 % of 95 %",
        "",
        "Put into use. Closer than the simple method: ...",
        "In use: 2026053103000000001. Forecasts stored: 5 series.",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"what": "no_sales", "reason": "There are no sales on record."}, "Nothing was trained. There are no sales"),
        ({"what": "short_history", "reason": "There are 30 days."}, "Nothing was trained. There are 30 days."),
        ({"what": "unchanged", "reason": "The data are the same."}, "Nothing new to learn. The data are the same."),
        ({"promoted": False, "in_use": None}, "Not put into use. Closer"),
        ({"promoted": False, "in_use": None}, "In use: no model; the simple method forecasts."),
        ({"backtest": {"method": "x", "origins": 0, "methods": {}}}, "No backtest: the history is too short."),
    ],
)
def test_what_happened_is_said(change: dict[str, Any], said: str) -> None:
    assert said in "\n".join(lines({**TOLD, **change}))
