"""All the SQL about what is read in reviews and how it is corrected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from cafe_ai.platform.db import UnitOfWork
from cafe_ai.reviews.model import Aspect, AspectOpinion, Label, Opinion, Review
from cafe_ai.reviews.summary import combine

_IS_READ = """read.business_id = review.business_id AND read.review_id = review.id
        AND read.text_hash = sha256(convert_to(review.text, 'UTF8'))"""

SELECT_DUE = f"""
SELECT review.id, review.text FROM reviews AS review
 WHERE review.business_id = %(business_id)s
   AND NOT EXISTS (SELECT FROM review_analyses AS read WHERE {_IS_READ} AND read.model_version = %(version)s)
 ORDER BY review.reviewed_at DESC, review.id LIMIT %(at_most)s"""  # noqa: S608 -- this module's own constant

COUNT_DUE = f"""
SELECT count(*) FROM reviews AS review
 WHERE review.business_id = %(business_id)s
   AND NOT EXISTS (SELECT FROM review_analyses AS read WHERE {_IS_READ} AND read.model_version = %(version)s)"""  # noqa: S608

UPSERT_ANALYSIS = """
INSERT INTO review_analyses AS known (business_id, review_id, label, score, aspects, model_version, text_hash)
SELECT review.business_id, review.id, %(label)s, %(score)s, %(aspects)s::jsonb, %(version)s, %(text_hash)s
  FROM reviews AS review WHERE review.business_id = %(business_id)s AND review.id = %(review_id)s
ON CONFLICT (business_id, review_id) DO UPDATE
   SET label = excluded.label, score = excluded.score, aspects = excluded.aspects, model_version = excluded.model_version,
       text_hash = excluded.text_hash, analysed_at = excluded.analysed_at"""

SELECT_CORRECTIONS = """
SELECT review.id, review.text, said.label, said.corrected_at
  FROM review_corrections AS said JOIN reviews AS review ON review.business_id = said.business_id AND review.id = said.review_id
 WHERE said.business_id = %(business_id)s
 ORDER BY said.corrected_at DESC, review.id LIMIT %(at_most)s"""

SELECT_REVIEW = """
SELECT id FROM reviews WHERE business_id = %(business_id)s AND (id = %(id)s OR external_id = %(external_id)s)
 ORDER BY id = %(id)s DESC NULLS LAST LIMIT 1"""

UPSERT_CORRECTION = """
INSERT INTO review_corrections AS known (business_id, review_id, label, user_id)
VALUES (%(business_id)s, %(review_id)s, %(label)s, %(user_id)s)
ON CONFLICT (business_id, review_id) DO UPDATE
   SET label = excluded.label, user_id = excluded.user_id, corrected_at = excluded.corrected_at"""

SELECT_READ = f"""
SELECT review.id, (review.reviewed_at AT TIME ZONE %(timezone)s)::date AS day, review.text, review.rating, review.product_id,
       product.name AS product, read.label, read.score, read.aspects, said.label AS corrected
  FROM reviews AS review
  JOIN review_analyses AS read ON {_IS_READ}
  LEFT JOIN review_corrections AS said ON said.business_id = review.business_id AND said.review_id = review.id
  LEFT JOIN products AS product ON product.business_id = review.business_id AND product.id = review.product_id
 WHERE review.business_id = %(business_id)s AND review.reviewed_at < %(as_of)s
   AND (review.reviewed_at AT TIME ZONE %(timezone)s)::date >= %(start)s
   AND (review.reviewed_at AT TIME ZONE %(timezone)s)::date < %(end)s
   AND (%(products)s::uuid[] IS NULL OR review.product_id = ANY (%(products)s))
 ORDER BY review.reviewed_at DESC, review.id LIMIT %(at_most)s"""  # noqa: S608

COUNT_UNREAD = f"""
SELECT count(*) AS reviews, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM review_analyses AS read WHERE {_IS_READ})) AS unread
  FROM reviews AS review
 WHERE review.business_id = %(business_id)s AND review.reviewed_at < %(as_of)s"""  # noqa: S608

SELECT_PRODUCTS = "SELECT id FROM products WHERE business_id = %(business_id)s AND name = ANY (%(names)s) ORDER BY id"

_AGREES = {Label.POSITIVE: 1.0, Label.NEUTRAL: 0.0, Label.NEGATIVE: -1.0}


@dataclass(frozen=True, slots=True)
class Due:
    """A review that is to be read."""

    id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A review with the label that its business gave it."""

    id: UUID
    text: str
    label: Label
    corrected_at: datetime


def due(uow: UnitOfWork, business_id: UUID, version: str, at_most: int) -> list[Due]:
    """Reviews that this version has not read as they stand now, the newest first."""
    values = {"business_id": business_id, "version": version, "at_most": at_most}
    with uow.connection.cursor(row_factory=class_row(Due)) as cursor:
        return cursor.execute(SELECT_DUE, values).fetchall()


def count_due(uow: UnitOfWork, business_id: UUID, version: str) -> int:
    """How many reviews this version has not read as they stand now."""
    row = uow.connection.execute(COUNT_DUE, {"business_id": business_id, "version": version}).fetchone()
    return int(row[0]) if row else 0


def store(
    uow: UnitOfWork, business_id: UUID, version: str, reviews: Sequence[Due], opinions: Sequence[Opinion]
) -> None:
    """Writes what was read over what was read before. A review that is gone meanwhile is left out."""
    rows = [
        {
            "business_id": business_id,
            "review_id": review.id,
            "label": opinion.label.value,
            "score": opinion.score,
            "aspects": _to_json(opinion.aspects),
            "version": version,
            "text_hash": sha256(review.text.encode()).digest(),
        }
        for review, opinion in zip(reviews, opinions, strict=True)
    ]
    with uow.connection.cursor() as cursor:
        cursor.executemany(UPSERT_ANALYSIS, rows)


def corrections(uow: UnitOfWork, business_id: UUID, at_most: int) -> list[Correction]:
    """The business's corrections, the latest first."""
    values = {"business_id": business_id, "at_most": at_most}
    rows = uow.connection.execute(SELECT_CORRECTIONS, values).fetchall()
    return [Correction(id, text, Label(label), moment) for id, text, label, moment in rows]


def find(uow: UnitOfWork, business_id: UUID, review: str) -> UUID | None:
    """The review with this id, ours or the shop's own."""
    try:
        own: UUID | None = UUID(review)
    except ValueError:
        own = None
    values = {"business_id": business_id, "id": own, "external_id": review}
    row = uow.connection.execute(SELECT_REVIEW, values).fetchone()
    return row[0] if row else None


def correct(uow: UnitOfWork, business_id: UUID, review_id: UUID, label: Label, user_id: UUID | None) -> None:
    """Notes what the business says of a review; its latest word stands."""
    values = {"business_id": business_id, "review_id": review_id, "label": label.value, "user_id": user_id}
    uow.connection.execute(UPSERT_CORRECTION, values)


def read(
    uow: UnitOfWork,
    business_id: UUID,
    timezone: str,
    days: tuple[date, date],
    as_of: datetime,
    products: Sequence[UUID] | None,
    at_most: int,
) -> list[Review]:
    """Reviews of [days) up to a moment that were read as they stand, the newest first; of some products alone where they are
    given."""
    values = {
        "business_id": business_id,
        "timezone": timezone,
        "start": days[0],
        "end": days[1],
        "as_of": as_of,
        "products": list(products) if products is not None else None,
        "at_most": at_most,
    }
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return [_review(row) for row in cursor.execute(SELECT_READ, values)]


def count_unread(uow: UnitOfWork, business_id: UUID, as_of: datetime) -> tuple[int, int]:
    """How many reviews there are up to a moment, and how many of them nobody has read as they stand."""
    row = uow.connection.execute(COUNT_UNREAD, {"business_id": business_id, "as_of": as_of}).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def products_called(uow: UnitOfWork, business_id: UUID, names: Sequence[str]) -> list[UUID]:
    """The products with these names."""
    values = {"business_id": business_id, "names": list(names)}
    return [id for (id,) in uow.connection.execute(SELECT_PRODUCTS, values)]


def _review(row: dict[str, Any]) -> Review:
    label, score = combine(Label(row["label"]), row["score"], row["rating"])
    if row["corrected"] is not None:
        label = Label(row["corrected"])
        score = _AGREES[label]
    return Review(
        id=row["id"],
        day=row["day"],
        text=row["text"],
        rating=row["rating"],
        product_id=row["product_id"],
        product=row["product"],
        label=label,
        score=score,
        aspects=tuple(
            AspectOpinion(Aspect(each["aspect"]), each["score"], each["quote"], tuple(each["terms"]))
            for each in row["aspects"]
        ),
        corrected=row["corrected"] is not None,
    )


def _to_json(aspects: Sequence[AspectOpinion]) -> str:
    """NUL and halves of characters, which jsonb has no place for, become a space and a question mark."""
    told = [
        {"aspect": each.aspect.value, "score": each.score, "quote": each.quote, "terms": list(each.terms)}
        for each in aspects
    ]
    return json.dumps(told, ensure_ascii=False).replace("\\u0000", " ").encode("utf-8", "replace").decode()
