"""Secrets Manager. boto3 is imported when the first secret is read."""

from __future__ import annotations

import json
from urllib.parse import quote

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


def database_url(secret: str) -> str:
    """A connection URL from a database secret: the URL itself, or the JSON that RDS keeps (username, password, host).

    Characters that mean something in a URL are quoted: passwords made by Secrets Manager hold them.
    """
    if not secret.lstrip().startswith("{"):
        return secret.strip()
    parts = json.loads(secret)
    user, password = quote(parts["username"], safe=""), quote(parts["password"], safe="")
    return f"postgresql://{user}:{password}@{parts['host']}:{parts.get('port', 5432)}/{parts.get('dbname', 'postgres')}"
