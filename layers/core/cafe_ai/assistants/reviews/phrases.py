"""The sentences about reviews, by language. What stands in braces is filled in by `telling`."""

from __future__ import annotations

from collections.abc import Mapping

from cafe_ai.language.formats import Language
from cafe_ai.reviews.model import Aspect, Side

ASPECTS: Mapping[Language, Mapping[Aspect, str]] = {
    "es": {
        Aspect.PRODUCT: "del producto",
        Aspect.SERVICE: "de la atención",
        Aspect.PRICE: "del precio",
        Aspect.PLACE: "del local",
        Aspect.WAITING: "de la espera",
    },
    "en": {
        Aspect.PRODUCT: "of the product",
        Aspect.SERVICE: "of the service",
        Aspect.PRICE: "of the price",
        Aspect.PLACE: "of the place",
        Aspect.WAITING: "of the waiting",
    },
}

SIDES: Mapping[Language, Mapping[Side, str]] = {
    "es": {"positive": "Lo que gusta {aspect}", "negative": "Quejas {aspect}"},
    "en": {"positive": "Praise {aspect}", "negative": "Complaints {aspect}"},
}

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "overview": "Reseñas leídas {when}: {reviews}; el {share} son positivas (positivas, {positive}; neutras, {neutral}; negativas, {negative}).",
        "overview_few": "Reseñas leídas {when}: {reviews} (positivas, {positive}; neutras, {neutral}; negativas, {negative}).",
        "overview_product": "Reseñas leídas de «{product}» {when}: {reviews} (positivas, {positive}; neutras, {neutral}; negativas, {negative}).",
        "rating": "Valoración media: {rating} estrellas.",
        "aspect": "{aspect}: {positive} a favor y {negative} en contra.",
        "theme": "{side}, «{name}» ({reviews}): {quotes}.",
        "theme_one": "{side}: {quotes}.",
        "no_rating": "De esas fechas no hay estrellas registradas.",
        "no_products": "De ningún producto hay bastantes reseñas para decirlo.",
        "no_complaints": "En las reseñas leídas no hay quejas de las que se pueda decir más.",
        "no_praise": "En las reseñas leídas no hay elogios de los que se pueda decir más.",
        "aspect_unsaid": "{aspect} no dice nada ninguna de las reseñas leídas.",
        "trend_better": "Las reseñas mejoran: {recent} positivas en {span} ({recent_reviews}), antes {before} ({before_reviews}).",
        "trend_worse": "Las reseñas empeoran: {recent} positivas en {span} ({recent_reviews}), antes {before} ({before_reviews}).",
        "trend_same": "No hay un cambio claro: {recent} positivas en {span} ({recent_reviews}), antes {before} ({before_reviews}); puede ser azar.",
        "trend_few": "Hay muy pocas reseñas para decir si mejoran: {recent_reviews} en {span} y {before_reviews} antes.",
        "best": "El producto mejor reseñado es «{product}»: {positive} de {reviews} a favor.",
        "worst": "El producto peor reseñado es «{product}»: {negative} de {reviews} en contra.",
        "pending": "Quedan sin leer todavía: {reviews}.",
    },
    "en": {
        "overview": "Reviews read {when}: {reviews}; {share} are positive ({positive} positive, {neutral} neutral and {negative} negative).",
        "overview_few": "Reviews read {when}: {reviews} ({positive} positive, {neutral} neutral and {negative} negative).",
        "overview_product": "Reviews read of “{product}” {when}: {reviews} ({positive} positive, {neutral} neutral and {negative} negative).",
        "rating": "Average rating: {rating} stars.",
        "aspect": "{aspect}: {positive} in favour and {negative} against.",
        "theme": "{side}, “{name}” ({reviews}): {quotes}.",
        "theme_one": "{side}: {quotes}.",
        "no_rating": "There are no stars on record for those dates.",
        "no_products": "No product has enough reviews to say that.",
        "no_complaints": "The reviews read hold no complaints of which more could be said.",
        "no_praise": "The reviews read hold no praise of which more could be said.",
        "aspect_unsaid": "None of the reviews read says anything {aspect}.",
        "trend_better": "Reviews are getting better: {recent} positive in {span} ({recent_reviews}), {before} before ({before_reviews}).",
        "trend_worse": "Reviews are getting worse: {recent} positive in {span} ({recent_reviews}), {before} before ({before_reviews}).",
        "trend_same": "There is no clear change: {recent} positive in {span} ({recent_reviews}), {before} before ({before_reviews}); it may be chance.",
        "trend_few": "There are too few reviews to say whether they get better: {recent_reviews} in {span} and {before_reviews} before.",
        "best": "The best reviewed product is “{product}”: {positive} of {reviews} in favour.",
        "worst": "The worst reviewed product is “{product}”: {negative} of {reviews} against.",
        "pending": "Not read yet: {reviews}.",
    },
}

GAPS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "no_reviews": "No hay reseñas registradas: se cargan con `cafe-ai import-reviews` o las escribe tu plataforma.",
        "unread": "Hay reseñas, pero aún no se han leído: se leen cada noche, o ahora con el trabajo `analyze_reviews`.",
        "none_in_period": "No hay reseñas de esas fechas.",
        "none_of_product": "No hay reseñas leídas de ese producto.",
    },
    "en": {
        "no_reviews": "There are no reviews on record: `cafe-ai import-reviews` loads them, or your platform writes them.",
        "unread": "There are reviews, but they have not been read yet: they are read each night, or now with the job `analyze_reviews`.",
        "none_in_period": "There are no reviews of those dates.",
        "none_of_product": "No reviews of that product have been read.",
    },
}

REVIEWS: Mapping[Language, tuple[str, str]] = {"es": ("reseña", "reseñas"), "en": ("review", "reviews")}

SPANS: Mapping[Language, Mapping[str, str]] = {
    "es": {"recent": "los últimos tres meses", "month": "este mes"},
    "en": {"recent": "the last three months", "month": "this month"},
}

QUOTES: Mapping[Language, tuple[str, str]] = {"es": ("«", "»"), "en": ("“", "”")}

PROMPTS: Mapping[Language, str] = {"es": "Qué dicen las reseñas", "en": "What the reviews say"}
"""What stands for the caller's words where there are none."""
