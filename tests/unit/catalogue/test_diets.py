"""What a query asks to be without, and which products are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.catalogue.diet_words import vocabulary
from cafe_ai.catalogue.diets import Constraints, read_constraints, satisfies

NUTS = "nuts peanuts"


@pytest.mark.parametrize(
    ("query", "asked", "rest"),
    [
        ("tarta sin gluten", "gluten", "tarta"),
        ("gluten-free brownie", "gluten", "brownie"),
        ("glutenfree bread", "gluten", "bread"),
        ("pan sin glutén", "gluten", "pan"),
        ("galletas sin glutem", "gluten", "galletas"),
        ("hamburguesa para celíacos", "gluten", "hamburguesa"),
        ("apto para celiacos", "gluten", ""),
        ("a cake for a coeliac", "gluten", "a cake"),
        ("alfajores sin TACC", "gluten", "alfajores"),
        ("no wheat pasta", "gluten", "pasta"),
        ("pan sin huevo ni leche", "eggs milk", "pan"),
        ("sin gluten, lactosa ni frutos secos", f"gluten lactose {NUTS}", ""),
        ("galletas que no lleven huevo", "eggs", "galletas"),
        ("algo que no contenga lácteos", "milk", ""),
        ("no quiero nada con gluten", "gluten", ""),
        ("no puedo tomar leche", "milk", ""),
        ("libre de cacahuete", "peanuts", ""),
        ("soy alérgico a los frutos secos, ¿qué tarta me recomiendas?", NUTS, "¿qué tarta me recomiendas?"),
        ("mi hijo es alérgico al huevo y a la leche", "eggs milk", ""),
        ("tengo intolerancia a la lactosa", "lactose", ""),
        ("lactose intolerant", "lactose", ""),
        ("I have a nut allergy", NUTS, ""),
        ("allergic to shellfish", "crustaceans molluscs", ""),
        ("dairy, egg and nut free cake", f"milk eggs {NUTS}", "cake"),
        ("something free from soy", "soy", ""),
        ("cheese free from nuts", NUTS, "cheese"),
        ("queso allergic to shellfish", "crustaceans molluscs", "queso"),
        ("is there anything without dairy?", "milk", ""),
        ("nothing with nuts please", NUTS, ""),
        ("eggless sponge", "eggs", "sponge"),
        ("non-dairy ice cream", "milk", "ice cream"),
        ("a curry without peanut butter", "peanuts", "a curry"),
        ("sin mostaza ni apio ni sésamo", "mustard celery sesame", ""),
        ("wine with no sulphites", "sulphites", "wine"),
        ("sin altramuces", "lupin", ""),
        ("leche sin lactosa", "lactose", "leche"),
        ("algo vegano", "vegan", ""),
        ("hamburguesa begana", "vegan", "hamburguesa"),
        ("plant-based milk", "vegan", "milk"),
        ("100 % vegetal", "vegan", ""),
        ("bocadillo vegetariano", "vegetarian", "bocadillo"),
        ("vegeterian lasagne", "vegetarian", "lasagne"),
        ("desayuno halal", "halal", "desayuno"),
        ("kosher wine", "kosher", "wine"),
        ("algo salado sin carne ni pescado", "meat fish", "algo salado"),
        ("sin cerdo", "pork", ""),
        ("sin gluten y vegano", "gluten vegan", ""),
        ("something vegan and without soy", "vegan soy", ""),
        ("coffee with milk and a gluten free cake", "gluten", "coffee with milk cake"),
        ("bebida para llevar sin leche", "milk", "bebida para llevar"),
    ],
)
def test_what_is_asked_is_read(query: str, asked: str, rest: str) -> None:
    constraints = read_constraints(query)

    assert constraints.free_from | constraints.diets == frozenset(asked.split())
    assert constraints.rest == rest


@pytest.mark.parametrize(
    "query",
    [
        "café con leche",
        "tarta de almendra",
        "jarrón sin asas",
        "tortilla sin cebolla",
        "ensalada de verano",
        "flores que no se marchitan",
        "hojaldre vegetal",
        "no soy celíaco pero quiero pan",
        "no tiene que ser vegano",
        "a cake that is not vegan",
        "qué alérgenos tiene el croissant",
        "¿el brownie lleva gluten?",
        "free coffee",
        "coconut milk latte",
        "sin nuez moscada",
        "café que no me quite el sueño",
        "¿a qué hora abrís los domingos?",
        "",
    ],
)
def test_what_only_looks_like_a_constraint_is_none(query: str) -> None:
    assert not read_constraints(query)
    assert read_constraints(query).rest == query


def test_sugar_is_a_filter_only_where_the_shop_records_it() -> None:
    constraints = read_constraints("refresco sin azúcar")

    assert not constraints
    assert constraints.rest == "refresco sin azúcar"
    assert constraints.recorded_in([("vegano",), None]) == constraints
    recorded = constraints.recorded_in([("vegano",), ("sugar-free",)])
    assert recorded
    assert satisfies(recorded, (), ("sin azúcar",))
    assert not satisfies(recorded, (), ("vegano",))


@pytest.mark.parametrize(
    ("query", "allergens", "diets", "fits"),
    [
        ("sin gluten", (), (), True),
        ("sin gluten", ("leche",), None, True),
        ("sin gluten", None, ("sin gluten",), True),
        ("sin gluten", None, ("gluten-free",), True),
        ("sin gluten", None, ("apto para celíacos",), True),
        ("sin gluten", None, ("vegano",), False),
        ("sin gluten", None, None, False),
        ("sin gluten", ("trigo",), ("sin gluten",), False),
        ("sin gluten", ("Cereales con gluten",), (), False),
        ("sin gluten", ("puede contener trazas de trigo",), (), False),
        ("gluten free", ("gluten, leche",), (), False),
        ("sin gluten", ("no apto para celíacos",), (), False),
        ("sin gluten", ("ninguno",), None, True),
        ("sin gluten", ("sin gluten", "leche"), None, True),
        ("sin gluten", ("weizen",), (), False),  # what cannot be read may be anything
        ("sin gluten", ("1", "7"), (), False),
        ("sin gluten", ("kiwi",), (), True),
        ("sin gluten", ("leche y blé",), (), False),
        ("sin gluten", ("leche y sus derivados", "Huevos y productos a base de huevo"), (), True),
        ("sin lactosa", ("lácteos",), ("sin lactosa",), True),
        ("sin lácteos", ("lácteos",), ("sin lactosa",), False),
        ("alergia a la leche", ("milk",), ("lactose-free",), False),
        ("sin lactosa", ("lácteos",), ("vegetariano",), False),
        ("sin lactosa", ("lactosa",), ("sin lactosa",), False),
        ("sin lactosa", None, ("vegan",), True),
        ("sin lactosa", ("leche",), ("vegano",), False),
        ("sin leche", None, ("dairy-free",), True),
        ("sin huevo", None, ("vegano",), False),  # vegan says nothing of traces
        ("vegano", None, ("vegano",), True),
        ("vegan", (), (), False),
        ("vegano", ("huevo",), ("vegano",), False),
        ("vegano", ("gluten", "soja"), ("apto para veganos",), True),
        ("vegano", (), ("no vegano",), False),
        ("vegetariano", (), ("vegan",), True),
        ("vegetariano", ("pescado",), ("vegetariano",), False),
        ("sin carne", (), ("vegetarian",), True),
        ("sin carne", (), (), False),
        ("sin cerdo", None, ("halal",), True),
        ("halal", (), ("vegano",), False),
        ("sin frutos secos", ("almendras",), (), False),
        ("nut free", ("peanuts",), (), False),
        ("sin cacahuetes", ("frutos secos",), (), False),  # a shop may mean both
        ("sin cacahuetes", ("frutos de cáscara",), (), True),
        ("sin marisco", ("gambas",), (), False),
        ("sin crustáceos", ("moluscos",), (), True),
        ("sin huevo ni leche", ("huevo",), (), False),
        ("sin huevo ni leche", ("soja",), (), True),
    ],
)
def test_a_product_satisfies_what_its_lists_vouch_for(
    query: str, allergens: tuple[str, ...] | None, diets: tuple[str, ...] | None, *, fits: bool
) -> None:
    assert satisfies(read_constraints(query), allergens, diets) is fits


def test_nothing_asked_is_always_satisfied() -> None:
    assert satisfies(read_constraints("pan"), None, None)


def test_constraints_are_told_in_people_s_words() -> None:
    constraints = read_constraints("vegano, sin gluten ni lactosa y sin carne")

    assert constraints.words("es") == ["vegano", "sin carne", "sin gluten", "sin lactosa"]
    assert constraints.words("en") == ["vegan", "gluten-free", "lactose-free", "meat-free"]


ALLERGEN_PHRASES = sorted(
    (" ".join(phrase), concept)
    for phrase, term in vocabulary().terms.items()
    if term.kind == "allergen" and " ".join(phrase) != "soy"  # "no soy" is "I am not"
    for concept in term.concepts
)
CONCEPTS = sorted({concept for _, concept in ALLERGEN_PHRASES})
DIET_ENTRIES = ["vegano", "vegan", "vegetariano", "halal", "kosher", "sin gluten", "sin lactosa", "nut-free"]


@given(
    st.sampled_from(ALLERGEN_PHRASES),
    st.lists(st.sampled_from(DIET_ENTRIES)),
    st.sampled_from(["{}", "trazas de {}", "{} y derivados", "CONTIENE {}"]),
)
def test_an_allergen_that_is_held_never_satisfies_whatever_the_diets_say(
    held: tuple[str, str], diets: list[str], written: str
) -> None:
    phrase, concept = held

    assert not satisfies(Constraints(free_from=frozenset({concept})), (written.format(phrase),), diets)


@given(
    st.sampled_from(ALLERGEN_PHRASES),
    st.sampled_from(["sin {}", "{}-free", "without {}", "que no lleve {}", "alergia a {}", "no {}"]),
)
def test_every_word_of_an_allergen_can_be_asked_to_be_absent(asked: tuple[str, str], form: str) -> None:
    phrase, concept = asked

    assert concept in read_constraints("pan " + form.format(phrase)).free_from


@given(st.sampled_from(CONCEPTS), st.lists(st.sampled_from(["vegetariano", "halal", "bio", "integral"])))
def test_unknown_allergens_never_satisfy(concept: str, diets: list[str]) -> None:
    assert not satisfies(Constraints(free_from=frozenset({concept})), None, diets)


@given(
    st.sets(st.sampled_from(CONCEPTS), min_size=1),
    st.lists(st.sampled_from([phrase for phrase, _ in ALLERGEN_PHRASES])),
    st.sampled_from([phrase for phrase, _ in ALLERGEN_PHRASES]),
    st.lists(st.sampled_from(DIET_ENTRIES)),
)
def test_one_allergen_more_never_makes_a_product_fit(
    concepts: set[str], allergens: list[str], more: str, diets: list[str]
) -> None:
    constraints = Constraints(free_from=frozenset(concepts), diets=frozenset({"vegan"}))

    assert satisfies(constraints, allergens, diets) >= satisfies(constraints, [*allergens, more], diets)


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_any_text_can_be_read(text: str, entries: list[str]) -> None:
    constraints = read_constraints(f"sin gluten {text}")

    assert "gluten" in constraints.free_from
    assert satisfies(constraints, entries, entries) in (True, False)
    assert len(read_constraints(text).rest) <= len(text)
