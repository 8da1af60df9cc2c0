"""Numbers and moments, as shops write them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.intake.fields import MomentReader, NumberReader, read_name, read_optional_name
from cafe_ai.intake.model import Clock, FileRefused, RowRejected

MADRID = Clock("Europe/Madrid", time(0, 0))
FIRST, LAST = datetime(1970, 1, 1), datetime(2037, 12, 31)  # noqa: DTZ001  # on the shop's clock


def amounts(places: int = 4) -> st.SearchStrategy[Decimal]:
    """Amounts that fit numeric(14, 4), with so many decimals."""
    most = 10 ** (10 + places) - 1
    return st.integers(-most, most).map(lambda number: Decimal(number).scaleb(-places))


@given(amounts())
def test_a_number_with_a_decimal_point_is_read_exactly(amount: Decimal) -> None:
    assert Decimal(NumberReader().read(f"{amount:f}", "unit_price", 4)) == amount


@given(amounts())
def test_a_number_with_a_decimal_comma_is_read_exactly(amount: Decimal) -> None:
    assert Decimal(NumberReader("comma").read(f"{amount:f}".replace(".", ","), "unit_price", 4)) == amount


@given(amounts(2))
def test_grouped_thousands_are_read_in_both_conventions(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    assert Decimal(NumberReader().read(english, "unit_price", 4)) == amount
    assert Decimal(NumberReader().read(spanish, "unit_price", 4)) == amount


@given(st.decimals(0, 10_000, places=9))
def test_more_decimals_than_are_kept_are_rounded_half_up_and_told_of(amount: Decimal) -> None:
    reader = NumberReader()
    read = Decimal(reader.read(f"{amount:f}", "unit_price", 4))
    assert read == amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    assert (reader.rounded is None) == (read == amount)


@given(st.text(max_size=30))
def test_any_text_is_read_as_a_number_that_fits_or_rejected(text: str) -> None:
    try:
        read = Decimal(NumberReader().read(text, "quantity", 3))
    except RowRejected:
        return
    assert read.is_finite()
    assert abs(read) < 10**11
    assert read.as_tuple().exponent >= -3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        ("12,5", "12.5"),
        ("1234,567", "1234.567"),
        ("1.234", "1.234"),
        (" 7 ", "7"),
        ("+3", "3"),
        ("-2", "-2"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1e-05", "0"),
        ("-0.00", "0"),
    ],
)
def test_what_is_unambiguous_is_understood(text: str, value: str) -> None:
    assert Decimal(NumberReader().read(text, "quantity", 3)) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "  ", "abc", "NaN", "Infinity", "-inf", "1 234", "1,2,3", "12.5.1", "£5", "٣", "0x1F"]
)
def test_what_is_no_number_is_rejected(text: str) -> None:
    with pytest.raises(RowRejected, match=r"quantity is (empty|no number)"):
        NumberReader().read(text, "quantity", 3)


def test_a_lone_comma_before_three_digits_is_ambiguous_unless_the_mark_is_given() -> None:
    with pytest.raises(RowRejected, match="ambiguous"):
        NumberReader().read("1,234", "quantity", 3)
    assert NumberReader("comma").read("1,234", "quantity", 3) == "1.234"
    assert NumberReader("point").read("1,234", "quantity", 3) == "1234"


def test_a_file_that_mixes_decimal_commas_with_points_before_three_digits_is_refused() -> None:
    reader = NumberReader()
    reader.read("1.234", "unit_price", 4)
    reader.refuse_mixed_marks()
    reader.read("2,50", "unit_price", 4)
    with pytest.raises(FileRefused, match=r"2,50.*1\.234.*--decimal-mark"):
        reader.refuse_mixed_marks()
    assert NumberReader("comma").read("1.234", "unit_price", 4) == "1234"


@pytest.mark.parametrize("text", ["10000000000", "1e11", "9999999999.99995", "9" * 60])
def test_what_does_not_fit_the_database_is_rejected(text: str) -> None:
    with pytest.raises(RowRejected, match="unit_price is too large"):
        NumberReader().read(text, "unit_price", 4)


def test_a_price_is_not_negative() -> None:
    with pytest.raises(RowRejected, match="unit_price is negative"):
        NumberReader().read_not_negative("-0.01", "unit_price", 4)


@given(st.datetimes(FIRST, LAST))
def test_a_local_time_is_the_shops(moment: datetime) -> None:
    read = datetime.fromisoformat(MomentReader(MADRID).read(moment.isoformat(), "ordered_at"))
    assert read == moment.replace(tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)


@given(st.datetimes(FIRST, LAST), st.integers(-14 * 60, 14 * 60))
def test_a_time_with_an_offset_is_converted(moment: datetime, minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    sign = "-" if minutes < 0 else "+"
    text = f"{moment.isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert datetime.fromisoformat(MomentReader(MADRID).read(text, "ordered_at")) == (moment - offset).replace(
        tzinfo=UTC
    )


def test_a_time_that_came_twice_is_the_first() -> None:
    assert MomentReader(MADRID).read("2026-10-25T02:30:00", "ordered_at") == "2026-10-25T00:30:00+00:00"


def test_a_time_that_never_came_is_an_hour_later() -> None:
    assert MomentReader(MADRID).read("2026-03-29T02:30:00", "ordered_at") == "2026-03-29T01:30:00+00:00"  # 03:30 there


def test_a_date_alone_starts_that_business_day() -> None:
    closing_at_two = Clock("Europe/Madrid", time(2, 0))
    assert MomentReader(closing_at_two).read("2026-11-15", "ordered_at") == "2026-11-15T01:00:00+00:00"  # 02:00 there


@pytest.mark.parametrize(
    "text", ["", "yesterday", "15/11/2026", "2026-13-01", "2026-11-15T25:00", "0001-01-01T00:00:00"]
)
def test_what_is_no_iso_moment_is_rejected(text: str) -> None:
    with pytest.raises(RowRejected, match="ordered_at"):
        MomentReader(MADRID).read(text, "ordered_at")


def test_names_are_trimmed_and_bounded() -> None:
    assert read_name("  Café  solo ", "product") == "Café  solo"
    assert read_optional_name("   ", "store") is None
    with pytest.raises(RowRejected, match="product is empty"):
        read_name("  ", "product")
    with pytest.raises(RowRejected, match="store is longer than 200 characters"):
        read_optional_name("x" * 201, "store")
