"""200 queries that mix allergens and diets: nothing that is found breaks one of them.

What breaks which is written here once more, in the catalogues' own words, so that a mistake in the service's tables shows.
"""

from __future__ import annotations

import random

import pytest

from cafe_ai.catalogue.diets import read_constraints, satisfies
from tests.search.data_sets import TEST_CATALOGUES, Item, catalogue

QUERIES = 200
MILK = {"lácteos", "milk"}
EGGS = {"huevo", "eggs"}
FISH = {"pescado", "fish"}
SEA = {"crustaceans"}
NUTS = {"frutos secos", "nuts", "cacahuete", "peanuts"}
PEANUTS = {"cacahuete", "peanuts", "frutos secos", "nuts"}  # a shop's "nuts" may be peanuts too
ANIMAL = MILK | EGGS | FISH | SEA

# How it is asked for: what a product must not hold, and the diets of which it must claim one.
ASKED: dict[str, tuple[set[str], set[str]]] = {
    "sin gluten": ({"gluten"}, set()),
    "gluten free": ({"gluten"}, set()),
    "sin glutem": ({"gluten"}, set()),
    "para celiacos": ({"gluten"}, set()),
    "suitable for coeliacs": ({"gluten"}, set()),
    "without wheat": ({"gluten"}, set()),
    "sin leche": (MILK, set()),
    "que no lleve lácteos": (MILK, set()),
    "dairy-free": (MILK, set()),
    "with no milk": (MILK, set()),
    "sin lactosa": (MILK, set()),
    "lactose intolerant": (MILK, set()),
    "alergia al huevo": (EGGS, set()),
    "egg-free": (EGGS, set()),
    "without eggs": (EGGS, set()),
    "sin frutos secos": (NUTS, set()),
    "soy alérgica a las nueces": (NUTS - {"cacahuete", "peanuts"}, set()),
    "nut allergy": (NUTS, set()),
    "no nuts": (NUTS, set()),
    "sin cacahuetes": (PEANUTS, set()),
    "peanut-free": (PEANUTS, set()),
    "sin pescado": (FISH, set()),
    "allergic to shellfish": (SEA, set()),
    "sin soja": ({"soja", "soy"}, set()),
    "sin sésamo": ({"sésamo", "sesame"}, set()),
    "mustard free": ({"mustard"}, set()),
    "sin apio": ({"apio"}, set()),
    "no sulphites": ({"sulfitos", "sulphites"}, set()),
    "vegano": (ANIMAL, {"vegano", "vegan"}),
    "begana": (ANIMAL, {"vegano", "vegan"}),
    "plant-based": (ANIMAL, {"vegano", "vegan"}),
    "vegetariano": (FISH | SEA, {"vegano", "vegan", "vegetariano", "vegetarian"}),
    "veggie": (FISH | SEA, {"vegano", "vegan", "vegetariano", "vegetarian"}),
    "meat-free": (FISH | SEA, {"vegano", "vegan", "vegetariano", "vegetarian"}),
    "halal": (set(), {"halal"}),
}
VOUCHED = {  # diets that say of a product whose allergens are not known that it is free of them
    "sin gluten": {"gluten"},
    "gluten-free": {"gluten"},
    "dairy-free": MILK,
    "sin lactosa": MILK,
}
ABOUT = ["", "algo dulce", "pan", "tarta", "cake", "something salty", "queso", "una bebida", "breakfast", "un regalo"]


def mixed_queries() -> list[tuple[str, str, list[str]]]:
    """A catalogue, a query and what of ASKED is in it: one to three at once."""
    rng = random.Random(20261125)
    made = []
    for number in range(QUERIES):
        asked = rng.sample(sorted(ASKED), rng.choice([1, 1, 2, 2, 3]))
        text = " ".join([rng.choice(ABOUT), rng.choice([", ", " y ", " and "]).join(asked)]).strip()
        made.append((TEST_CATALOGUES[number % 2], text, asked))
    return made


def breaks(item: Item, asked: str) -> bool:
    """Whether the product is not known to be what is asked for."""
    forbidden, wanted = ASKED[asked]
    diets = set(item.diets or ())
    if wanted and not wanted & diets:
        return True
    if item.allergens is None:
        vouched = set[str]().union(*(VOUCHED.get(diet, set()) for diet in diets))
        return not forbidden <= vouched
    lactose_free = "lacto" in asked and "sin lactosa" in diets
    return bool(forbidden & set(item.allergens)) and not lactose_free


def plainly_fits(item: Item, asked: str) -> bool:
    """Whether no careful reader would leave the product out."""
    forbidden, wanted = ASKED[asked]
    return (
        item.allergens is not None
        and not forbidden & set(item.allergens)
        and (not wanted or bool(wanted & set(item.diets or ())))
    )


@pytest.mark.parametrize("name", TEST_CATALOGUES)
def test_the_truth_knows_every_word_of_the_catalogue(name: str) -> None:
    known = set[str]().union(*(forbidden for forbidden, _ in ASKED.values()))

    assert {word for item in catalogue(name) for word in item.allergens or ()} <= known


def test_no_product_breaks_what_is_asked_and_none_is_left_out_that_fits() -> None:
    for name, text, asked in mixed_queries():
        constraints = read_constraints(text)
        for item in catalogue(name):
            found = satisfies(constraints, item.allergens, item.diets)
            assert not (found and any(breaks(item, each) for each in asked)), (text, item)
            assert found or not all(plainly_fits(item, each) for each in asked), (text, item)
