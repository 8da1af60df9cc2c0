"""What the environment decides, read once and checked. The only reader of os.environ."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

DEFAULT_MODEL = "gpt-6-luna"
DEFAULT_EMBEDDING_MODEL = "offline"
DEFAULT_MODEL_SERVER_NAME = "demand-{business_id}"
DEFAULT_TRACE_RATIO = 0.05
DEFAULT_SERVICE_NAME = "cafe-ai"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


class SettingsError(ValueError):
    """The environment is not what the service needs; the message names the variable and what it should hold."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Where traces go, and how many. ratio: the share of traces begun here that is recorded. headers: what the collector
    wants to see, a key mostly; or the secret that holds them. resource: what every span says of where it was made.
    """

    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers_secret_arn: str | None = None
    ratio: float = DEFAULT_TRACE_RATIO
    resource: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings. What a function does not use may stay unset (None); `require` says so where it is used.

    openai_api_key may come from Secrets Manager instead: then openai_secret_arn is set. migration_database_url is the owner's,
    for the migrate function alone. database_iam_auth: the two URLs have no password, an IAM token signs in;
    then they must ask for TLS that verifies the server. migration_master_secret_arn: where RDS keeps the password of its
    master user, who makes the roles of a new database. jwks_url is where the token issuer's keys
    are. deadline_seconds is counted from the edge; rate_limit_per_minute is per user. chroma_url is the vector store's
    address; without one search is PostgreSQL's alone. index_buckets is how many collections of it the businesses share,
    about one for 10,000 documents each; another number moves a business when its documents next change. cache_url is a
    Redis or Valkey server's; without one embeddings are cached in PostgreSQL. index_queue_url is where the indexer is told
    of changes. embedding_model is "offline" or the name of a model of the OpenAI-compatible server.
    language_model_elsewhere: other functions have the key that this one, which calls no model, does without.
    queue_urls are the queues of jobs and notifications by name (`jobs.routing`). reports_bucket holds what jobs make,
    models_bucket what was trained; with a model_server_url that server (TensorFlow Serving's REST API) works out what a model's
    learner predicts, under model_server_name, in which {business_id} stands for the business. report_machine_arn is the
    state machine that makes reports. mail_from is the sender of e-mails; with a mail_folder they are written there and not
    sent. webhook_private_hosts are hosts that webhooks may reach though their address is private: for the local stack and
    tests, never in AWS. job_retry_seconds is how long a job that failed waits for its second attempt; each further wait is
    twice as long.
    """

    database_url: str | None = field(default=None, repr=False)
    migration_database_url: str | None = field(default=None, repr=False)
    database_iam_auth: bool = False
    migration_master_secret_arn: str | None = None
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    jwks_url: str | None = None
    audit_queue_url: str | None = None
    index_queue_url: str | None = None
    chroma_url: str | None = None
    cache_url: str | None = field(default=None, repr=False)
    index_buckets: int = 32
    embedding_model: str = DEFAULT_EMBEDDING_MODEL
    openai_api_key: str | None = field(default=None, repr=False)
    openai_secret_arn: str | None = None
    openai_base_url: str | None = None
    llm_model: str = DEFAULT_MODEL
    language_model_elsewhere: bool = False
    queue_urls: Mapping[str, str] = field(default_factory=dict)
    reports_bucket: str | None = None
    models_bucket: str | None = None
    model_server_url: str | None = None
    model_server_name: str = DEFAULT_MODEL_SERVER_NAME
    report_machine_arn: str | None = None
    mail_from: str | None = None
    mail_folder: str | None = None
    webhook_private_hosts: frozenset[str] = frozenset()
    job_retry_seconds: float = 10.0
    rate_limit_per_minute: int = 100
    deadline_seconds: float = 25.0
    log_level: str = "INFO"
    metrics_namespace: str = "CafeAI"
    traces: TraceSettings | None = None

    @property
    def has_language_model(self) -> bool:
        """Whether the service, here or in its other functions, has a language model to call."""
        return bool(self.openai_api_key or self.openai_secret_arn or self.language_model_elsewhere)

    def require(self, name: str) -> str:
        """The setting of that name. Raises SettingsError where it is unset."""
        value: str | None = getattr(self, name)
        if value is None:
            raise SettingsError(f"{name.upper()} is not set.")
        return value


def starts_from_snapshot(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether Lambda will take a snapshot of this process once it is started (SnapStart)."""
    return environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environ`. An empty variable counts as unset. Raises SettingsError naming the variable."""
    issuer = _url(environ, "JWT_ISSUER")
    iam_auth = _one_of(environ, "DATABASE_IAM_AUTH", ("YES", "NO")) == "YES"
    return Settings(
        database_url=_database_url(environ, "DATABASE_URL", iam_auth),
        migration_database_url=_database_url(environ, "MIGRATION_DATABASE_URL", iam_auth),
        database_iam_auth=iam_auth,
        migration_master_secret_arn=_text(environ, "MIGRATION_MASTER_SECRET_ARN"),
        jwt_issuer=issuer,
        jwt_audience=_text(environ, "JWT_AUDIENCE"),
        jwks_url=_url(environ, "JWKS_URL") or (issuer and issuer.rstrip("/") + "/.well-known/jwks.json"),
        audit_queue_url=_url(environ, "AUDIT_QUEUE_URL"),
        index_queue_url=_url(environ, "INDEX_QUEUE_URL"),
        chroma_url=_url(environ, "CHROMA_URL"),
        cache_url=_url(environ, "CACHE_URL", ("redis", "rediss", "valkey", "valkeys")),
        index_buckets=int(_number(environ, "INDEX_BUCKETS", 32, 1, 10_000)),
        embedding_model=_text(environ, "EMBEDDING_MODEL") or DEFAULT_EMBEDDING_MODEL,
        openai_api_key=_text(environ, "OPENAI_API_KEY"),
        openai_secret_arn=_text(environ, "OPENAI_SECRET_ARN"),
        openai_base_url=_url(environ, "OPENAI_BASE_URL"),
        llm_model=_text(environ, "LLM_MODEL") or DEFAULT_MODEL,
        language_model_elsewhere=_one_of(environ, "LANGUAGE_MODEL_ELSEWHERE", ("YES", "NO")) == "YES",
        queue_urls=_urls_by_name(environ, "QUEUE_URLS"),
        reports_bucket=_text(environ, "REPORTS_BUCKET"),
        models_bucket=_text(environ, "MODELS_BUCKET"),
        model_server_url=_url(environ, "MODEL_SERVER_URL"),
        model_server_name=_text(environ, "MODEL_SERVER_NAME") or DEFAULT_MODEL_SERVER_NAME,
        report_machine_arn=_text(environ, "REPORT_MACHINE_ARN"),
        mail_from=_text(environ, "MAIL_FROM"),
        mail_folder=_text(environ, "MAIL_FOLDER"),
        webhook_private_hosts=frozenset((_text(environ, "WEBHOOK_PRIVATE_HOSTS") or "").lower().split()),
        job_retry_seconds=_number(environ, "JOB_RETRY_SECONDS", 10.0, 0.0, 900.0),
        rate_limit_per_minute=int(_number(environ, "RATE_LIMIT_PER_MINUTE", 100, 1, 1_000_000)),
        deadline_seconds=_number(environ, "DEADLINE_SECONDS", 25.0, 0.1, 900.0),
        log_level=_one_of(environ, "LOG_LEVEL", LOG_LEVELS) or "INFO",
        metrics_namespace=_text(environ, "METRICS_NAMESPACE") or "CafeAI",
        traces=_traces(environ),
    )


def _traces(environ: Mapping[str, str]) -> TraceSettings | None:
    """From OpenTelemetry's own variables; None without an endpoint."""
    endpoint = _url(environ, "OTEL_EXPORTER_OTLP_ENDPOINT")
    if endpoint is None:
        return None
    try:
        headers = headers_of(_text(environ, "OTEL_EXPORTER_OTLP_HEADERS") or "")
        told = _pairs(_text(environ, "OTEL_RESOURCE_ATTRIBUTES") or "")
    except ValueError as error:
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_HEADERS and OTEL_RESOURCE_ATTRIBUTES must be name=value,name=value."
        ) from error
    return TraceSettings(
        endpoint=endpoint.rstrip("/") + "/v1/traces",
        headers=headers,
        headers_secret_arn=_text(environ, "OTEL_EXPORTER_OTLP_HEADERS_SECRET_ARN"),
        ratio=_number(environ, "OTEL_TRACES_SAMPLER_ARG", DEFAULT_TRACE_RATIO, 0.0, 1.0),
        resource={**_function(environ), **told, **_service(environ, told)},
    )


def _service(environ: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    return {"service.name": _text(environ, "OTEL_SERVICE_NAME") or told.get("service.name", DEFAULT_SERVICE_NAME)}


def _function(environ: Mapping[str, str]) -> dict[str, str | int]:
    """Which function this is, by the names of OpenTelemetry's semantic conventions; nothing outside of Lambda."""
    if (name := _text(environ, "AWS_LAMBDA_FUNCTION_NAME")) is None:
        return {}
    known: dict[str, str | int] = {"cloud.provider": "aws", "cloud.platform": "aws_lambda", "faas.name": name}
    if region := _text(environ, "AWS_REGION"):
        known["cloud.region"] = region
    if version := _text(environ, "AWS_LAMBDA_FUNCTION_VERSION"):
        known["faas.version"] = version
    if (size := _text(environ, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE")) and size.isdecimal():
        known["faas.max_memory"] = int(size) * 1024 * 1024
    return known


def headers_of(text: str) -> dict[str, str]:
    """HTTP headers written as OpenTelemetry has them: name=value,name=value, values percent-encoded. Raises ValueError, in
    which there is nothing of the text."""
    headers = _pairs(text)
    if not all(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value) for name, value in headers.items()):
        raise ValueError("These are no headers.")
    return headers


def _pairs(text: str) -> dict[str, str]:
    pairs = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ValueError("These are no pairs of name=value.")
        pairs[name.strip()] = unquote(value.strip())
    return pairs


def _text(environ: Mapping[str, str], name: str) -> str | None:
    return environ.get(name, "").strip() or None


def _database_url(environ: Mapping[str, str], name: str, iam_auth: bool) -> str | None:
    """Without its text in an error: it may hold a password."""
    value = _text(environ, name)
    if value is not None and iam_auth:
        parts = urlsplit(value)
        asked = parse_qs(parts.query)
        if not parts.username or not parts.hostname:
            raise SettingsError(f"{name} must name a user and a host with DATABASE_IAM_AUTH: an IAM token is for them.")
        if asked.get("sslmode") != ["verify-full"] or not asked.get("sslrootcert"):
            raise SettingsError(
                f"{name} must ask for sslmode=verify-full and an sslrootcert with DATABASE_IAM_AUTH:"
                " an IAM token goes to no server that is not verified."
            )
    return value


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
    """Without its text in an error where it may hold a password, as above."""
    value = _text(environ, name)
    if value is not None:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.netloc:
            shown = "" if "@" in value else f", not {value!r}"
            raise SettingsError(f"{name} must be a URL of {' or '.join(schemes)}{shown}.")
    return value


def _urls_by_name(environ: Mapping[str, str], name: str) -> dict[str, str]:
    """Pairs of a name and a URL, parted by spaces: first=https://... second=https://..."""
    urls = {}
    for pair in (_text(environ, name) or "").split():
        key, _, value = pair.partition("=")
        parts = urlsplit(value)
        if not key or parts.scheme not in ("http", "https") or not parts.netloc:
            raise SettingsError(f"{name} must be pairs of name=URL parted by spaces; {pair!r} is none.")
        urls[key] = value
    return urls


def _number(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    value = _text(environ, name)
    if value is None:
        return default
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise SettingsError(f"{name} must be a number from {least:g} to {most:g}, not {value!r}.")
    return number


def _one_of(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = _text(environ, name)
    if value is not None and value.upper() not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value and value.upper()
