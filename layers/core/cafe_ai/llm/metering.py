"""What the language model was used for one question, and what that cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cafe_ai.llm.port import Completion, LanguageModel, Message, Tool
from cafe_ai.platform.clock import Deadline


class Meter:
    """A language model that counts what goes through it: every answer, also one that was of no use to whoever asked."""

    def __init__(self, language_model: LanguageModel) -> None:
        self._language_model = language_model
        self._completions: list[Completion] = []
        self._prompt_versions: dict[str, None] = {}

    @property
    def name(self) -> str:
        """The name of the model behind it."""
        return self._language_model.name

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, deadline: Deadline, tool: Tool | None = None
    ) -> Completion:
        """What the model behind it answers, counted. Raises ModelUnavailable."""
        completion = self._language_model.complete(messages, max_tokens=max_tokens, deadline=deadline, tool=tool)
        self._completions.append(completion)
        self._prompt_versions |= {message.prompt_version: None for message in messages if message.prompt_version}
        return completion

    @property
    def used(self) -> bool:
        """Whether the model answered at all."""
        return bool(self._completions)

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
