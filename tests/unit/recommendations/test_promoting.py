"""What speaks for a product, and what a query asks."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.recommendations import misses, promoting
from cafe_ai.recommendations.choosing import daypart_of, falling
from cafe_ai.recommendations.model import Candidate, Daytime, Item, Sales
from cafe_ai.recommendations.promoting import score_all, varied
from cafe_ai.recommendations.reading import find_product, read
from cafe_ai.recommendations.services_sold import is_goods
from tests.unit.recommendations.choices import NOW, candidate, product, sold

amounts = st.decimals(-1000, 100_000, places=3)
candidates = st.builds(
    lambda units, before, season, preseason, stock, cost, price: candidate(
        "Té", Sales(units, before, season, preseason, max(Decimal(0), units), Decimal(1), 1), stock=stock, cost=cost, price=price
    ),
    amounts, amounts, amounts, amounts, st.none() | amounts, st.none() | st.decimals(0, 50), st.none() | st.decimals(0, 50),
)  # fmt: skip


def scores(*given: Candidate, sees_money: bool = True) -> dict[str, float]:
    return {one.candidate.product.name: one.score for one in score_all(given, {}, {}, sees_money=sees_money)}


@given(st.lists(candidates, max_size=6), st.booleans())
def test_scores_and_parts_lie_between_nothing_and_all_and_fall(given: list[Candidate], sees_money: bool) -> None:
    ranked = score_all(given, {one.product.id: Daytime(6, 50, 8, 100) for one in given}, {}, sees_money=sees_money)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    for one in ranked:
        assert 0 <= one.score <= 1
        assert all(0 <= part <= 1 for part in one.parts.values())


def test_more_asked_for_better_paid_and_overstocked_come_first() -> None:
    wanted, idle = candidate("a", sold(100), stock=None), candidate("b", sold(10), stock=None)
    assert (found := scores(wanted, idle))["a"] > found["b"]
    dear = candidate("a", sold(10), cost=Decimal("0.10"))
    assert (found := scores(dear, candidate("b", sold(10), cost=Decimal("1.60"))))["a"] > found["b"]
    full = candidate("a", sold(10), stock=Decimal(500))
    assert (found := scores(full, candidate("b", sold(10), stock=Decimal(7))))["a"] > found["b"]


def test_margins_do_not_move_the_order_for_who_may_not_see_them() -> None:
    dear, cheap = candidate("a", sold(10), cost=Decimal("0.10")), candidate("b", sold(10), cost=Decimal("1.60"))
    found = scores(dear, cheap, sees_money=False)
    assert found["a"] == found["b"]


def test_what_runs_out_counts_half() -> None:
    assert (found := scores(candidate("a", sold(280), stock=Decimal(5)), candidate("b", sold(280), stock=None)))[
        "a"
    ] < found["b"]


def test_few_units_are_no_trend() -> None:
    assert promoting.rise_part(Decimal(6), Decimal(1)) == 0
    assert promoting.rise_part(Decimal(60), Decimal(20)) > 0.5
    assert promoting.rise_part(Decimal(20), Decimal(60)) == 0


def test_no_category_fills_the_list_while_there_are_others() -> None:
    cakes = [candidate(f"cake {n}", sold(100 - n), category="Tartas") for n in range(6)]
    ranked = score_all([*cakes, candidate("té", sold(1), category="Tés")], {}, {}, sees_money=True)
    assert [one.candidate.product.category for one in varied(ranked, 4)].count("Tartas") == 3
    assert len(varied(ranked, 7)) == 7


@given(st.lists(st.floats(-1, 2), max_size=20))
def test_scores_of_items_fall(values: list[float]) -> None:
    told = [item.score for item in falling([Item(product("x"), value, ()) for value in values])]
    assert all(0 <= score <= 1 for score in told)
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_belongs_to_a_part_of_the_day(hour: int) -> None:
    expected = "night" if hour < 5 or hour >= 20 else "morning" if hour < 12 else "noon" if hour < 16 else "afternoon"
    assert daypart_of(NOW.replace(hour=hour)) == expected


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("¿Qué va bien con el café con leche?", "cafe con leche"),
        ("que combina con la tarta de queso", "tarta de queso"),
        ("productos que van con el cruasán", "cruasan"),
        ("¿Qué se compra junto con el té verde?", "te verde"),
        ("¿Con qué acompaño un café solo?", "cafe solo"),
        ("algo para acompañar al chocolate", "chocolate"),
        ("complementos para el zumo de naranja", "zumo de naranja"),
        ("what goes well with espresso?", "espresso"),
        ("What should I pair with the carrot cake", "carrot cake"),
        ("what is often bought together with my croissant?", "croissant"),
        ("goes with red wine", "red wine"),
        ("pairings for brie", "brie"),
    ],
)
def test_what_goes_with_a_product_is_understood(text: str, subject: str) -> None:
    asked = read(text)
    if asked.subject is None or asked.kind != "together":
        pytest.fail(f"{text}: {asked}")
    assert asked.subject == subject


@pytest.mark.parametrize(
    "text",
    [None, "productos para retail", "¿Qué debería promocionar hoy?", "what should I promote now", "recommend products"],
)
def test_what_to_promote_is_understood(text: str | None) -> None:
    assert read(text).kind == "promote"


@pytest.mark.parametrize(
    "text",
    [
        "tarta de queso",
        "café con leche",
        "algo dulce sin gluten",
        "vegan snacks",
        "pan con tomate",
        "🍰",
        "sandwich with ham",
    ],
)
def test_other_words_are_searched(text: str) -> None:
    assert read(text).kind == "search"


@given(st.text(max_size=5000))
def test_any_query_is_read(text: str) -> None:
    assert read(text).kind in ("promote", "search", "together")
    kept = misses.storable(text)
    assert kept is None or 0 < len(kept) <= 80


def test_products_are_found_by_what_is_said_of_them() -> None:
    names = [
        (uuid4(), name)
        for name in ("Café con leche", "Café", "Tarta de queso", "TARTA DE QUESO", "Zumo de naranja natural")
    ]

    def named(subject: str) -> str | None:
        found = find_product(subject, names)
        return found[1] if found else None

    assert named("cafe con leche grande") == "Café con leche"
    assert named("zumo de naranja") == "Zumo de naranja natural"
    assert named("neumáticos") is None
    assert named("") is None
    found = find_product("tarta de queso", names)
    assert found is not None
    assert len(found[0]) == 2


@pytest.mark.parametrize(
    "name", ["POSTAGE", "Manual", "Propina", "Gastos de envío", "Discount", "AMAZON FEE", "Bank Charges"]
)
def test_fees_are_no_goods(name: str) -> None:
    assert not is_goods(name)


@pytest.mark.parametrize(
    "name", ["Café", "Gift bag", "Tip-top lemonade", "Sample coffee", "Servicio de té de porcelana"]
)
def test_goods_are(name: str) -> None:
    assert is_goods(name)
