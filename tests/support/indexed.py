"""Rows of a business that is in the index, as a superuser writes them; no vector store is asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

INSERT_DOCUMENT = (
    "INSERT INTO documents (business_id, id, kind, content) VALUES (%s, 'horario', 'document', 'De 8 a 20 h')"
)


def put_in_index(superuser: psycopg.Connection[Any], business: UUID) -> None:
    """The product's document, and one of the business's own, as if they were in the vector store."""
    superuser.execute(INSERT_DOCUMENT, [business])
    superuser.execute("INSERT INTO index_generations VALUES (%s, 'shared', 'm', 'serving')", [business])
    superuser.execute(
        "INSERT INTO index_entries SELECT business_id, 'shared', key, content_hash, 1 FROM documents WHERE business_id = %s",
        [business],
    )
    superuser.execute("INSERT INTO index_leases VALUES (%s, gen_random_uuid(), now())", [business])
    superuser.execute("INSERT INTO embedding_cache VALUES ('m', uuid_send(%s), '')", [business])
