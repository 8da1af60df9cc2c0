"""Erasure that a shop asks an operator for: one customer of its own, or the whole business.

Files go before the rows that name them, so that whoever is stopped in between can ask again. Vectors go with their
documents, once the indexer has seen it; what is told of it afterwards are figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.erasure import repository
from cafe_ai.errors import BusinessNotFound, InvalidRequest, NotFound
from cafe_ai.platform.telemetry import log, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline


def erase_as_asked(runtime: Runtime, asked: Mapping[str, Any], deadline: Deadline) -> Mapping[str, int]:
    """`{"business_id", "customer"}` forgets a customer, by our id or the shop's own; `{"business_id", "confirm"}` the business,
    if `confirm` is its name. How many rows and files of each kind it was.

    Raises InvalidRequest for anything else, BusinessNotFound, and NotFound for an unknown customer.
    """
    business_id = _business_id(asked)
    match sorted(asked):
        case ["business_id", "customer"]:
            kind, done = "customer", forget_customer(runtime, business_id, str(asked["customer"]), deadline)
        case ["business_id", "confirm"]:
            kind, done = "business", offboard_business(runtime, business_id, str(asked["confirm"]), deadline)
        case _:
            raise InvalidRequest.field("customer", "or confirm has to be given, and nothing else beside business_id")
    log("erased", kind=kind, **done)
    measures().count("Erasures")
    return done


def forget_customer(runtime: Runtime, business_id: UUID, named: str, deadline: Deadline) -> Mapping[str, int]:
    """Forgets a customer. Raises BusinessNotFound, and NotFound where the business has no such customer."""
    with runtime.database.transaction(business_id, deadline=deadline, read_only=True) as uow:
        if repository.name_of(uow, business_id) is None:
            raise BusinessNotFound
        customer_id = repository.find_customer(uow, business_id, named)
        about = [] if customer_id is None else repository.jobs_about(uow, business_id, customer_id)
    if customer_id is None:
        raise NotFound("The business has no such customer.")
    files = _delete_files(runtime, business_id, about)
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        rows = repository.forget_customer(uow, business_id, customer_id)
    return {**(rows or {}), "files": files}


def offboard_business(runtime: Runtime, business_id: UUID, confirmed: str, deadline: Deadline) -> Mapping[str, int]:
    """Removes a business with all it has. One that is gone already loses what files it has still.

    Raises InvalidRequest where `confirmed` is not its name.
    """
    with runtime.database.transaction(business_id, deadline=deadline, read_only=True) as uow:
        name = repository.name_of(uow, business_id)
        jobs = repository.jobs(uow, business_id)
    if name is not None and name != confirmed:
        raise InvalidRequest.field("confirm", "must be the business's name, as it is written")
    files = _delete_files_of_business(runtime, business_id, jobs)
    rows = None
    if name is not None:
        with runtime.database.transaction(business_id, deadline=deadline) as uow:
            rows = repository.offboard(uow, business_id, name)
    files += _delete_files_of_business(runtime, business_id, ())  # what a worker wrote meanwhile
    return {**(rows or {}), "files": files}


def _business_id(asked: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(asked.get("business_id")))
    except ValueError:
        raise InvalidRequest.field("business_id", "must be a UUID") from None


def _delete_files(runtime: Runtime, business_id: UUID, jobs: Sequence[UUID]) -> int:
    prefixes = [prefix for job in jobs for prefix in (f"reports/{business_id}/{job}/", f"work/{job}/")]
    return sum(runtime.reports.delete_under(prefix) for prefix in prefixes)


def _delete_files_of_business(runtime: Runtime, business_id: UUID, jobs: Sequence[UUID]) -> int:
    deleted = runtime.reports.delete_under(f"reports/{business_id}/")
    deleted += sum(runtime.reports.delete_under(f"work/{job}/") for job in jobs)
    return deleted + runtime.models.delete_under(f"models/{business_id}/")
