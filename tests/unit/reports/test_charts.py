"""Charts keep everything they draw inside their drawing, whatever the figures, and their axes hold the data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.reports.charts import svg
from cafe_ai.reports.charts.columns import Column, Columns, draw_columns
from cafe_ai.reports.charts.frame import KeyEntry, apart, label_box
from cafe_ai.reports.charts.letters import fit, text_width
from cafe_ai.reports.charts.marks import Area, Bar, Dot, Drawing, Hover, Label, Line, Mark, Point, Rule, Size
from cafe_ai.reports.charts.ranking import Ranked, Ranking, draw_ranking
from cafe_ai.reports.charts.scales import Scale, ticks
from cafe_ai.reports.charts.time_series import Moment, TimeSeries, draw_time_series
from cafe_ai.reports.charts.waterfall import Step, Waterfall, draw_waterfall
from cafe_ai.reports.voice import Voice
from cafe_ai.reports.wording import words_of

SIZES = (Size(720, 13), Size(340, 12.5), Size(499, 8.4), Size(238, 8.4))
VOICE = Voice("es", "EUR", words_of("es"))

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
names = st.text(max_size=60)
sizes = st.sampled_from(SIZES)


def points_of(mark: Mark) -> Iterator[Point]:
    """The places a mark is drawn at, a label's own extent left out."""
    match mark:
        case Rule():
            yield from (mark.start, mark.end)
        case Line() | Area():
            yield from mark.points
        case Bar() | Hover():
            assert mark.width >= 0
            assert mark.height >= 0
            yield from ((mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height))
        case Dot() | Label():
            yield (mark.x, mark.y)


def assert_inside(drawing: Drawing) -> None:
    """Every mark lies within the drawing (a hair's breadth aside)."""
    assert drawing.marks
    for mark in drawing.marks:
        for x, y in points_of(mark):
            assert isfinite(x)
            assert isfinite(y)
            assert -1 <= x <= drawing.width + 1, mark
            assert -1 <= y <= drawing.height + 1, mark
        if isinstance(mark, Label):
            box = label_box(mark)
            assert box.left >= -1, mark
            assert box.right <= drawing.width + 1, mark


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    value = draw(st.none() | amounts)
    low, expected, high = sorted(draw(st.tuples(amounts, amounts, amounts)))
    known = draw(st.booleans())
    return Moment(
        value, draw(st.sampled_from(("", "2 nov", "lun 2"))), "tip", expected if known else None, low if known else None,
        high if known else None, draw(st.sampled_from(("", "2 nov: +12 €"))),
    )  # fmt: skip


@given(st.lists(moments(), min_size=1, max_size=70), st.none() | amounts, sizes)
def test_a_series_of_any_figures_is_drawn_inside(series: list[Moment], reference: Decimal | None, size: Size) -> None:
    key = (KeyEntry("line", "accent", "Ventas netas"), KeyEntry("band", "band", "Lo normal"))
    assert_inside(draw_time_series(TimeSeries("t", "d", tuple(series), VOICE.money_axis, key, reference), size))


@given(st.lists(st.tuples(names, amounts, st.none() | amounts, names), min_size=1, max_size=12), sizes, st.booleans())
def test_bars_of_any_figures_and_names_are_drawn_inside(
    rows: list[tuple[str, Decimal, Decimal | None, str]], size: Size, signed: bool
) -> None:
    bars = tuple(Ranked(name, value, VOICE.money(value), before, aside[:20]) for name, value, before, aside in rows)
    assert_inside(draw_ranking(Ranking("t", "d", bars, signed=signed), size))


@given(st.lists(amounts, min_size=1, max_size=24), sizes)
def test_columns_of_any_figures_are_drawn_inside(values: list[Decimal], size: Size) -> None:
    columns = tuple(Column(f"{number:02d}", value, "tip") for number, value in enumerate(values))
    assert_inside(draw_columns(Columns("t", "d", columns, VOICE.money_axis), size))


@given(amounts, st.lists(st.tuples(names, amounts), max_size=6), sizes)
def test_a_change_of_any_parts_is_drawn_inside(start: Decimal, parts: list[tuple[str, Decimal]], size: Size) -> None:
    steps = tuple(Step(name, amount, VOICE.money(amount, signed=True)) for name, amount in parts)
    end = start + sum((step.amount for step in steps), Decimal(0))
    chart = Waterfall("t", "d", Step("Antes", start, VOICE.money(start)), steps, Step("Ahora", end, VOICE.money(end)))
    assert chart.levels[-1] == end
    assert_inside(draw_waterfall(chart, size))


@given(amounts, amounts, st.booleans())
def test_ticks_are_round_evenly_apart_and_hold_the_data(one: Decimal, other: Decimal, whole: bool) -> None:
    low, high = min(one, other), max(one, other)
    marked = ticks(low, high, whole=whole)
    steps = {later - earlier for earlier, later in pairwise(marked)}
    assert marked[0] <= low <= high <= marked[-1]
    assert 2 <= len(marked) <= 9
    (step,) = steps
    assert step.normalize().as_tuple().digits in ((1,), (2,), (5,))
    assert not whole or step >= 1


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        ("2913", [0, 1000, 2000, 3000]),
        ("2475", [0, 500, 1000, 1500, 2000, 2500]),
        ("198.75", [0, 50, 100, 150, 200]),
        ("0", [0, 1]),
    ],
)
def test_ticks_leave_little_empty(high: str, expected: list[int]) -> None:
    assert list(ticks(Decimal(0), Decimal(high))) == expected


def test_a_scale_maps_its_ends_and_keeps_what_lies_outside_at_them() -> None:
    scale = Scale(Decimal(0), Decimal(200), 100.0, 0.0)
    assert [scale(Decimal(value)) for value in (0, 50, 200, 400, -5)] == [100.0, 75.0, 0.0, 0.0, 100.0]


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 200), names), max_size=30))
def test_labels_that_are_kept_do_not_cover_each_other(places: list[tuple[float, float, str]]) -> None:
    kept = [label_box(label) for label in apart(Label(x, y, text, 12) for x, y, text in places)]
    assert not any(box.meets(other) for number, box in enumerate(kept) for other in kept[:number])


@given(names, st.floats(20, 300))
def test_a_name_that_is_cut_fits(name: str, width: float) -> None:
    assert text_width(fit(name, 12, width), 12) <= width


def test_weeks_of_a_year_keep_their_labels_apart() -> None:
    """A label for every week is too many: evenly fewer are shown."""
    series = TimeSeries(
        "t", "", tuple(Moment(Decimal(number), f"{number} nov", "") for number in range(53)), VOICE.money_axis
    )
    drawing = draw_time_series(series, SIZES[1])
    shown = [label_box(mark) for mark in drawing.marks if isinstance(mark, Label) and mark.text.endswith("nov")]
    assert 3 <= len(shown) < 53
    assert not any(box.meets(other) for number, box in enumerate(shown) for other in shown[:number])


def test_a_running_day_is_drawn_faint() -> None:
    days = [Moment(Decimal(100 + number), "", "") for number in range(20)]
    running = Moment(Decimal(30), "", "", running=True)
    series = TimeSeries("t", "", (*days, running), VOICE.money_axis)
    *before, last = [mark for mark in draw_time_series(series, SIZES[0]).marks if isinstance(mark, Line)]
    assert [(mark.ink, mark.dashed) for mark in before] == [("faint", True)]
    assert (last.ink, len(last.points)) == ("accent", 20)


def test_a_small_change_is_not_drawn_beside_totals_that_would_hide_it() -> None:
    start, end = Step("Antes", Decimal(10_000), "10.000 €"), Step("Ahora", Decimal(10_100), "10.100 €")
    chart = Waterfall("t", "", start, (Step("Precios", Decimal(100), "+100 €"),), end)
    assert not chart.from_zero
    widths = {mark.tip: mark.width for mark in draw_waterfall(chart, SIZES[0]).marks if isinstance(mark, Bar)}
    assert widths["Precios: +100 €"] > 100
    assert widths["Antes: 10.000 €"] <= 2


def test_bars_start_at_zero() -> None:
    columns = tuple(Column(str(value), Decimal(value), "") for value in (90, 100))
    short, tall = (
        mark
        for mark in draw_columns(Columns("t", "", columns, VOICE.money_axis), SIZES[0]).marks
        if isinstance(mark, Bar)
    )
    assert short.height / tall.height == pytest.approx(0.9)


def test_a_chart_is_named_and_described_for_who_cannot_see_it() -> None:
    drawing = Drawing(10, 10, (Label(0, 5, "a<b", 9),), "Ventas", "Sube & baja")
    written = svg.paint(drawing, "chart-1", "wide")
    assert '<title id="chart-1-title">Ventas</title><desc id="chart-1-description">Sube &amp; baja</desc>' in written
    assert 'aria-labelledby="chart-1-title"' in written
    assert "a&lt;b" in written
