"""The composition root: what a function works with, built once per execution environment, on first use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from cafe_ai.platform import telemetry
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings, load_settings
from cafe_ai.tenancy.tokens import SigningKeys

if TYPE_CHECKING:
    from cafe_ai.llm import LanguageModel
    from cafe_ai.platform.queue import MessageQueue


@dataclass(frozen=True)
class Runtime:
    """Everything that lives longer than a request. Each member is built on first use and kept.

    A test puts its fakes in place with `Runtime.of(settings, database=...)`.
    """

    settings: Settings

    @classmethod
    def of(cls, settings: Settings, **members: object) -> Runtime:
        """A runtime with these members instead of those it would build."""
        runtime = cls(settings)
        vars(runtime).update(members)
        return runtime

    @cached_property
    def database(self) -> Database:
        """The application's database, as the role that owns nothing."""
        arn = self.settings.database_secret_arn
        if arn is None:
            return Database(self.settings.require("database_url"))
        from cafe_ai.platform import secrets

        return Database(secrets.database_url(secrets.read_secret(arn)))

    @cached_property
    def keys(self) -> SigningKeys:
        """The token issuer's public keys."""
        return SigningKeys(self.settings.require("jwks_url"))

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model, or None without an API key: then rules plan and the narrator writes."""
        from cafe_ai import llm

        settings = self.settings
        if settings.openai_api_key is None and settings.openai_secret_arn is not None:
            from cafe_ai.platform.secrets import read_secret

            settings = replace(settings, openai_api_key=read_secret(settings.openai_secret_arn))
        return llm.build(settings)

    @cached_property
    def audit_queue(self) -> MessageQueue | None:
        """Where audit records go while the database is away; None where no such queue is configured."""
        return _queue(self.settings.audit_queue_url)

    @cached_property
    def index_queue(self) -> MessageQueue | None:
        """Where changes of the catalogue and documents are told; None where no such queue is configured."""
        return _queue(self.settings.index_queue_url)


def _queue(url: str | None) -> MessageQueue | None:
    if url is None:
        return None
    from cafe_ai.platform.queue import MessageQueue

    return MessageQueue(url)


def build() -> Runtime:
    """A runtime from the environment. Raises SettingsError naming the variable that is wrong."""
    settings = load_settings()
    telemetry.set_level(settings.log_level)
    return Runtime(settings)


@cache
def runtime() -> Runtime:
    """This execution environment's runtime."""
    return build()
