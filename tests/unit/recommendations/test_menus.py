"""The curated menus and the seasons of their products."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from cafe_ai.recommendations import menus
from cafe_ai.recommendations.seasons import easter, is_near, is_southern
from cafe_ai.recommendations.suggestion_wording import explain
from cafe_ai.recommendations.suggestions import Suggestions, choose

NOVEMBER, JULY = date(2026, 11, 25), date(2026, 7, 10)


def suggested(
    kind: str = "cafeteria", day: date = NOVEMBER, timezone: str = "Europe/Madrid", **asked: object
) -> Suggestions:
    menu = asked.get("menu", [])
    missed = asked.get("missed", [])
    return choose(uuid4(), menus.kind_of(kind), menu, missed, day, timezone)  # type: ignore[arg-type]


def keys(chosen: Suggestions) -> list[str]:
    return [item.entry.key for item in chosen.items]


@pytest.mark.parametrize("kind", menus.kinds(), ids=lambda kind: kind.key)
def test_each_kind_has_a_menu(kind: menus.Kind) -> None:
    assert len(kind.entries) >= 25
    assert len({entry.key for entry in kind.entries}) == len(kind.entries)
    for entry in kind.entries:
        assert menus.category(entry.category).words


def test_there_are_kinds_enough_and_no_product_is_forgotten() -> None:
    assert len(menus.kinds()) >= 11
    used = {entry.key for kind in menus.kinds() for entry in kind.entries}
    assert {entry.key for entry in menus.entries()} == used


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("cafeteria", "cafeteria"), ("Cafetería", "cafeteria"), ("coffee shop", "cafeteria"), ("coffee_shop", "cafeteria"),
        ("cafe", "cafeteria"), ("Café & brunch", "cafeteria"), ("panadería artesana", "bakery"), ("bakery", "bakery"),
        ("gift_shop", "gift_shop"), ("tienda de regalos", "gift_shop"), ("restaurante italiano", "restaurant"),
        ("heladería", "ice_cream_parlour"), ("librería", "bookshop"), ("farmacia", "pharmacy"), ("ropa", "clothing"),
        ("panadería y cafetería", "bakery"), ("shop", "shop"), ("astillero", "shop"), ("", "shop"), ("🍰", "shop"),
    ],
)  # fmt: skip
def test_kinds_go_by_many_names(said: str, key: str) -> None:
    assert menus.kind_of(said).key == key


def test_nothing_that_is_there_already_is_suggested() -> None:
    menu = [("Cruasán", "Bollería"), ("Frappé de café", "Cafés"), ("Zumo de naranja", "Zumos"), ("Latte", "Cafés")]
    for day in (NOVEMBER, JULY):
        assert {"croissant", "iced_coffee", "orange_juice", "latte"}.isdisjoint(keys(suggested(menu=menu, day=day)))


def test_whole_menu_leaves_nothing_to_suggest() -> None:
    menu = [(entry.names["es"], None) for entry in menus.kind_of("florist").entries]
    chosen = suggested("florist", menu=menu)
    assert chosen.items == ()
    assert "ya tiene lo que es habitual" in explain(chosen, "es")


def test_seasons_follow_the_hemisphere_and_feasts_do_not() -> None:
    assert is_near("summer", JULY, southern=False)
    assert not is_near("summer", JULY, southern=True)
    assert is_near("summer", date(2026, 1, 10), southern=True)
    assert is_near("christmas", date(2026, 12, 20), southern=True)
    assert is_southern("America/Argentina/Buenos_Aires")
    assert not is_southern("America/Mexico_City")


def test_feasts_are_offered_in_time_alone() -> None:
    assert "roscon" in {item.entry.key for item in suggested("bakery").items}
    assert "roscon" not in keys(suggested("bakery", JULY))
    for day in (NOVEMBER, JULY):
        assert all(
            item.entry.season in (None, "winter", "autumn", "summer", "christmas", "spring")
            for item in suggested(day=day).items
        )


def test_easter_is_where_the_tables_have_it() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2027)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)
    ]  # fmt: skip


def test_what_was_searched_in_vain_comes_first_also_from_other_menus() -> None:
    chosen = suggested(missed=[("horchata", 3), ("croquetas de jamón", 2)], day=NOVEMBER)
    assert keys(chosen)[:2] == ["horchata", "croquettes"]
    assert chosen.items[0].searches == 3
    assert "horchata" in explain(chosen, "es")


def test_what_no_menu_knows_is_told_as_it_was_searched_if_it_was_more_than_once() -> None:
    chosen = suggested(missed=[("anguila ahumada", 4), ("yogur griego de cabra azul", 1)])
    assert chosen.unknown == (("anguila ahumada", 4),)
    assert "«anguila ahumada» (4 veces)" in explain(chosen, "es")
    assert "“anguila ahumada” (4 times)" in explain(chosen, "en")


def test_what_was_searched_and_is_there_now_is_no_suggestion() -> None:
    chosen = suggested(
        missed=[("horchata", 3), ("anguila ahumada", 4)], menu=[("Horchata de chufa", None), ("Anguila ahumada", None)]
    )
    assert "horchata" not in keys(chosen)
    assert chosen.unknown == ()


def test_explanation_has_no_figures_but_of_searches() -> None:
    for kind in menus.kinds():
        for language in ("es", "en"):
            text = explain(suggested(kind.key), language)  # type: ignore[arg-type]
            assert not any(character.isdigit() for character in text.replace("Omega 3", "").replace("FPS 50", "")), text


def test_categories_are_varied() -> None:
    categories = [item.entry.category for item in suggested().items]
    assert max(categories.count(category) for category in categories) <= 3
