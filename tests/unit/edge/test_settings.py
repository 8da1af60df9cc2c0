"""The environment is checked, and a mistake in it is named."""

from __future__ import annotations

import pytest

from cafe_ai.settings import Settings, SettingsError, load_settings


def test_an_empty_environment_has_the_documented_defaults() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert (settings.llm_model, settings.rate_limit_per_minute, settings.deadline_seconds) == ("gpt-6-luna", 100, 25.0)


def test_the_keys_are_the_issuers_unless_said_otherwise() -> None:
    assert load_settings({"JWT_ISSUER": "https://id.example/"}).jwks_url == "https://id.example/.well-known/jwks.json"
    elsewhere = load_settings({"JWT_ISSUER": "https://id.example", "JWKS_URL": "https://keys.example/k"})
    assert elsewhere.jwks_url == "https://keys.example/k"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_ISSUER", "id.example"),
        ("JWKS_URL", "file:///etc/passwd"),
        ("OPENAI_BASE_URL", "localhost:8080"),
        ("AUDIT_QUEUE_URL", "audit"),
        ("RATE_LIMIT_PER_MINUTE", "many"),
        ("RATE_LIMIT_PER_MINUTE", "0"),
        ("DEADLINE_SECONDS", "-1"),
        ("JOB_RETRY_SECONDS", "901"),
        ("DEADLINE_SECONDS", "nan"),
        ("LOG_LEVEL", "LOUD"),
        ("LANGUAGE_MODEL_ELSEWHERE", "PERHAPS"),
        ("DATABASE_IAM_AUTH", "TRUE"),
    ],
)
def test_a_wrong_value_is_refused_with_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must be .*{value}"):
        load_settings({name: value})


@pytest.mark.parametrize(
    ("environ", "has"),
    [
        ({}, False),
        ({"OPENAI_API_KEY": "k"}, True),
        ({"OPENAI_SECRET_ARN": "arn:k"}, True),
        ({"LANGUAGE_MODEL_ELSEWHERE": "yes"}, True),
        ({"LANGUAGE_MODEL_ELSEWHERE": "no"}, False),
    ],
)
def test_a_function_without_the_key_knows_whether_others_have_it(environ: dict[str, str], has: bool) -> None:
    assert load_settings(environ).has_language_model is has


def test_an_unset_setting_is_named_where_it_is_needed() -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL is not set"):
        load_settings({"DATABASE_URL": " "}).require("database_url")


def test_secrets_do_not_show() -> None:
    shown = repr(load_settings({"DATABASE_URL": "postgresql://u:secret@h/d", "OPENAI_API_KEY": "secret"}))
    assert "secret" not in shown.replace("secret_arn", "")


@pytest.mark.parametrize("name", ["DATABASE_URL", "MIGRATION_DATABASE_URL"])
@pytest.mark.parametrize(
    "asks", ["", "?sslmode=require", "?sslmode=verify-ca&sslrootcert=system", "?sslmode=verify-full"]
)
def test_an_iam_token_goes_to_no_server_that_is_not_verified(name: str, asks: str) -> None:
    address = f"postgresql://app@db.example/cafe_ai{asks}"
    assert load_settings({name: address}).database_iam_auth is False
    with pytest.raises(SettingsError, match=f"^{name} must ask for sslmode=verify-full") as refused:
        load_settings({name: address, "DATABASE_IAM_AUTH": "YES"})
    assert "db.example" not in str(refused.value)
    verified = "postgresql://app@db.example/cafe_ai?sslmode=verify-full&sslrootcert=system"
    assert load_settings({name: verified, "DATABASE_IAM_AUTH": "yes"}).database_iam_auth
    for incomplete in (verified.replace("app@", ""), verified.replace("db.example", "")):
        with pytest.raises(SettingsError, match=f"^{name} must name a user and a host"):
            load_settings({name: incomplete, "DATABASE_IAM_AUTH": "YES"})


OTLP = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example/base/"}


def test_without_an_endpoint_there_are_no_traces() -> None:
    assert load_settings({"OTEL_TRACES_SAMPLER_ARG": "1", "OTEL_SERVICE_NAME": "x"}).traces is None


def test_traces_go_where_opentelemetrys_own_variables_say() -> None:
    traces = load_settings(
        {
            **OTLP,
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20k, x-dataset=a=b,",
            "OTEL_TRACES_SAMPLER_ARG": "0.25",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=staging,service.name=other",
            "OTEL_SERVICE_NAME": "shop",
            "AWS_LAMBDA_FUNCTION_NAME": "query",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-west-1",
        }
    ).traces
    assert traces is not None
    assert traces.endpoint == "https://otlp.example/base/v1/traces"
    assert traces.headers == {"authorization": "Bearer k", "x-dataset": "a=b"}
    assert traces.ratio == 0.25
    assert traces.resource == {
        "service.name": "shop",
        "deployment.environment.name": "staging",
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": "eu-west-1",
        "faas.name": "query",
        "faas.version": "7",
        "faas.max_memory": 512 * 1024 * 1024,
    }


def test_one_trace_in_twenty_is_recorded_unless_said_otherwise() -> None:
    traces = load_settings(OTLP).traces
    assert traces is not None
    assert (traces.ratio, traces.resource) == (0.05, {"service.name": "cafe-ai"})


@pytest.mark.parametrize("headers", ["CANARY", "=CANARY", "x-key=a%0d%0aCANARY: b", "x key=CANARY", "x-key=ñ-CANARY"])
def test_wrong_headers_are_refused_without_showing_them(headers: str) -> None:
    with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_HEADERS") as refused:
        load_settings({**OTLP, "OTEL_EXPORTER_OTLP_HEADERS": headers})
    assert "CANARY" not in f"{refused.value}{refused.value.__cause__}"


def test_the_collectors_key_is_not_shown() -> None:
    settings = load_settings({**OTLP, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=CANARY"})
    assert "CANARY" not in repr(settings)


@pytest.mark.parametrize("ratio", ["1.1", "-0.1", "nan", "some"])
def test_the_share_of_traces_is_a_number_from_0_to_1(ratio: str) -> None:
    with pytest.raises(SettingsError, match="OTEL_TRACES_SAMPLER_ARG"):
        load_settings({**OTLP, "OTEL_TRACES_SAMPLER_ARG": ratio})
