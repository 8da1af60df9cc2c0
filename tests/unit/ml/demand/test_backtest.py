"""The backtest of a file of sales."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from ml.models.demand.backtest import main
from ml.models.demand.evaluation import Sales, evaluate, origins
from ml.models.demand.reading import SalesFileError, read_sales


def _written(folder: Path, text: str) -> Path:
    path = folder / "sales.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_revenue_and_price_make_units(tmp_path: Path) -> None:
    sales = read_sales(
        _written(tmp_path, "unique_id,ds,y,unit_price\nA,2026-01-01,6,2\nA,2026-01-03,5,0\nB,2026-01-02,1,1\n")
    )
    assert sales.keys == ("A", "B")
    np.testing.assert_array_equal(sales.values, [[3, 0, 0], [0, 1, 0]])


def test_order_lines_are_added_up_by_day_and_returns_taken_off(tmp_path: Path) -> None:
    lines = (
        "order_id,ordered_at,product,quantity,unit_price\n"
        "1,2026-01-01T09:00:00,A,2,1\n2,2026-01-01T23:59:00,A,3,1\n3,2026-01-02,A,-4,1\n"
    )
    np.testing.assert_array_equal(read_sales(_written(tmp_path, lines)).values, [[5, 0]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("product,units\nA,1\n", "the day"),
        ("date,units\n2026-01-01,1\n", "the product"),
        ("date,product\n2026-01-01,A\n", "units"),
        ("ds,unique_id,y\n2026-01-01,A,1\n", "unit_price"),
        ("date,product,units\n01/02/2026,A,1\n", "Row 2, column date"),
        ("date,product,units\n2026-01-01,A,many\n", "Row 2, column units"),
        ("date,product,units\n2026-01-01,A,inf\n", "Row 2, column units"),
        ("date,product,units\n1026-01-01,A,1\n2026-01-01,A,1\n", "more than"),
        ("date,product,units\n", "no rows"),
        ("", "the day"),
    ],
)
def test_a_file_that_is_not_one_of_sales_is_refused_naming_the_column(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SalesFileError, match=said):
        read_sales(_written(tmp_path, text))


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main([str(_written(tmp_path, "date,product,units\n2026-01-01,A,1\n"))]) == 2
    assert "too few" in capsys.readouterr().err


def test_the_command_shows_methods_beside_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = np.random.default_rng(1)
    rows = [
        f"{date(2026, 1, 1) + timedelta(days=n)},p{product},{chance.poisson(5 + 10 * (n % 7 == 2))}"
        for n in range(120)
        for product in range(4)
    ]
    path = _written(tmp_path, "\n".join(["date,product,units", *rows]))
    assert main([str(path), "--origins", "1", "--days", "14"]) == 0
    told = capsys.readouterr().out
    assert "seasonal_naive" in told and "demand (chosen per shop)" in told and "RMSSE" in told


def test_a_perfect_forecast_has_no_error_and_the_scales_are_those_of_the_definition() -> None:
    values = np.array([[1.0, 3.0, 0.0, 2.0] * 50])
    sales = Sales(date(2026, 1, 1), ("a",), values)
    (origin,) = origins(sales, 1, 28, None)
    scores = evaluate(sales, [origin], {"perfect": lambda o: o.actual.copy(), "one more": lambda o: o.actual + 1})
    assert scores["perfect"].rmsse() == 0 and scores["perfect"].bias_percent == 0
    past = values[0, :172]
    assert scores["one more"].rmsse() == pytest.approx(1 / np.sqrt(np.mean(np.diff(past) ** 2)))
    assert scores["one more"].mase() == pytest.approx(1 / np.mean(np.abs(past[7:] - past[:-7])))


def test_series_that_are_new_or_no_longer_sold_do_not_count() -> None:
    values = np.ones((3, 200))
    values[1, :100] = 0
    values[2, 130:] = 0
    (origin,) = origins(Sales(date(2026, 1, 1), ("a", "new", "gone"), values), 1, 28, None)
    assert origin.counts == [True, False, False]
