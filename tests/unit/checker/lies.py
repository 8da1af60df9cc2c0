"""Lies: right answers with one thing changed that makes them wrong. Each family returns None where it has nothing to change.

What makes a change a lie is known without the checker: a figure that stands for one fact is given another value, name,
period, metric, unit or direction. Where the change could be true by chance (two rows with the same figures), nothing is made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.analytics.model import Dimension, FactSheet, Metric
from cafe_ai.language.formats import MONTH_NAMES, WEEKDAY_NAMES, format_count, format_money, format_percent
from tests.unit.checker.right_answers import RightAnswer

MONEY = re.compile(r"£-?[\d,]+(?:\.\d\d)?(?![\d.]|\s?(?:k\b|million))|-?[\d.]+(?:,\d\d)?\s?£")
PERCENT = re.compile(r"(?<![\d.,])[+-]?[\d.,]*\d\s?%")
COUNT = re.compile(
    r"(?<![\d.,£/:-])\d[\d.,]*(?=\s(?:pedidos?|unidades|unidad|clientes?|productos?|orders?|units?|customers?|new|returning|different|products?)\b)"
)
FOREIGN = (
    "Palmera de chocolate",
    "Bocadillo de calamares",
    "Flat White Deluxe",
    "Sourdough Loaf",
    "Zumo Detox",
    "GLITTER BALL 12",
)
SHOP_NUMBER = "En total, además, la tienda tiene 3.482 seguidores."


@dataclass(frozen=True)
class Lie:
    """A text that its sheet does not carry, and what was done to it."""

    text: str
    sheet: FactSheet
    locale: str
    family: str


Family = Callable[[random.Random, RightAnswer], str | None]
FAMILIES: dict[str, Family] = {}


def family(function: Family) -> Family:
    FAMILIES[function.__name__] = function
    return function


def tell(rng: random.Random, right: RightAnswer, name: str) -> Lie | None:
    text = FAMILIES[name](rng, right)
    return Lie(text, right.sheet, right.locale, name) if text is not None and text != right.text else None


# --- helpers


def masked(right: RightAnswer) -> str:
    """The text with names and dates blanked out, so that only figures are left to change."""
    text = right.text
    for name in sorted(names_in(right), key=len, reverse=True):
        text = re.sub(re.escape(name), lambda m: "#" * len(m[0]), text, flags=re.IGNORECASE)
    months = "|".join((*MONTH_NAMES["es"], *MONTH_NAMES["en"]))
    for pattern in (
        rf"\d{{1,2}}(?: al? \d{{1,2}}| to \d{{1,2}}| and \d{{1,2}})?(?: de)? (?:{months})",
        r"\b(?:19|20)\d\d\b",
        r"\d\d:\d\d",
        r"(?m)^\d+\. ",
    ):
        text = re.sub(pattern, lambda m: "#" * len(m[0]), text)
    return text


def names_in(right: RightAnswer) -> set[str]:
    filters = right.sheet.plan.filters
    names = {*filters.products, *filters.categories, *filters.stores, *filters.customers, *filters.payment_methods}
    for fact in right.sheet.facts:
        names |= {
            v
            for k, v in fact.dimensions.items()
            if k in ("product", "category", "store", "customer", "payment_method", "customer_name")
        }
    return {name for name in names if name.lower() in right.text.lower()}


def spans(right: RightAnswer, *patterns: re.Pattern[str]) -> list[re.Match[str]]:
    text = masked(right)
    return sorted((m for pattern in patterns for m in pattern.finditer(text)), key=lambda m: m.start())


def put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def number(text: str, locale: str) -> Decimal:
    digits = re.sub(r"[^\d.,-]", "", text)
    plain = digits.replace(".", "").replace(",", ".") if locale == "es" else digits.replace(",", "")
    return Decimal(plain.rstrip("."))


def carried(sheet: FactSheet) -> set[Decimal]:
    return {abs(fact.value) for fact in sheet.facts}


def replace_word(rng: random.Random, text: str, pairs: tuple[tuple[str, str], ...]) -> str | None:
    both = [*pairs, *((b, a) for a, b in pairs)]
    found = [(m, new) for old, new in both for m in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", text, re.IGNORECASE)]
    if not found:
        return None
    match, new = rng.choice(found)
    return put(text, match.start(), match.end(), new.capitalize() if match[0][0].isupper() else new)


# --- figures altered


@family
def digit_altered(rng, right):
    found = spans(right, MONEY, PERCENT, COUNT)
    if not found:
        return None
    match = rng.choice(found)
    places = [n for n in range(match.start(), match.end()) if right.text[n].isdigit()]
    place = rng.choice(places)
    new = rng.choice([d for d in "0123456789" if d != right.text[place]])
    if place == places[0] and new == "0" and len(places) > 1:
        return None
    changed = put(right.text, place, place + 1, new)
    if abs(number(changed[match.start() : match.end()], right.locale)) in carried(right.sheet):
        return None
    return changed


@family
def digit_added(rng, right):
    found = spans(right, COUNT, MONEY)
    if not found:
        return None
    match = rng.choice(found)
    value = abs(number(match[0], right.locale))
    if not value:
        return None
    new = value * 10
    if new in carried(right.sheet):
        return None
    if match.re is MONEY:
        return put(right.text, match.start(), match.end(), format_money(new, "GBP", right.locale))
    return put(right.text, match.start(), match.end(), format_count(new, right.locale))


@family
def figures_swapped(rng, right):
    for pattern in rng.sample((MONEY, PERCENT, COUNT), 3):
        found = spans(right, pattern)
        if pattern is COUNT:  # of the same noun only: swapping nouns is another family
            nouns = {}
            for m in found:
                nouns.setdefault(re.match(r"\s(\w+)", right.text[m.end() :])[1].rstrip("s"), []).append(m)
            found = max(nouns.values(), key=len) if nouns else []
        if len({m[0] for m in found}) < 2:
            continue
        a, b = sorted(rng.sample(found, 2), key=lambda m: m.start())
        if a[0].strip("+-") == b[0].strip("+-"):
            continue
        return right.text[: a.start()] + b[0] + right.text[a.end() : b.start()] + a[0] + right.text[b.end() :]
    return None


@family
def figure_copied(rng, right):
    """One figure told again in the place of another."""
    found = spans(right, MONEY)
    if len({m[0] for m in found}) < 2:
        return None
    a, b = rng.sample(found, 2)
    return None if a[0] == b[0] else put(right.text, a.start(), a.end(), b[0])


@family
def figure_of_another_shop(rng, right):
    found = spans(right, MONEY, COUNT, PERCENT)
    if not found:
        return None
    match = rng.choice(found)
    value = Decimal(rng.randint(100, 10**8)).scaleb(-2)
    if match.re is MONEY:
        new = format_money(value, "GBP", right.locale)
    elif match.re is PERCENT:
        value = Decimal(rng.randint(1, 999)) / 10
        new = format_percent(value, right.locale)
    else:
        value = Decimal(rng.randint(2, 10**5))
        new = format_count(value, right.locale)
    return (
        None
        if any(abs(value - known) <= Decimal("0.5") for known in carried(right.sheet))
        else put(right.text, match.start(), match.end(), new)
    )


@family
def sign_put_before(rng, right):
    found = [m for m in spans(right, MONEY, PERCENT) if not re.search(r"[+-]", m[0]) and number(m[0], right.locale)]
    found = [
        m
        for m in found
        if not re.search(
            r"(?:menos|más|less|more|lower|higher|fewer|puntos|points)", right.text[m.end() : m.end() + 12]
        )
    ]
    found = [m for m in found if not re.search(r"(?:down|up|by|of|de|del|un|una|\() $|\($", right.text[: m.start()])]
    if not found:
        return None
    match = rng.choice(found)
    at = match.start() + (1 if match[0].startswith("£") else 0)
    return put(right.text, at, at, "-")


@family
def sign_flipped(rng, right):
    found = [
        m
        for m in spans(right, PERCENT, MONEY)
        if re.search(r"[+-]\d", m[0]) and number(m[0].replace("+", ""), right.locale)
    ]
    if not found:
        return None
    match = rng.choice(found)
    return put(right.text, match.start(), match.end(), match[0].translate(str.maketrans("+-", "-+")))


@family
def decimal_mark_moved(rng, right):
    found = [m for m in spans(right, MONEY) if re.search(r"[.,]\d\d(?!\d)", m[0]) and number(m[0], right.locale)]
    if not found:
        return None
    match = rng.choice(found)
    value = abs(number(match[0], right.locale)) * rng.choice((10, 100, Decimal("0.1"), 1000))
    return (
        None
        if any(abs(value - known) < Decimal("0.06") for known in carried(right.sheet)) or value < 1
        else put(right.text, match.start(), match.end(), format_money(value, "GBP", right.locale))
    )


@family
def rounding_abused(rng, right):
    found = [m for m in spans(right, MONEY) if number(m[0], right.locale) > 20_000]
    if not found:
        return None
    match = rng.choice(found)
    value = number(match[0], right.locale)
    size = 6 if value >= 10**6 else 3
    wrong = (value.scaleb(-size) * Decimal(rng.choice(("1.08", "0.9", "1.2")))).quantize(Decimal("0.1"))
    if any(abs(wrong - known.scaleb(-size)) < Decimal("0.06") for known in carried(right.sheet)):
        return None
    text = format_count(wrong, right.locale)
    unit = {
        (6, "es"): " millones de libras",
        (3, "es"): " mil libras",
        (6, "en"): " million pounds",
        (3, "en"): " thousand pounds",
    }[size, right.locale]
    return put(right.text, match.start(), match.end(), text + unit)


@family
def scale_word_added(rng, right):
    found = [m for m in spans(right, COUNT) if number(m[0], right.locale)]
    if not found:
        return None
    match = rng.choice(found)
    word = rng.choice(("mil", "millones de") if right.locale == "es" else ("thousand", "million"))
    return put(right.text, match.end(), match.end(), f" {word}")


@family
def unit_changed(rng, right):
    found = spans(right, MONEY, PERCENT)
    if not found or any(f.role == "total" and f.value == 100 for f in right.sheet.facts):
        return None
    match = rng.choice(found)
    text = match[0]
    if match.re is MONEY:
        new = text.replace("£", rng.choice(("€", "$")))
        if rng.random() < 0.2:
            new = text.replace("£", "").strip() + " %"
    else:
        points = "puntos" if right.locale == "es" else "points"
        new = rng.choice(
            (
                text.replace("%", "£"),
                re.sub(r"\s?%", f" {points}", text),
                re.sub(r"\s?%", " pedidos" if right.locale == "es" else " orders", text),
            )
        )
        if re.search(r"(?:return rate|repeat rate|margin|margen|tasa)", right.text):
            new = text.replace("%", "£")
    return put(right.text, match.start(), match.end(), new)


@family
def number_in_words(rng, right):
    found = spans(right, COUNT)
    if not found:
        return None
    match = rng.choice(found)
    words = {
        "es": ("quince", "cuarenta y dos", "mil doscientos", "veintitrés", "trescientos", "un centenar de"),
        "en": ("fifteen", "forty-two", "one thousand two hundred", "twenty-three", "three hundred", "a dozen"),
    }[right.locale]
    values = (15, 42, 1200, 23, 300, 100 if right.locale == "es" else 12)
    n = rng.randrange(6)
    return None if values[n] in carried(right.sheet) else put(right.text, match.start(), match.end(), words[n])


@family
def fraction_in_words(rng, right):
    found = [
        m
        for m in spans(right, PERCENT)
        if number(m[0].replace("+", ""), right.locale) not in (50, Decimal("33.3"), 25, 100, 200)
    ]
    if not found:
        return None
    match = rng.choice(found)
    if any(f.unit == "percent" and abs(f.value) in (50, 25, 75, Decimal("33.3")) for f in right.sheet.facts):
        return None
    words = (
        ("la mitad", "un tercio", "la cuarta parte", "tres cuartos")
        if right.locale == "es"
        else ("half", "a third", "a quarter of it", "three quarters")
    )
    return put(right.text, match.start(), match.end(), rng.choice(words))


@family
def multiple_claimed(rng, right):
    if any(abs(f.value - 100) < 6 or abs(f.value - 200) < 6 for f in right.sheet.facts if f.metric.endswith("_change")):
        return None
    said = (
        (
            "Es el doble que antes.",
            "Las ventas se duplicaron.",
            "Es el triple que el periodo anterior.",
            "Casi se ha duplicado.",
            "Es 3 veces más.",
        )
        if right.locale == "es"
        else (
            "That is double the previous period.",
            "Sales doubled.",
            "It tripled.",
            "That is twice as much as before.",
            "That is 3 times as much.",
        )
    )
    return f"{right.text} {rng.choice(said)}"


@family
def bound_too_high(rng, right):
    found = [m for m in spans(right, MONEY, COUNT) if number(m[0], right.locale) > 10]
    if not found:
        return None
    match = rng.choice(found)
    value = number(match[0], right.locale)
    wrong = (value * Decimal("1.3")).quantize(Decimal(1))
    if wrong <= value:
        return None
    words = ("más de", "más de") if right.locale == "es" else ("more than", "over")
    shown = format_money(wrong, "GBP", right.locale) if match.re is MONEY else format_count(wrong, right.locale)
    if any(v >= wrong for v in carried(right.sheet) if v <= wrong * 2):
        return None
    return put(right.text, match.start(), match.end(), f"{rng.choice(words)} {shown}")


# --- what it is said of


def row_names(right: RightAnswer) -> list[tuple[str, tuple]]:
    """The rows told by name, with all their figures."""
    rows = {}
    for fact in right.sheet.facts:
        for dimension in ("product", "category", "store", "customer", "payment_method"):
            if dimension in fact.dimensions and fact.role in ("value", "baseline", "share"):
                rows.setdefault(fact.dimensions.get("customer_name") or fact.dimensions[dimension], []).append(
                    (fact.metric, fact.role, fact.value)
                )
    return [(name, tuple(sorted(values))) for name, values in rows.items() if right.text.count(name) == 1]


@family
def names_swapped(rng, right):
    rows = row_names(right)
    pairs = [
        (a, b) for a in rows for b in rows if a[0] < b[0] and a[0] not in b[0] and b[0] not in a[0] and a[1] != b[1]
    ]
    values = [f.value for f in right.sheet.facts if f.role == "value" and f.metric == right.sheet.plan.metrics[0]]
    if not pairs or not set(values) - {0} or len(right.sheet.plan.breakdowns) != 1:
        return None
    (a, av), (b, bv) = rng.choice(pairs)
    main = right.sheet.plan.metrics[0]
    if {v for m, r, v in av if m == main} == {v for m, r, v in bv if m == main}:
        return None
    return re.sub(f"{re.escape(a)}|{re.escape(b)}", lambda m: b if m[0] == a else a, right.text)


@family
def name_of_another_shop(rng, right):
    names = [name for name in names_in(right) if len(name) > 3 and right.text.count(name) == 1]
    dimension = {v for f in right.sheet.facts for k, v in f.dimensions.items() if k in ("product", "category", "store")}
    names = [
        name
        for name in names
        if name in dimension
        or name
        in (*right.sheet.plan.filters.products, *right.sheet.plan.filters.categories, *right.sheet.plan.filters.stores)
    ]
    if not names:
        return None
    name = rng.choice(names)
    if not re.search(r"\d", right.text.replace(name, "")):
        return None
    return right.text.replace(name, rng.choice(FOREIGN))


@family
def period_replaced(rng, right):
    """Another month or year in the place of one that is told."""
    months = MONTH_NAMES["es" if right.locale == "es" else "en"]
    text = right.text
    for name in names_in(right):
        text = re.sub(re.escape(name), "#" * len(name), text, flags=re.IGNORECASE)
    found = list(re.finditer(rf"\b(?:{'|'.join(months)})\b", text, re.IGNORECASE))
    if not found:
        return None
    match = rng.choice(found)
    mine = [name.lower() for name in months].index(match[0].lower())
    used = {m[0].lower() for m in found}
    others = [name for n, name in enumerate(months) if n != mine and name.lower() not in used]
    if not others:
        return None
    new = rng.choice(others)
    return put(right.text, match.start(), match.end(), new.capitalize() if match[0][0].isupper() else new)


@family
def year_changed(rng, right):
    text = right.text
    for name in names_in(right):
        text = re.sub(re.escape(name), "#" * len(name), text, flags=re.IGNORECASE)
    found = list(re.finditer(r"\b20(?:09|10)\b", text))
    if not found:
        return None
    match = rng.choice(found)
    new = rng.choice(("2007", "2008", "2012", "2011"))
    return put(right.text, match.start(), match.end(), new)


@family
def periods_swapped(rng, right):
    sheet = right.sheet
    if not sheet.comparison or sheet.plan.breakdowns:
        return None
    from cafe_ai.language.period_wording import name_period

    a, b = (name_period(p, right.locale, as_of=sheet.as_of) for p in (sheet.period, sheet.comparison))
    a, b = (re.sub(r"^(?:el periodo |the period )", "", x) for x in (a, b))
    if right.text.count(a) == 0 or right.text.count(b) == 0 or a in b or b in a:
        return None
    values = {f.metric: f.value for f in sheet.facts if f.role == "value"}
    if all(f.value == values.get(f.metric) for f in sheet.facts if f.role == "baseline"):
        return None
    return re.sub(f"{re.escape(a)}|{re.escape(b)}", lambda m: b if m[0] == a else a, right.text)


@family
def day_shifted(rng, right):
    text = right.text
    for name in names_in(right):
        text = re.sub(re.escape(name), "#" * len(name), text, flags=re.IGNORECASE)
    months = "|".join((*MONTH_NAMES["es"], *MONTH_NAMES["en"]))
    found = list(re.finditer(rf"(?<![\d:.,])\d{{1,2}}(?= (?:de )?(?:{months})(?! \d+[.,]))", text))
    if not found:
        return None
    match = rng.choice(found)
    day = int(match[0])
    new = rng.choice([d for d in (day - 2, day - 1, day + 1, day + 2) if 1 <= d <= 28] or [day - 3])
    return put(right.text, match.start(), match.end(), str(new))


@family
def weekday_changed(rng, right):
    days = WEEKDAY_NAMES["es" if right.locale == "es" else "en"]
    found = list(re.finditer("|".join(days), right.text, re.IGNORECASE))
    if not found or right.sheet.plan.filters.weekdays:
        return None
    match = rng.choice(found)
    used = {m[0].lower() for m in found}
    others = [day for day in days if day.lower() not in used]
    if not others:
        return None
    new = rng.choice(others)
    return put(right.text, match.start(), match.end(), new.capitalize() if match[0][0].isupper() else new)


@family
def hour_changed(rng, right):
    found = list(re.finditer(r"\b\d\d:00\b", right.text))
    if not found:
        return None
    match = rng.choice(found)
    hours = {f"{h:02d}:00" for h in range(24)} - {m[0] for m in found}
    rows = {f.dimensions.get("hour") for f in right.sheet.facts}
    if not hours - rows:
        return None
    new = rng.choice(sorted(hours - rows, key=str))
    return put(right.text, match.start(), match.end(), new)


METRIC_SWAPS = {
    "es": (("ventas netas", "ventas brutas"), ("pedidos", "clientes"), ("unidades", "pedidos"), ("margen", "ticket medio"), ("devoluciones", "descuentos"), ("ventas", "devoluciones"),
           ("clientes nuevos", "clientes recurrentes"), ("ticket medio", "precio medio"), ("ventas", "margen"), ("tasa de repetición", "tasa de devolución")),
    "en": (("net sales", "gross sales"), ("orders", "customers"), ("units", "orders"), ("margin", "average ticket"), ("returns", "discounts"), ("sales", "returns"),
           ("new customers", "returning customers"), ("average ticket", "average price"), ("sales", "margin"), ("repeat rate", "return rate")),
}  # fmt: skip


@family
def metric_changed(rng, right):
    """Every mention of a metric becomes another one."""
    pairs = [
        (a, b)
        for a, b in (*METRIC_SWAPS[right.locale], *((b, a) for a, b in METRIC_SWAPS[right.locale]))
        if re.search(rf"(?<!\w){a}(?!\w)", right.text, re.IGNORECASE)
    ]
    if not pairs or not spans(right, MONEY, COUNT, PERCENT):
        return None
    old, new = rng.choice(pairs)
    if re.search(rf"(?<!\w){new}(?!\w)", right.text, re.IGNORECASE) or (
        old in ("ventas", "sales")
        and re.search(
            r"ticket|brut|gross|diari|daily|al día|per day|de las ventas|of sales|a day|unidades|por (?:pedido|día)|precio",
            right.text,
            re.IGNORECASE,
        )
    ):
        return None
    if re.search(rf"{old} (?:vendid|sold)", right.text, re.IGNORECASE):
        return None
    if old in ("customers", "clientes") and re.search(rf"{old} [“«A-Z\d]", right.text):
        return None
    if old in ("pedidos", "orders", "unidades", "units") and re.search(
        rf"(?:por|per|al|media|medi[ao]s|a|average)\s{old}|{old} (?:por|per|al|a|diari|each)|daily {old}",
        right.text,
        re.IGNORECASE,
    ):
        return None
    return re.sub(
        rf"(?<!\w){old}(?!\w)",
        lambda m: new.capitalize() if m[0][0].isupper() else new,
        right.text,
        flags=re.IGNORECASE,
    )


# --- directions, ranks, claims

DIRECTIONS = {
    "es": (("más", "menos"), ("subieron", "bajaron"), ("aumentaron", "disminuyeron"), ("un aumento", "una caída"), ("un incremento", "un descenso"), ("por encima", "por debajo"), ("crecimiento", "caída"), ("aumento", "descenso")),
    "en": (("more", "less"), ("rose", "fell"), ("went up", "went down"), ("an increase", "a decrease"), ("higher", "lower"), ("up", "down"), ("a rise", "a drop"), ("above", "below"), ("growth", "a decline")),
}  # fmt: skip


@family
def direction_reversed(rng, right):
    if not any(f.metric.endswith(("_change", "_difference")) and f.value for f in right.sheet.facts) or any(
        f.metric.endswith("_difference") and f.value == 0 for f in right.sheet.facts
    ):
        return None
    text = right.text
    pairs = DIRECTIONS[right.locale]
    both = [*pairs, *((b, a) for a, b in pairs)]
    found = [
        (m, new)
        for old, new in both
        for m in re.finditer(rf"(?<!\w){old}(?!\w)(?! de una vez)(?! than once)", text, re.IGNORECASE)
    ]
    if not found:
        return None
    match, new = rng.choice(found)
    return put(text, match.start(), match.end(), new.capitalize() if match[0][0].isupper() else new)


@family
def direction_claimed(rng, right):
    changes = {f.value > 0 for f in right.sheet.facts if f.metric.endswith(("_change", "_difference")) and f.value}
    flat = any(f.metric.endswith("_difference") and f.value == 0 for f in right.sheet.facts)
    if len(changes) > 1 or flat:
        return None
    up = changes == {False} if changes else rng.random() < 0.5
    said = {
        "es": ("Las ventas subieron respecto al periodo anterior.", "Las ventas bajaron respecto al periodo anterior."),
        "en": ("Sales rose compared with the previous period.", "Sales fell compared with the previous period."),
    }[right.locale]
    return f"{right.text} {said[0 if up else 1]}"


@family
def superlative_reversed(rng, right):
    rows = {
        v
        for f in right.sheet.facts
        if f.role == "value" and f.dimensions and f.metric == right.sheet.plan.metrics[0]
        for v in [f.value]
    }
    if (
        not right.sheet.plan.breakdowns
        or len(rows) < 2
        or (right.sheet.plan.ranking and right.sheet.plan.ranking.by != "value")
    ):
        return None
    pairs = {
        "es": (("mejor", "peor"), ("más vendido", "menos vendido"), ("con más", "con menos"), ("mayor", "menor"), ("que más se vende", "que menos se vende")),
        "en": (("best", "worst"), ("best-selling", "worst-selling"), ("highest", "lowest"), ("most", "fewest"), ("busiest", "quietest"), ("strongest", "weakest"), ("top product", "worst product")),
    }[right.locale]  # fmt: skip
    return replace_word(rng, right.text, pairs)


@family
def lines_swapped(rng, right):
    """Two rows of a numbered list change places and keep the numbers."""
    if not right.sheet.plan.ranking:
        return None
    found = list(re.finditer(r"(?m)^(\d+\. )(.+)$", right.text))
    if len(found) < 2:
        return None
    values = [f.value for f in right.sheet.facts if f.role == "value" and f.metric == right.sheet.plan.metrics[0]]
    a, b = sorted(rng.sample(range(len(found)), 2))
    if len(values) <= b or values[a] == values[b] or right.sheet.plan.ranking.by != "value":
        return None
    x, y = found[a], found[b]
    return right.text[: x.start(2)] + y[2] + right.text[x.end(2) : y.start(2)] + x[2] + right.text[y.end(2) :]


@family
def rank_number_changed(rng, right):
    found = list(re.finditer(r"(?m)^(\d+)(?=\. )", right.text))
    if len(found) < 2 or not right.sheet.plan.ranking:
        return None
    match = rng.choice(found)
    return put(right.text, match.start(), match.end(), str(int(match[0]) + rng.choice((1, 2, 7))))


@family
def denied(rng, right):
    pairs = (
        (
            ("fueron", "no fueron"),
            ("fue", "no fue"),
            ("subieron", "no subieron"),
            ("vendiste", "no vendiste"),
            ("sumaron", "no sumaron"),
            ("hubo", "no hubo"),
            ("alcanzaron", "no alcanzaron"),
        )
        if right.locale == "es"
        else (
            ("were", "were not"),
            ("was", "was not"),
            ("rose", "did not rise"),
            ("came to", "did not come to"),
            ("reached", "did not reach"),
        )
    )
    found = [(m, new) for old, new in pairs for m in re.finditer(rf"(?<!\w)(?<!no ){old}(?! no )(?!\w)", right.text)]
    figures = spans(right, MONEY, COUNT, PERCENT)
    found = [(m, new) for m, new in found if any(0 < f.start() - m.end() < 4 for f in figures)]
    if not found:
        return None
    match, new = rng.choice(found)
    return put(right.text, match.start(), match.end(), new)


# --- invented sentences

INVENTED = {
    "es": ("Además, recibiste {n} reseñas de cinco estrellas.", "El ticket medio fue de {m}.", "Tu margen fue del {p}.", "En total atendiste a {n} clientes.", "Las ventas crecieron un {p} respecto al año anterior.",
           "Se devolvieron {n} unidades.", "El mejor día fue el 16 de julio de 2010, con {m}.", "Esto supone el {p} de las ventas.", "A las 17:00 vendiste {m}.", "La previsión para diciembre es de {m}.", "Los clientes nuevos fueron {n}.",
           "Un {p} de los clientes repitió.", "Ganaste {m} de beneficio.", "El stock es de {n} unidades.", "Hubo unas {n} visitas.", "La media por cliente es de {m}.", "Tres de cada cuatro clientes volvieron.", "Vendiste una docena de tartas.",
           "El año pasado fueron {m}.", "En la tienda de Sevilla vendiste {m}."),
    "en": ("You also received {n} five-star reviews.", "The average ticket was {m}.", "Your margin was {p}.", "You served {n} customers in total.", "Sales grew {p} on the year before.", "{n} units were returned.",
           "The best day was 16 July 2010, with {m}.", "That is {p} of sales.", "At 17:00 you sold {m}.", "The forecast for December is {m}.", "There were {n} new customers.", "{p} of customers came back.", "You made {m} in profit.",
           "Stock stands at {n} units.", "There were about {n} visits.", "The average per customer is {m}.", "Three in four customers returned.", "You sold a dozen cakes.", "Last year it was {m}.", "The Leeds branch sold {m}."),
}  # fmt: skip


@family
def sentence_invented(rng, right):
    known = carried(right.sheet)
    m, n, p = (
        Decimal(rng.randint(5000, 10**7)).scaleb(-2),
        Decimal(rng.randint(13, 9999)),
        Decimal(rng.randint(11, 989)) / 10,
    )
    if n in known or p in known:
        return None
    values = {
        "m": format_money(m, "GBP", right.locale),
        "n": format_count(n, right.locale),
        "p": format_percent(p, right.locale),
    }
    sentence = rng.choice(INVENTED[right.locale]).format(**values)
    return f"{right.text} {sentence}" if rng.random() < 0.7 else f"{sentence} {right.text}"


@family
def true_figure_of_another_metric(rng, right):
    """A sentence that gives a true figure to another metric."""
    facts = [f for f in right.sheet.facts if f.role == "value" and f.value > 12 and f.unit in ("money", "count")]
    if not facts:
        return None
    fact = rng.choice(facts)
    told = {str(m) for m in right.sheet.plan.metrics}
    choices = {
        ("money", "es"): (("discounts", "Los descuentos fueron de {v}."), ("returns", "Se devolvieron {v}."), ("average_ticket", "El ticket medio fue de {v}."), ("margin", "El beneficio fue de {v}.")),
        ("money", "en"): (("discounts", "Discounts came to {v}."), ("returns", "Refunds came to {v}."), ("average_ticket", "The average order was {v}."), ("margin", "Profit was {v}.")),
        ("count", "es"): (("customers", "Compraron {v} clientes."), ("orders", "Hubo {v} pedidos."), ("new_customers", "Hubo {v} clientes nuevos."), ("units", "Se vendieron {v} unidades.")),
        ("count", "en"): (("customers", "{v} customers bought."), ("orders", "There were {v} orders."), ("new_customers", "There were {v} new customers."), ("units", "{v} units were sold.")),
    }[fact.unit, right.locale]  # fmt: skip
    metric, sentence = rng.choice(choices)
    if (
        metric in told
        or any(f.metric == metric for f in right.sheet.facts)
        or (fact.metric in ("daily_units", "stock", "units_per_order") and metric == "units")
        or (fact.metric == "daily_orders" and metric == "orders")
    ):
        return None
    if any(f.value == fact.value and f.metric != fact.metric for f in right.sheet.facts):
        return None
    value = (
        format_money(fact.value, "GBP", right.locale)
        if fact.unit == "money"
        else format_count(fact.value, right.locale)
    )
    return f"{right.text}\n{sentence.format(v=value)}"


@family
def true_figure_of_another_period(rng, right):
    """A sentence that gives a true figure to a month the facts do not tell, or to the compared period."""
    facts = [
        f
        for f in right.sheet.facts
        if f.role == "value" and f.unit == "money" and f.value > 12 and not f.dimensions and f.metric == "net_sales"
    ]
    if not facts or any("month" in f.dimensions for f in right.sheet.facts):
        return None
    fact = facts[0]
    month = rng.choice((3, 5, 8))
    name = MONTH_NAMES[right.locale][month - 1]
    value = format_money(fact.value, "GBP", right.locale)
    said = f"En {name} de 2010 vendiste {value}." if right.locale == "es" else f"In {name} 2010 you sold {value}."
    return f"{right.text} {said}"


@family
def true_figure_of_another_row(rng, right):
    rows = [
        f
        for f in right.sheet.facts
        if f.role == "value"
        and f.dimensions
        and f.metric == "net_sales"
        and set(f.dimensions) & {"product", "category", "store"}
    ]
    if len(rows) < 2:
        return None
    a, b = rng.sample(rows, 2)
    if a.value == b.value or a.period != b.period:
        return None
    name = next(iter(b.dimensions.values()))
    value = format_money(a.value, "GBP", right.locale)
    said = f"{name} vendió {value}." if right.locale == "es" else f"{name} sold {value}."
    return f"{right.text}\n{said}"


# --- tricks of writing

SCRIPTS = ("０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "⁰¹²³⁴⁵⁶⁷⁸⁹", "①①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "०१२३४५६७८९")


@family
def other_digits(rng, right):
    """A wrong figure in digits of another script."""
    changed = digit_altered(rng, right)
    if changed is None:
        return None
    start = next(n for n in range(len(changed)) if changed[n] != right.text[n])
    script = rng.choice(SCRIPTS)
    return put(changed, start, start + 1, script[int(changed[start])])


@family
def invisible_inside(rng, right):
    found = [m for m in spans(right, COUNT, MONEY) if len(re.sub(r"\D", "", m[0])) > 1]
    if not found:
        return None
    match = rng.choice(found)
    first = next(n for n in range(match.start(), match.end()) if right.text[n].isdigit())
    return put(
        right.text,
        first + 1,
        first + 1,
        rng.choice(("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")) + rng.choice("123456789"),
    )


@family
def letters_for_digits(rng, right):
    found = spans(right, COUNT, MONEY)
    if not found:
        return None
    match = rng.choice(found)
    last = max(n for n in range(match.start(), match.end()) if right.text[n].isdigit())
    return put(right.text, last + 1, last + 1, rng.choice(("O", "l", "I", "о", "О", "OO")))


@family
def filter_changed(rng, right):
    """Another thing in the place of what the figures are narrowed to."""
    filters = right.sheet.plan.filters
    names = [n for n in (*filters.products, *filters.categories, *filters.stores) if right.text.count(n) >= 1]
    if not names or (right.sheet.plan.breakdowns and right.sheet.plan.breakdowns[0] is Dimension.PRODUCT):
        return None
    if not spans(right, MONEY, COUNT, PERCENT):
        return None
    name = rng.choice(names)
    return right.text.replace(name, rng.choice(FOREIGN))


@family
def duration_changed(rng, right):
    days = right.sheet.plan.inactive_days
    if not days or str(days) not in right.text:
        return None
    return right.text.replace(str(days), str(days + rng.choice((-10, 5, 30, 100))))


@family
def count_of_rows_changed(rng, right):
    match = re.search(r"(?<=Los )\d+(?= )|(?<=The )\d+(?= )|(?<=top )\d+", right.text)
    return put(right.text, match.start(), match.end(), str(int(match[0]) + 2)) if match else None


@family
def winner_invented(rng, right):
    """A best row that is none of the best."""
    rows = row_names(right)
    ranking = right.sheet.plan.ranking
    if right.sheet.plan.metrics not in ((Metric.NET_SALES,), (Metric.UNITS,)):
        return None
    if (
        len(rows) < 2
        or not ranking
        or ranking.by != "value"
        or ranking.order != "top"
        or right.sheet.plan.breakdowns != (Dimension.PRODUCT,)
    ):
        return None
    values = {
        f.dimensions["product"]: f.value
        for f in right.sheet.facts
        if f.role == "value" and f.metric == right.sheet.plan.metrics[0] and "product" in f.dimensions
    }
    losers = [name for name, value in values.items() if value < max(values.values())]
    if not losers:
        return None
    name = rng.choice(losers)
    said = (
        (f"El producto más vendido fue {name}.", f"{name} fue el mejor.")
        if right.locale == "es"
        else (f"The best-selling product was {name}.", f"{name} came first.")
    )
    return f"{right.text}\n{rng.choice(said)}"
