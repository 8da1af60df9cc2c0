"""What FastAPI does while it is imported and no request needs, put off: a third of a cold start.

Both ways are open ones: `defer_build` is pydantic's own option, and FastAPI expects that pydantic.v1 may be missing
(`fastapi._compat.shared`). Should either change, a function starts more slowly and works as before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

PYDANTIC_V1 = "pydantic.v1"


@contextmanager
def models_built_on_first_use() -> Iterator[None]:
    """Pydantic models defined inside build their validators when they are first used.

    FastAPI defines some forty models of the OpenAPI document, which a function without documentation pages never uses.
    """
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


@contextmanager
def pydantic_v1_absent() -> Iterator[None]:
    """Inside, pydantic.v1 cannot be imported, unless it has been.

    FastAPI loads that package to ask of each annotation whether it is one of its models; without it, none is.
    """
    absent = sys.modules.setdefault(PYDANTIC_V1, None) is None  # type: ignore[arg-type]
    try:
        yield
    finally:
        if absent:
            del sys.modules[PYDANTIC_V1]
