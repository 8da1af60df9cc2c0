"""Which names mean the same product: a small labelled set of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.recommendations import menus
from cafe_ai.recommendations.matching import Names, stems

# What a catalogue calls it, and the product of our menus that it is.
HELD = {
    "Cruasán": "croissant", "Cruasan de mantequilla": "croissant", "Medialunas": "croissant", "Croisant": "croissant",
    "Frappé de café": "iced_coffee", "Café con hielo": "iced_coffee", "Iced Latte": "iced_coffee",
    "Zumo de naranja natural": "orange_juice", "Jugo de naranja": "orange_juice", "Fresh orange juice": "orange_juice",
    "Pay de queso": "cheesecake", "Tarta de queso con arándanos": "cheesecake", "New York Cheesecake": "cheesecake",
    "Torta de zanahoria": "carrot_cake", "Carrot cake casero": "carrot_cake", "Pastel de zanahoria": "carrot_cake",
    "Tostada con palta": "avocado_toast", "Tostada de aguacate y huevo": "avocado_toast",
    "Papas bravas": "patatas_bravas", "Patatas bravas con alioli": "patatas_bravas",
    "Tortilla española": "tortilla", "Pincho de tortilla": "tortilla", "Bocata de calamares": "squid_roll",
    "Hot cakes": "pancakes", "Panqueques con miel": "pancakes", "Waffles": "waffles", "Wafles con nutella": "waffles",
    "Churros": "churros", "Licuado de plátano": "smoothie", "Malteada de vainilla": "milkshake",
    "Batido de chocolate": "milkshake", "Capuchino grande": "cappuccino", "Cappucino": "cappuccino",
    "Descafeinado": "decaf", "Infusión de manzanilla": "chamomile", "Poleo menta": "mint_tea",
    "Caña": "beer_draught", "Vino tinto Rioja crianza": "red_wine", "Cava brut": "cava", "Vermú rojo": "vermouth",
    "Pan de masa madre": "sourdough", "Hogaza de masa madre 1 kg": "sourdough", "Pan de trigo integral": "wholemeal",
    "Camembert y playera negra": "tshirt", "Remera estampada": "tshirt", "Vaquero slim": "jeans",
    "Crema solar SPF 30": "sunscreen", "Bloqueador solar": "sunscreen", "Curitas": "plasters",
    "Croquetas para perro adulto": "dog_food", "Arena aglomerante 10 kg": "cat_litter",
    "WHITE HANGING HEART T-LIGHT HOLDER": "tlight", "CHRISTMAS CRAFT LIGHTS": "fairy_lights",
    "RED RETROSPOT SHOPPER BAG": "tote", "Marcapáginas de cuero": "bookmark", "Cuadernos A5": "notebook",
    "Sorbete de limón": "ice_lemon", "Nieve de mango": "ice_mango", "Helado de frutilla": "ice_strawberry",
    "Docena de rosas rojas": "roses", "Orquídea blanca": "orchid",
}  # fmt: skip
# What a catalogue has, and a product that it is not.
NOT_HELD = {
    "Café con leche": "iced_coffee", "Zumo de manzana": "orange_juice", "Tarta de manzana": "cheesecake",
    "Té verde": "black_tea", "Té negro": "green_tea", "Sándwich mixto": "veg_sandwich", "Pan integral": "rye",
    "Croissant": "almond_croissant", "Magdalena": "blueberry_muffin", "Brownie": "vegan_brownie",
    "Bocadillo de jamón": "squid_roll", "Helado de fresa": "ice_vanilla", "Cerveza sin alcohol": "gluten_free_beer",
    "Vitamina C": "vitamin_d", "Novela negra": "historical", "Tostada con tomate": "avocado_toast",
    "Agua mineral": "sparkling_water", "Ensalada mixta": "quinoa", "Yogur natural": "granola",
    "Pienso para gatos": "dog_food", "Guantes": "scarf", "Ramo de tulipanes": "roses",
}  # fmt: skip

PRODUCTS = {entry.key: entry for entry in menus.entries()}


@pytest.mark.parametrize("name", HELD)
def test_catalogue_holds_it_under_another_name(name: str) -> None:
    assert Names(["Servilletas de cóctel lisas", name]).hold(PRODUCTS[HELD[name]].phrases)


@pytest.mark.parametrize("name", NOT_HELD)
def test_another_product_does_not_hold_it(name: str) -> None:
    assert not Names([name]).hold(PRODUCTS[NOT_HELD[name]].phrases)


@pytest.mark.parametrize("entry", menus.entries(), ids=lambda entry: entry.key)
def test_every_product_is_held_by_each_of_its_names(entry: menus.Entry) -> None:
    for phrase in entry.phrases:
        assert Names([phrase]).hold(entry.phrases), phrase
        assert Names([phrase.upper()]).hold(entry.phrases), phrase


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=30))
def test_any_names_can_be_looked_up(names: list[str], phrase: str) -> None:
    held = Names([*names, phrase]).hold([phrase])
    assert held or not stems(phrase)
    assert not Names([]).hold([phrase])
