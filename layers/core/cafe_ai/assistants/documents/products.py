"""Products that a search found, told with their prices as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from cafe_ai.analytics.metrics import round_metric
from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Metric, Period, PeriodSpec, Plan
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.assistants.documents.hygiene import is_showable
from cafe_ai.assistants.documents.texts import Texts
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.catalogue.model import Hit, ProductData
from cafe_ai.language.formats import format_money, join_list
from cafe_ai.tenancy.model import Business

MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """Products in words, and the facts that the words are made of."""

    text: str
    sheet: FactSheet


def showable(hits: Sequence[Hit]) -> list[Hit]:
    """The products whose names may be shown, each name once, best first."""
    named: dict[str, Hit] = {}
    for hit in hits:
        if hit.product is not None and is_showable(hit.product.name):
            named.setdefault(hit.product.name, hit)
    return list(named.values())


def list_products(
    hits: Sequence[Hit], business: Business, context: PlanningContext, texts: Texts, *, lead: str, excluded: bool
) -> Listing:
    """ "Sin gluten tenemos: Café espresso (1,40 €) y Té verde (1,90 €)." Prices are those of now."""
    products = [hit.product for hit in hits[:MOST_LISTED] if hit.product is not None]
    items = [_with_price(product, business, context.locale) for product in products]
    text = f"{lead}: {join_list(items, context.locale)}."
    if len(hits) > MOST_LISTED:
        text += f" {texts.and_more}"
    if excluded:
        text += f" {texts.left_out}"
    return Listing(text, _price_sheet(products, business, context))


def tell_allergens(product: ProductData, texts: Texts, locale: str) -> str:
    """What the catalogue holds of a product's allergens; what it does not hold is never claimed."""
    if product.allergens is None:
        return texts.allergens_unknown.format(product=product.name)
    said = [allergen for allergen in product.allergens if is_showable(allergen)]
    if len(said) < len(product.allergens):
        return texts.allergens_unknown.format(product=product.name)
    if not said:
        return texts.allergens_none.format(product=product.name)
    return texts.allergens.format(product=product.name, allergens=join_list(said, locale))


def empty_sheet(business: Business, context: PlanningContext, *names: str) -> FactSheet:
    """No facts at all: what a text without a figure is checked against. names: products it speaks of."""
    sheet = _price_sheet((), business, context)
    return replace(sheet, plan=replace(sheet.plan, filters=Filters(products=names)))


def _with_price(product: ProductData, business: Business, locale: str) -> str:
    if product.price is None:
        return product.name
    return f"{product.name} ({format_money(_price(product.price, business), business.currency, locale)})"


def _price_sheet(products: Sequence[ProductData], business: Business, context: PlanningContext) -> FactSheet:
    today = _today(business, context)
    names = tuple(product.name for product in products)
    filters: Mapping[str, object] = {"products": list(names)} if names else {}
    facts = tuple(
        Fact(
            Metric.PRICE.value,
            _price(product.price, business),
            "money",
            today,
            business.currency,
            {Dimension.PRODUCT.value: product.name},
            filters,
            rows=1,
        )
        for product in products
        if product.price is not None
    )
    spec = PeriodSpec("calendar", unit="day")
    plan = Plan((Metric.PRICE,), spec, (Dimension.PRODUCT,), Filters(products=names))
    return FactSheet(plan, today, None, business.currency, facts, as_of=context.as_of)


def _price(price: Decimal, business: Business) -> Decimal:
    return round_metric(Metric.PRICE, price, business.currency)


def _today(business: Business, context: PlanningContext) -> Period:
    calendar = ShopCalendar(business.timezone, business.day_starts, context.as_of, context.today)
    return calendar.period(context.today, context.today + timedelta(days=1))
