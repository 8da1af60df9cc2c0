"""What the language model was used for one question, what that cost, and whether the budget allows any more."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from cafe_ai.errors import Unavailable
from cafe_ai.llm.port import (
    MAY_HAVE_BEEN_PAID,
    BeforeRetry,
    Completion,
    LanguageModel,
    Message,
    ModelUnavailable,
    Reason,
    Tool,
)
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import uuid7


class Budget(Protocol):
    """What an inference draws on."""

    def reserve(self, total_usd: Decimal) -> bool:
        """Holds what the inference may have cost in all when its next call is over; False where that is too much.

        Raises BudgetExhausted where the business chose to be refused, Unavailable where it cannot be asked.
        """


class Meter:
    """A language model that counts what goes through it: every answer, also one that was of no use to whoever asked.

    With a budget each attempt is reserved before it is made, at the most it can cost. Settling is the audit's: it has
    `cost_usd`, `doubtful_usd` (the most that calls without an answer may have cost all the same) and `reserved_usd`.
    """

    def __init__(
        self, language_model: LanguageModel, budget: Budget | None = None, inference_id: UUID | None = None
    ) -> None:
        """inference_id: under which the budget reserves, and the audit writes and settles."""
        self._language_model = language_model
        self._budget = budget
        self.inference_id = inference_id or uuid7()
        self.doubtful_usd = Decimal(0)
        self.reserved_usd = Decimal(0)
        self._completions: list[Completion] = []
        self._prompt_versions: dict[str, None] = {}

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._language_model.name

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        deadline: Deadline,
        tool: Tool | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Completion:
        """What the model behind it answers, counted.

        Raises ModelUnavailable, with "out_of_budget" where the call is not made because it may cost more than is left;
        BudgetExhausted instead where the business chose to be refused.
        """
        at_most = self.cost_at_most(messages, max_tokens=max_tokens, tool=tool)
        self._reserve(at_most)

        def reserve_again(reason: Reason) -> None:
            if before_retry is not None:
                before_retry(reason)
            if reason in MAY_HAVE_BEEN_PAID:
                self.doubtful_usd += at_most
                self._reserve(at_most)

        try:
            completion = self._language_model.complete(
                messages, max_tokens=max_tokens, deadline=deadline, tool=tool, before_retry=reserve_again
            )
        except ModelUnavailable as error:
            if error.reason in MAY_HAVE_BEEN_PAID:
                self.doubtful_usd += at_most
            raise
        self._completions.append(completion)
        self._prompt_versions |= {message.prompt_version: None for message in messages if message.prompt_version}
        return completion

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        """See `LanguageModel.cost_at_most`."""
        return self._language_model.cost_at_most(messages, max_tokens=max_tokens, tool=tool)

    def _reserve(self, at_most: Decimal) -> None:
        if self._budget is None or not at_most:
            return
        total = self.cost_usd + self.doubtful_usd + at_most
        try:
            held = self._budget.reserve(total)
        except Unavailable as error:
            raise ModelUnavailable("budget_unknown") from error
        if not held:
            raise ModelUnavailable("out_of_budget")
        self.reserved_usd = total

    @property
    def used(self) -> bool:
        """Whether the model answered at all."""
        return bool(self._completions)

    @property
    def touched(self) -> bool:
        """Whether the audit has anything to say of it: an answer, a doubt, or a reservation to settle."""
        return self.used or self.doubtful_usd > 0 or self.reserved_usd > 0

    @property
    def model_name(self) -> str | None:
        """The model that gave the last answer, as its server names it; None without one."""
        return self._completions[-1].model if self._completions else None

    @property
    def prompt_version(self) -> str | None:
        """The versions of the prompts that were answered, in order: "plan.v1 prose.v1"; None without any."""
        return " ".join(self._prompt_versions) or None

    @property
    def prompt_tokens(self) -> int:
        """Tokens sent, the cached ones included."""
        return sum(completion.prompt_tokens for completion in self._completions)

    @property
    def completion_tokens(self) -> int:
        """Tokens answered."""
        return sum(completion.completion_tokens for completion in self._completions)

    @property
    def tokens_used(self) -> int:
        """Tokens sent and answered."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def cost_usd(self) -> Decimal:
        """US dollars at list prices, exact."""
        return sum((completion.cost_usd for completion in self._completions), Decimal(0))
