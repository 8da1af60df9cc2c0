"""Personal data planted in questions does not come out again; what a plan needs does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.assistants.approval import _is_everyday
from cafe_ai.examples.scrubbing import Span, find_personal_data, scrub

CANARIES: tuple[tuple[str, str, str], ...] = (
    ("es", "¿Cuánto gastó ana.perez@correo.es en mayo?", "ana.perez"),
    ("es", "Escríbeme a pedro (arroba) tienda.com con las ventas de ayer", "tienda.com"),
    ("en", "Send last month's sales to j.smith+shop@example.co.uk please", "smith"),
    ("es", "Ventas de ayer, llámame al 612 345 678", "345"),
    ("es", "Ventas de ayer, mi móvil es +34 612345678", "612345678"),
    ("es", "Llámame al 91-555-12-34 con los pedidos de hoy", "555"),
    ("es", "Teléfono 934567890: ¿ventas del lunes?", "934567890"),
    ("en", "Call me on (020) 7946 0958 about yesterday's orders", "7946"),
    ("en", "My number is +1 415-555-2671, what did we sell today?", "2671"),
    ("es", "¿Cuánto cobré con la tarjeta 4111 1111 1111 1111?", "1111"),
    ("en", "Sales paid by card 5500-0000-0000-0004 last week", "0004"),
    ("es", "Ingresos en ES91 2100 0418 4502 0005 1332 este mes", "0418"),
    ("en", "Income to GB29NWBK60161331926819 this month", "NWBK"),
    ("es", "Ventas a 12345678Z en abril", "12345678"),
    ("es", "Ventas al NIE X1234567L en abril", "1234567"),
    ("es", "Facturas de B12345678 este año", "12345678"),
    ("es", "El DNI 12.345.678-Z compró algo ayer?", "345"),
    ("en", "What did SSN 078-05-1120 buy?", "1120"),
    ("en", "NI number QQ 12 34 56 C: orders today?", "34 56"),
    ("en", "Passport PA1234567, how many orders yesterday?", "1234567"),
    ("es", "Mira https://mitienda.example/cliente/77 y dime las ventas", "mitienda"),
    ("en", "See www.janesbakery.com, how were sales in June?", "janesbakery"),
    ("es", "Lo pone en panaderialola.es, ¿ventas de hoy?", "lola"),
    ("es", "El pedido de calle Mayor 12, 3º B de ayer", "Mayor"),
    ("es", "Cuánto vendimos a la C/ Gran Vía, 28, 28013", "Gran"),
    ("es", "Ventas en avenida de la constitución 5 el lunes", "constitución"),
    ("es", "Pedidos para plaza España nº 7 esta semana", "España"),
    ("es", "Lo de paseo de Gracia 55 de ayer", "Gracia"),
    ("en", "Orders to 221B Baker Street last week", "Baker"),
    ("en", "Deliveries for 10 Downing St yesterday", "Downing"),
    ("en", "How much went to 5 old mill road in May?", "mill"),
    ("en", "Orders from SW1A 1AA this year", "SW1A"),
    ("es", "Código postal 28013: ventas de ayer", "28013"),
    ("es", "Me llamo Marta Sánchez, ¿qué vendí ayer?", "Marta"),
    ("es", "Me llamo Marta Sánchez, ¿qué vendí ayer?", "Sánchez"),
    ("es", "Hola, soy Joaquín, dime las ventas de hoy", "Joaquín"),
    ("es", "mi nombre es xoán pazos, ventas de hoy", "pazos"),
    ("en", "My name is Siobhan O'Reilly, how were sales?", "Reilly"),
    ("en", "Hi, this is Tadeusz, what did we sell today?", "Tadeusz"),
    ("en", "I'm Priya, show me last week's orders", "Priya"),
    ("es", "¿Cuánto compró el señor Etxeberria ayer?", "Etxeberria"),
    ("es", "¿Y la sra. domínguez en abril?", "domínguez"),
    ("es", "Ventas a doña Remedios en junio", "Remedios"),
    ("en", "What did Mrs Featherstone buy in May?", "Featherstone"),
    ("en", "Orders of Dr. Okonkwo this year", "Okonkwo"),
    ("es", "¿Cuánto gastó Francisco Javier de la Fuente este año?", "Fuente"),
    ("es", "ventas de maria garcia en mayo", "garcia"),
    ("en", "sales to john appleseed in may", "appleseed"),
    ("es", "¿Cuánto gastó Ana Santos en Navidad?", "Santos"),
    ("es", "¿Qué compró Wojciech el martes?", "Wojciech"),
    ("en", "How much did Nguyen spend last month?", "Nguyen"),
    ("es", "Cliente 14646: ¿cuánto ha gastado?", "14646"),
    ("es", "¿Cuánto gastó el cliente nº C-77 en mayo?", "C-77"),
    ("en", "How much did customer #88812 spend?", "88812"),
    ("es", "El pedido 5512 de ayer, ¿cuánto fue?", "5512"),
    ("en", "Invoice INV-2041 amount?", "2041"),
    ("es", "Ventas que apuntó @lacamarera ayer", "lacamarera"),
    ("es", "Matrícula 1234 BCD, ventas de ayer", "BCD"),
    ("en", "Orders from 192.168.10.24 today", "192.168"),
    ("es", "Pedidos de más de 500 € en mayo", "500"),
    ("en", "Orders over $1,250.50 in May", "1,250"),
    ("es", "Clientes que gastaron 80 euros ayer", "80"),
    ("es", "Ventas de ayer. Gracias, Nekane", "Nekane"),
    ("en", "Sales for last week. Regards, Bartholomew", "Bartholomew"),
    ("es", "Dime lo del encargo de Ximena Uriarte-Goñi de ayer", "Goñi"),
    ("es", "referencia 550e8400-e29b-41d4-a716-446655440000 ventas", "446655440000"),
)

KEPT = (
    ("es", "¿Cuánto vendí ayer?"),
    ("es", "¿Cuáles fueron los 5 productos más vendidos en noviembre de 2025?"),
    ("es", "Ventas del 8 al 14 de noviembre comparadas con la semana anterior"),
    ("es", "¿A qué hora vendemos más los lunes, entre las 8 y las 12?"),
    ("es", "Clientes que no vienen desde hace 60 días"),
    ("es", "¿Cómo fue la Semana Santa? ¿Y Navidad?"),
    ("es", "Ventas del 2026-05-01 al 2026-05-15"),
    ("en", "What were the top 10 products in Q3 2025?"),
    ("en", "Sales on Monday 3 November against the same day last year"),
    ("en", "Average ticket per weekday in the last 90 days"),
    ("en", "Which customers have not bought for 45 days?"),
)


def clean(question: str, locale: str, **more: object) -> str:
    return scrub(question, locale, knows=_is_everyday, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("locale", "question", "canary"), CANARIES)
def test_personal_data_goes(locale: str, question: str, canary: str) -> None:
    assert canary in question
    scrubbed = clean(question, locale)
    assert canary.casefold() not in scrubbed.casefold()
    assert find_personal_data(scrubbed) == []


@pytest.mark.parametrize(("locale", "question"), KEPT)
def test_what_identifies_nobody_stays(locale: str, question: str) -> None:
    assert clean(question, locale) == question
    assert find_personal_data(question) == []


def test_customers_of_the_business_go_also_where_no_pattern_knows_them() -> None:
    people = frozenset({"zuri", "14646", "2026", "7", "ventas"})
    asked = "ventas de zuri y 14646 en 2026, top 7"
    assert clean(asked, "es", people=people) == "ventas de [nombre] y [número] en 2026, top 7"


def test_names_of_products_are_no_people() -> None:
    asked = "¿Cuántas Margarita vendí a Lola?"
    named = [Span(9, 18, "Producto A")]
    assert clean(asked, "es", named=named) == "¿Cuántas Producto A vendí a [nombre]?"


@given(st.text(max_size=120), st.sampled_from(["es", "en"]))
def test_any_text_is_scrubbed(text: str, locale: str) -> None:
    clean(text, locale)


@given(
    st.integers(600_000_000, 799_999_999), st.sampled_from(["", "+34 ", "0034"]), st.sampled_from(["", " ", "-", "."])
)
def test_every_spanish_mobile_goes(number: int, prefix: str, between: str) -> None:
    digits = str(number)
    written = prefix + between.join((digits[:3], digits[3:6], digits[6:]))
    assert digits[3:6] not in clean(f"Ventas de ayer, mi móvil {written}", "es")
