"""The names of the shops last asked about, kept between the requests of an execution environment."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.analytics import repository
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.tenancy.model import Business

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SHOPS_KEPT = 64
_kept: OrderedDict[UUID, tuple[int, ShopNames]] = OrderedDict()


def names_of(uow: UnitOfWork, business: Business) -> ShopNames:
    """The business's names; read again when `names_version` says that one has appeared or changed."""
    version, names = _kept.get(business.id, (None, None))
    if names is None or version != business.names_version:
        names = ShopNames(repository.names(uow, business.id))
        _kept[business.id] = (business.names_version, names)
    _kept.move_to_end(business.id)
    if len(_kept) > SHOPS_KEPT:
        _kept.popitem(last=False)
    return names
