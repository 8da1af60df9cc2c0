"""A language model that may be another for some: what a type of business is given, or the configured one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property

from cafe_ai.llm.openai_connection import ModelNotFound
from cafe_ai.llm.port import BeforeRetry, Completion, LanguageModel, Message, ModelUnavailable, Tool
from cafe_ai.platform.clock import Deadline

logger = logging.getLogger(__name__)


class RoutedLanguageModel:
    """A `LanguageModel` for one request. Which it is is asked for when it is first used, and not before.

    Where the server does not know the routed model, the configured one answers, and `missed` is told of it.
    """

    def __init__(
        self,
        configured: LanguageModel,
        find: Callable[[], LanguageModel | None],
        missed: Callable[[str], None],
    ) -> None:
        """find: the model routed to, None where there is none."""
        self._configured = configured
        self._find = find
        self._missed = missed
        self._gone = False

    @property
    def name(self) -> str:
        """The name of the model that is asked."""
        return (self._asked or self._configured).name

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        deadline: Deadline,
        tool: Tool | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Completion:
        """See `LanguageModel.complete`; the completion names the model that gave it."""
        routed = self._asked
        if routed is not None:
            try:
                return routed.complete(
                    messages, max_tokens=max_tokens, deadline=deadline, tool=tool, before_retry=before_retry
                )
            except ModelUnavailable as error:
                if not isinstance(error.__cause__, ModelNotFound):
                    raise
            self._gone = True
            self._missed(routed.name)
            logger.warning("The server does not know the model %s: %s answers.", routed.name, self._configured.name)
        return self._configured.complete(
            messages, max_tokens=max_tokens, deadline=deadline, tool=tool, before_retry=before_retry
        )

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        """See `LanguageModel.cost_at_most`: of the dearer one of those that may answer."""
        routed = self._asked
        models = [self._configured] if routed is None else [self._configured, routed]
        return max(model.cost_at_most(messages, max_tokens=max_tokens, tool=tool) for model in models)

    @property
    def _asked(self) -> LanguageModel | None:
        return None if self._gone else self._routed

    @cached_property
    def _routed(self) -> LanguageModel | None:
        return self._find()
