"""The routes in use, read twice a minute at most, and the models they lead to, each built once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cafe_ai.errors import Unavailable
from cafe_ai.llm.routed import RoutedLanguageModel
from cafe_ai.model_routes import repository

if TYPE_CHECKING:
    from cafe_ai.llm.port import LanguageModel
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database
    from cafe_ai.tenancy.model import Member

logger = logging.getLogger(__name__)

SECONDS_KEPT = 30.0
SECONDS_TO_NEXT_TRY = 3.0  # where they could not be read
SECONDS_MISSED = 600.0
"""How long a model that the server did not know is not asked again."""


class ModelRoutes:
    """Which model a member's business is given. One per execution environment."""

    def __init__(self, database: Database, build: Callable[[str], LanguageModel | None]) -> None:
        """build: the model of a name."""
        self._database = database
        self._build = build
        self._names: Mapping[str, str] = {}
        self._read_at: float | None = None
        self._models: dict[str, LanguageModel | None] = {}
        self._missed_at: dict[str, float] = {}

    def route(self, configured: LanguageModel, member: Member) -> LanguageModel:
        """The model for one request of the member's: nothing is read before it is used."""
        return RoutedLanguageModel(configured, lambda: self.find(configured, member), self._note_missed)

    def find(self, configured: LanguageModel, member: Member) -> LanguageModel | None:
        """The model that the type of the member's business is given; None where that is the configured one."""
        name = self._current(member.deadline).get(member.business.type)
        missed_at = self._missed_at.get(name or "")
        if name is None or name == configured.name:
            return None
        if missed_at is not None and time.monotonic() - missed_at < SECONDS_MISSED:
            return None
        if name not in self._models:
            self._models[name] = self._build(name)
        return self._models[name]

    def _current(self, deadline: Deadline) -> Mapping[str, str]:
        """As they were read last. Where they cannot be read, those known before stand, for seconds."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > SECONDS_KEPT:
            self._read_at = now
            try:
                with self._database.transaction(deadline=deadline, read_only=True) as uow:
                    self._names = repository.current(uow)
            except Unavailable:
                self._read_at = now - SECONDS_KEPT + SECONDS_TO_NEXT_TRY
                logger.warning("The model routes could not be read.")
        return self._names

    def _note_missed(self, name: str) -> None:
        self._missed_at[name] = time.monotonic()
