"""The people of the local stack: one user a role, with fixed ids, so that tokens go on working after a restart."""

from __future__ import annotations

from uuid import UUID

DEV_USERS: dict[str, UUID] = {
    "owner": UUID("0de50000-0000-7000-8000-000000000001"),
    "manager": UUID("0de50000-0000-7000-8000-000000000002"),
    "staff": UUID("0de50000-0000-7000-8000-000000000003"),
    "analyst": UUID("0de50000-0000-7000-8000-000000000004"),
}
