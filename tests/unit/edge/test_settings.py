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
