"""The composition root: what a function works with, built once per execution environment, on first use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from cafe_ai.platform import telemetry
from cafe_ai.platform.db import Database
from cafe_ai.platform.sign_in import WithIamToken
from cafe_ai.settings import Settings, SettingsError, load_settings
from cafe_ai.tenancy.tokens import SigningKeys

if TYPE_CHECKING:
    from cafe_ai.embeddings import EmbeddingModel
    from cafe_ai.examples.service import ExampleShelf
    from cafe_ai.llm import LanguageModel
    from cafe_ai.model_routes.service import ModelRoutes
    from cafe_ai.platform.cache import Cache, Recent
    from cafe_ai.platform.email import Mailer
    from cafe_ai.platform.otlp import Tracer
    from cafe_ai.platform.queue import MessageQueue
    from cafe_ai.platform.secrets import RotatingSecret
    from cafe_ai.platform.state_machine import StateMachine
    from cafe_ai.platform.storage import ObjectStore
    from cafe_ai.platform.vectors import VectorStore
    from cafe_ai.platform.webhooks import WebhookSender
    from cafe_ai.tenancy.model import Member

RECENT_QUERIES = 500  # 2 KB each


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

    def before_snapshot(self) -> None:
        """Loads what requests will need, and gives up all that was built: a snapshot holds no connection and no secret."""
        from cafe_ai import snapshot

        snapshot.load(self.settings)
        self._begin_anew()

    def after_restore(self) -> None:
        """Begins as a process of its own: each member is built on first use, so connections, keys and tokens are new."""
        from cafe_ai import snapshot

        self._begin_anew()
        snapshot.renew_randomness()

    def _begin_anew(self) -> None:
        members = vars(self)
        for name in [name for name in members if name != "settings"]:
            if close := getattr(members.pop(name), "close", None):
                close()

    @cached_property
    def database(self) -> Database:
        """The application's database, as the role that owns nothing."""
        url = self.settings.require("database_url")
        return Database(WithIamToken(url) if self.settings.database_iam_auth else url)

    @cached_property
    def tracer(self) -> Tracer | None:
        """What records and sends traces; None where no collector is configured."""
        if self.settings.traces is None:
            return None
        from cafe_ai.platform.otlp import Tracer
        from cafe_ai.platform.secrets import read_secret

        return Tracer(self.settings.traces, read_secret)

    @cached_property
    def renewals(self) -> Database:
        """The same database, for the thread that renews a job's lease while another works."""
        return self.database.another()

    @cached_property
    def keys(self) -> SigningKeys:
        """The token issuer's public keys."""
        return SigningKeys(self.settings.require("jwks_url"))

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model, or None without an API key: then rules plan and the narrator writes."""
        from cafe_ai import llm

        return llm.build(self.settings, api_key=self._api_key)

    @cached_property
    def model_routes(self) -> ModelRoutes:
        """Which model each type of business is given."""
        from cafe_ai import llm
        from cafe_ai.model_routes.service import ModelRoutes

        return ModelRoutes(
            self.database, lambda name: llm.build(replace(self.settings, llm_model=name), api_key=self._api_key)
        )

    def language_model_for(self, member: Member) -> LanguageModel | None:
        """The language model for one request about the member's business, or None without an API key."""
        return None if self.language_model is None else self.model_routes.route(self.language_model, member)

    @cached_property
    def embedding_model(self) -> EmbeddingModel:
        """The configured embedding model."""
        from cafe_ai import embeddings

        return embeddings.build(self.settings, api_key=self._api_key)

    def embedding_model_named(self, name: str) -> EmbeddingModel:
        """The model of that name, with which an older index was made; each is built once."""
        if name == self.embedding_model.name:
            return self.embedding_model
        if name not in self._older_models:
            from cafe_ai import embeddings

            self._older_models[name] = embeddings.build(self.settings, name, api_key=self._api_key)
        return self._older_models[name]

    @cached_property
    def vectors(self) -> VectorStore | None:
        """The vector store; None where none is configured: then search is PostgreSQL's alone."""
        if self.settings.chroma_url is None:
            return None
        from cafe_ai.platform.vectors import VectorStore

        return VectorStore(self.settings.chroma_url)

    @cached_property
    def cache(self) -> Cache | None:
        """The cache server; None where none is configured: then PostgreSQL keeps what is cached."""
        if self.settings.cache_url is None:
            return None
        from cafe_ai.platform.cache import Cache

        return Cache(self.settings.cache_url)

    @cached_property
    def examples(self) -> ExampleShelf:
        """The approved examples that were read lately."""
        from cafe_ai.examples.service import ExampleShelf

        return ExampleShelf(self.database)

    @cached_property
    def recent_queries(self) -> Recent[list[float]]:
        """The vectors of what was searched last."""
        from cafe_ai.platform.cache import Recent

        return Recent(RECENT_QUERIES)

    @cached_property
    def recent_places(self) -> Recent[Any]:
        """Where the index of a business is, of those where it is not where one would look first."""
        from cafe_ai.platform.cache import Recent

        return Recent(RECENT_QUERIES)

    @cached_property
    def index_queue(self) -> MessageQueue | None:
        """Where the indexer is told that a business's documents changed; without one it sees them on its schedule."""
        return _queue(self.settings.index_queue_url)

    @cached_property
    def audit_queue(self) -> MessageQueue | None:
        """Where audit records go while the database is away; None where no such queue is configured."""
        return _queue(self.settings.audit_queue_url)

    def queue(self, name: str) -> MessageQueue:
        """The queue of jobs or notifications of that name. Raises SettingsError where it is not configured."""
        if name not in self._queues:
            url = self.settings.queue_urls.get(name)
            if url is None:
                raise SettingsError(f"QUEUE_URLS names no queue {name!r}.")
            from cafe_ai.platform.queue import MessageQueue

            self._queues[name] = MessageQueue(url)
        return self._queues[name]

    @cached_property
    def reports(self) -> ObjectStore:
        """Where jobs keep the files they make."""
        from cafe_ai.platform.storage import ObjectStore

        return ObjectStore(self.settings.require("reports_bucket"))

    @cached_property
    def models(self) -> ObjectStore:
        """Where the models that were trained are kept."""
        from cafe_ai.platform.storage import ObjectStore

        return ObjectStore(self.settings.require("models_bucket"))

    @cached_property
    def report_machine(self) -> StateMachine:
        """The state machine that makes sales reports."""
        from cafe_ai.platform.state_machine import StateMachine

        return StateMachine(self.settings.require("report_machine_arn"))

    @cached_property
    def mail(self) -> Mailer:
        """What sends e-mail: SES, or a folder where one is configured."""
        from pathlib import Path

        from cafe_ai.platform.email import FolderMailer, SesMailer

        folder = self.settings.mail_folder
        return SesMailer() if folder is None else FolderMailer(Path(folder))

    @cached_property
    def webhooks(self) -> WebhookSender:
        """What posts to the addresses that businesses gave."""
        from cafe_ai.platform.webhooks import WebhookSender

        return WebhookSender(self.settings.webhook_private_hosts)

    @cached_property
    def _queues(self) -> dict[str, MessageQueue]:
        return {}

    @cached_property
    def _older_models(self) -> dict[str, EmbeddingModel]:
        return {}

    @cached_property
    def _api_key(self) -> RotatingSecret | None:
        """The models' API key where Secrets Manager keeps it; None where the settings have it, or there is none."""
        arn = self.settings.openai_secret_arn
        if arn is None or self.settings.openai_api_key is not None:
            return None
        from cafe_ai.platform.secrets import RotatingSecret

        return RotatingSecret(arn)


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
