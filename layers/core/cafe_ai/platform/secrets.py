"""Secrets Manager. boto3 is imported when the first secret is read."""

from __future__ import annotations

from cafe_ai.errors import DependencyDown


def read_secret(arn: str) -> str:
    """The secret's text. Raises DependencyDown where it cannot be had."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
    try:
        secret: str = boto3.client("secretsmanager", config=config).get_secret_value(SecretId=arn)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise DependencyDown("secrets") from error
    return secret
