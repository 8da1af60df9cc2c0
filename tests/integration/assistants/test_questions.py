"""Questions as owners write them, from their words to the answer's, against figures computed from the raw rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal

import pytest

from cafe_ai.analytics import repository
from cafe_ai.analytics.metrics import round_metric
from cafe_ai.analytics.model import Dimension, FactSheet, Filters, Metric, Period
from cafe_ai.analytics.service import gather
from cafe_ai.assistants.memory import recall, remember
from cafe_ai.assistants.model import Locale
from cafe_ai.assistants.narrator import decline, narrate
from cafe_ai.assistants.planning.model import Declined, PlanningContext, Previous
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.rules import RulesPlanner
from cafe_ai.language.formats import format_money
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from tests.support.factories import Factory
from tests.support.generated_shop import CLOSES, MADRID, GeneratedShop, generate_shop
from tests.support.postgres import TestDatabase
from tests.support.reference_figures import Scope, compute

AS_OF = datetime(2026, 5, 14, 12, 34, 56, tzinfo=MADRID)  # a Thursday
APRIL, MARCH = (date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 3, 1), date(2026, 4, 1))
YESTERDAY, TO_THE_15TH = (date(2026, 5, 13), date(2026, 5, 14)), (date(2026, 4, 1), date(2026, 4, 16))
Days = tuple[date, date]
SANTIAGO = Filters(products=("Tarta de Santiago",))
Ask = Callable[..., tuple[FactSheet | None, str]]

FIGURES: Sequence[tuple[str, Locale, Metric, Days, Filters]] = (
    ("¿Cuánto facturamos en abril?", "es", Metric.NET_SALES, APRIL, Filters()),
    ("Buenas, ¿me podrías decir por favor cuánto vendimos el mes pasado?", "es", Metric.NET_SALES, APRIL, Filters()),
    ("vetnas de marzo", "es", Metric.NET_SALES, MARCH, Filters()),
    ("How much did we take in March?", "en", Metric.NET_SALES, MARCH, Filters()),
    ("revenue 2026-03-20 to 2026-04-14", "en", Metric.NET_SALES, (date(2026, 3, 20), date(2026, 4, 15)), Filters()),
    ("¿Cuánto vendimos del 1 al 15 de abril?", "es", Metric.NET_SALES, TO_THE_15TH, Filters()),
    ("ventas de ayer", "es", Metric.NET_SALES, YESTERDAY, Filters()),
    ("sales in the last 7 days", "en", Metric.NET_SALES, (date(2026, 5, 7), date(2026, 5, 14)), Filters()),
    ("¿Cuánto vendimos la semana pasada?", "es", Metric.NET_SALES, (date(2026, 5, 4), date(2026, 5, 11)), Filters()),
    ("How much did we sell last weekend?", "en", Metric.NET_SALES, (date(2026, 5, 9), date(2026, 5, 11)), Filters()),
    ("¿Cuánto llevamos vendido este mes?", "es", Metric.NET_SALES, (date(2026, 5, 1), date(2026, 5, 15)), Filters()),
    ("What were gross sales in April?", "en", Metric.GROSS_SALES, APRIL, Filters()),
    ("¿Cuánto se devolvió en marzo?", "es", Metric.RETURNS, MARCH, Filters()),
    ("¿De cuánto fue el ticket medio en abril?", "es", Metric.AVERAGE_TICKET, APRIL, Filters()),
    ("What's our average order value in March?", "en", Metric.AVERAGE_TICKET, MARCH, Filters()),
    ("media diaria de ventas en abril", "es", Metric.DAILY_AVERAGE, APRIL, Filters()),
    ("¿Qué margen tuvimos en abril?", "es", Metric.MARGIN, APRIL, Filters()),
    ("How many orders did we have in April?", "en", Metric.ORDERS, APRIL, Filters()),
    ("¿Cuántos clientes distintos compraron en abril?", "es", Metric.CUSTOMERS, APRIL, Filters()),
    ("How many new customers did we get in April?", "en", Metric.NEW_CUSTOMERS, APRIL, Filters()),
    ("¿Cuántos clientes recurrentes hubo en abril?", "es", Metric.RETURNING_CUSTOMERS, APRIL, Filters()),
    ("¿Cuál fue la tasa de repetición en abril?", "es", Metric.REPEAT_RATE, APRIL, Filters()),
    ("¿Cuánto vendimos en la tienda Norte en abril?", "es", Metric.NET_SALES, APRIL, Filters(stores=("Norte",))),
    ("ventas con tarjeta en marzo", "es", Metric.NET_SALES, MARCH, Filters(payment_methods=("tarjeta",))),
    ("¿Cuántas tartas de santiago vendimos en marzo?", "es", Metric.UNITS, MARCH, SANTIAGO),
    ("How many croissants did we sell in April?", "en", Metric.UNITS, APRIL, Filters(products=("Croissant",))),
    ("ventas de la categoría Bollería en marzo", "es", Metric.NET_SALES, MARCH, Filters(categories=("Bollería",))),
    ("¿Cuánto vendimos los sábados de abril?", "es", Metric.NET_SALES, APRIL, Filters(weekdays=(5,))),
    ("sales between 9am and 2pm in April", "en", Metric.NET_SALES, APRIL, Filters(hours=(9, 14))),
    ("How much did customer C-3 spend in April?", "en", Metric.NET_SALES, APRIL, Filters(customers=("C-3",))),
)  # fmt: skip

FOLLOW_UPS: Sequence[tuple[str, str, Locale, Metric, Days, Filters]] = (
    ("¿Cuánto vendimos en abril?", "¿y en marzo?", "es", Metric.NET_SALES, MARCH, Filters()),
    ("¿Cuánto vendimos en abril?", "¿Y el mes anterior?", "es", Metric.NET_SALES, MARCH, Filters()),
    ("¿Cuánto vendimos en abril?", "¿y cuántos pedidos?", "es", Metric.ORDERS, APRIL, Filters()),
    ("What were sales in April?", "and yesterday?", "en", Metric.NET_SALES, YESTERDAY, Filters()),
    ("How many croissants did we sell in April?", "what about Tarta de Santiago?", "en", Metric.UNITS, APRIL, SANTIAGO),
    ("¿Cuánto vendió Norte en abril?", "¿y Centro?", "es", Metric.NET_SALES, APRIL, Filters(stores=("Centro",))),
)  # fmt: skip

UNANSWERABLE: Sequence[tuple[str, Locale]] = (
    ("¿Cuánto pagamos de alquiler en abril?", "es"),
    ("How many staff do we have?", "en"),
    ("¿Cuántas hamburguesas vendimos en abril?", "es"),
    ("How many unicorns did we sell in April?", "en"),
    ("¿Cuánto venderemos mañana?", "es"),
    ("What will the weather be tomorrow?", "en"),
    ("ventas de abril de 2024", "es"),
    ("¿Cuánto vendió la tienda de Chamberí en abril?", "es"),
    ("How much was our net profit in April?", "en"),
    ("How much did customer C-999 spend in April?", "en"),
)


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase) -> Iterator[GeneratedShop]:
    factory = Factory.connected(module_database)
    yield generate_shop(factory, module_database)
    factory.connection.close()


@pytest.fixture(scope="module")
def ask(module_database: TestDatabase, shop: GeneratedShop) -> Iterator[Ask]:
    """Facts and text of a question to the planner of rules, after another one where there is one."""
    business_id = shop.business.id
    with closing(Database(module_database.app)) as database:

        def answer(text: str, locale: Locale, previous: Previous | None) -> tuple[FactSheet | None, str]:
            with database.transaction(business_id, read_only=True) as uow:
                context = PlanningContext(
                    as_of=AS_OF,
                    today=AS_OF.date(),
                    names=ShopNames(repository.names(uow, business_id)),
                    deadline=Deadline.after(25),
                    customers=lambda said: repository.customers_called(uow, business_id, said),
                    previous=previous,
                    locale=locale,
                )
                planned = RulesPlanner().plan(text, context)
                if isinstance(planned, Declined):
                    return None, decline(planned.reason, locale, planned.subject, planned.candidates)
                sheet = gather(uow, planned.plan, shop.business, AS_OF, previous.period if previous else None)
            return sheet, narrate(sheet, locale)

        def ask(text: str, locale: Locale, *, after: str | None = None) -> tuple[FactSheet | None, str]:
            before, _ = answer(after, locale, None) if after else (None, "")
            return answer(text, locale, recall(remember(before)) if before else None)

        yield ask


def period_of(days: Days) -> Period:
    starts_at, ends_at = (datetime.combine(day, CLOSES, MADRID) for day in days)
    return Period(*days, starts_at, min(ends_at, AS_OF), MADRID.key)


def expected(shop: GeneratedShop, metric: Metric, days: Days, filters: Filters) -> Decimal:
    """The figure from the raw rows, rounded as it is shown."""
    value = compute(metric, Scope(shop.lines, period_of(days), filters, AS_OF))[()]
    assert value, "the generated shop must have something to tell here"
    return round_metric(metric, value, "EUR")


def check_answer(sheet: FactSheet | None, text: str, metric: Metric, value: Decimal, locale: Locale) -> None:
    assert sheet is not None, text
    told = next(fact for fact in sheet.facts if fact.role == "value")
    assert (told.metric, told.value) == (metric.value, value), text
    if told.unit == "money":
        assert format_money(value, "EUR", locale) in text


@pytest.mark.parametrize(
    ("question", "locale", "metric", "days", "filters"), FIGURES, ids=[case[0] for case in FIGURES]
)
def test_a_question_is_answered_with_the_figure_of_the_raw_rows(
    question: str, locale: Locale, metric: Metric, days: Days, filters: Filters, shop: GeneratedShop, ask: Ask
) -> None:
    sheet, text = ask(question, locale)

    check_answer(sheet, text, metric, expected(shop, metric, days, filters), locale)


@pytest.mark.parametrize(
    ("first", "question", "locale", "metric", "days", "filters"),
    FOLLOW_UPS,
    ids=[f"{case[0]} {case[1]}" for case in FOLLOW_UPS],
)
def test_a_follow_up_changes_only_what_it_says(
    first: str,
    question: str,
    locale: Locale,
    metric: Metric,
    days: Days,
    filters: Filters,
    shop: GeneratedShop,
    ask: Ask,
) -> None:
    sheet, text = ask(question, locale, after=first)

    check_answer(sheet, text, metric, expected(shop, metric, days, filters), locale)


@pytest.mark.parametrize(("question", "locale"), UNANSWERABLE, ids=[case[0] for case in UNANSWERABLE])
def test_what_cannot_be_known_is_said_without_a_figure(question: str, locale: Locale, ask: Ask) -> None:
    sheet, text = ask(question, locale)

    assert not any(fact.value for fact in (sheet.facts if sheet else ()))
    assert "€" not in text
    assert any(
        said in text.casefold() for said in ("no tengo", "no hay", "no puedo", "no he", "no data", "cannot", "did not")
    )


@pytest.mark.parametrize(
    ("question", "locale", "days", "metric", "order"),
    [
        ("¿Cuáles fueron los 3 productos más vendidos en abril?", "es", APRIL, Metric.NET_SALES, "top"),
        ("Top 3 products by units in March", "en", MARCH, Metric.UNITS, "top"),
        ("Which 2 products brought in the least in April?", "en", APRIL, Metric.NET_SALES, "bottom"),
    ],
)
def test_products_are_ranked_as_asked(
    question: str, locale: Locale, days: Days, metric: Metric, order: str, shop: GeneratedShop, ask: Ask
) -> None:
    scope = Scope(shop.lines, period_of(days), Filters(), AS_OF)
    sold = {line.product_id for line in scope.seen if line.quantity > 0}
    by_product = compute(metric, scope, (Dimension.PRODUCT,))
    known = {key[0]: value for key, value in by_product.items() if value is not None}
    ranked = sorted(known, key=lambda key: known[key], reverse=order == "top")
    wanted = [key.split("|")[0] for key in ranked if key.split("|")[1] in {str(product) for product in sold}]

    sheet, text = ask(question, locale)

    assert sheet is not None, text
    told = [fact.dimensions["product"] for fact in sheet.facts if fact.role == "value"]
    assert told == wanted[: 2 if order == "bottom" else 3]


@pytest.mark.parametrize(
    ("question", "locale"), [("¿Qué día vendimos más en abril?", "es"), ("What was our best day in April?", "en")]
)
def test_the_best_day_is_named_with_its_sales(question: str, locale: Locale, shop: GeneratedShop, ask: Ask) -> None:
    scope = Scope(shop.lines, period_of(APRIL), Filters(), AS_OF)
    days = {
        key: value for key, value in compute(Metric.NET_SALES, scope, (Dimension.DAY,)).items() if value is not None
    }
    (best,) = max(days, key=lambda day: days[day])

    sheet, text = ask(question, locale)

    assert sheet is not None, text
    told = next(fact for fact in sheet.facts if fact.role == "value")
    assert (told.dimensions["day"], told.value) == (best, round_metric(Metric.NET_SALES, days[(best,)], "EUR"))
    assert str(date.fromisoformat(best).day) in text


def test_two_months_are_compared_both_ways(shop: GeneratedShop, ask: Ask) -> None:
    april, march = (expected(shop, Metric.NET_SALES, days, Filters()) for days in (APRIL, MARCH))

    sheet, text = ask("¿Vendimos más en abril que en marzo?", "es")

    assert sheet is not None, text
    told = {fact.role: fact.value for fact in sheet.facts}
    assert (told["value"], told["baseline"]) == (april, march)
    assert ("más" in text) == (april > march)
