"""Where a business's vectors are kept: in one of the collections that businesses share, or, once it is large, in its own.

A collection for each business would cost the vector store 2.8 MB and four files each; one for all would make every query
read everybody's. The names depend on the model, since its vectors compare with no other's.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

OWN_COLLECTION_DOCUMENTS = 5_000


def shared_collection(model: str, business_id: UUID, buckets: int) -> str:
    """The shared collection that a business's id falls into, of so many."""
    bucket = int.from_bytes(sha256(business_id.bytes).digest()[:8], "big") % buckets
    return f"cafe-{_digest(model.encode())}-{bucket:05d}"


def own_collection(model: str, business_id: UUID) -> str:
    """The collection of one large business."""
    return f"cafe-{_digest(model.encode())}-own-{_digest(business_id.bytes)}"


def collection_for(model: str, business_id: UUID, buckets: int, documents: int) -> str:
    """The collection for a business with so many documents."""
    if documents > OWN_COLLECTION_DOCUMENTS:
        return own_collection(model, business_id)
    return shared_collection(model, business_id, buckets)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
