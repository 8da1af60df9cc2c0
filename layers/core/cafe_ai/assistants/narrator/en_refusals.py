"""What cannot be told, in English: gaps in the records, and questions that have no plan."""

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.analytics.model import Gap

GAPS: Mapping[Gap, str] = {
    "no_records": "I cannot answer that yet: the shop has no sales on record",
    "before_records": "there is no data for {period}: {records}",
    "after_records": "there is no data for {period}: {records}",
    "no_sales": "there were no sales{scope} {when}",
    "no_prices": "I cannot work out {what}{scope}: the orders carry no prices",
    "no_costs": "I cannot work out {what}{scope}: there are no costs on record for those products",
    "no_customers": "I cannot say anything about customers: the orders do not record who bought",
    "no_stock": "I do not know how much stock{scope} is left: no stock is on record",
    "no_catalogue_price": "I do not know the price{scope}: there are no prices in the catalogue",
    "no_baseline": "there is no data for {comparison} to compare with{why_no_comparison}",
    "no_stores": "I cannot tell stores apart: the orders do not record the store",
    "no_categories": "I cannot tell categories apart: the products have no category on record",
    "no_payment_methods": "I cannot tell payment methods apart: the orders do not record them",
    "short_history": "I cannot tell which days are out of the ordinary: too few days are on record to know",
}

DECLINES: Mapping[str, str] = {
    "unknown_subject": "I have no data about {subject}.",
    "not_recorded": "I have no data about {subject}: I only know the shop's sales, customers and catalogue.",
    "not_understood": "I did not understand the question well enough to give you a reliable figure.",
    "future": "I cannot know what has not happened yet: I only answer from what is on record.",
    "ambiguous_name": "I am not sure what you mean by {subject}: {choices}?",
}

SUBJECTLESS: Mapping[str, str] = {
    "unknown_subject": "I have no data about that.",
    "not_recorded": "I have no data about that: I only know the shop's sales, customers and catalogue.",
    "ambiguous_name": "I am not sure which one you mean: {choices}?",
}

NOT_IN_DOCUMENTS = "I found nothing about it in the shop's documents either."
INVITATION = "You can ask me, for example, {examples}"
EXAMPLES = (
    "“How much did we sell last month?”",
    "“Which products sold best this week?”",
    "“How many new customers did we have this year?”",
)
