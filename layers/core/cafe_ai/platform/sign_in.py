"""Signing in to PostgreSQL: with an IAM token in place of a password, over TLS whose certificate is verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, cast

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.queue import one_at_a_time

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.signers import RequestSigner

Password = Callable[[], str]

TOKEN_SECONDS = 900  # RDS takes a token for so long, to sign in with: a connection outlives it
DEFAULT_PORT = 5432


class IamTokens:
    """A `Password` for RDS or RDS Proxy: called, it signs a new token with the function's own credentials.

    Signing calls nobody, but for new credentials where the last ones have grown old, as after a snapshot's restore.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def __call__(self) -> str:
        """A token for the host, port and user of the URL. Raises DependencyDown where there are no credentials."""
        from botocore.awsrequest import prepare_request_dict
        from botocore.exceptions import BotoCoreError

        to = conninfo_to_dict(self._dsn)
        request = {
            "method": "GET",
            "url_path": "/",
            "query_string": "",
            "headers": {},
            "body": {"Action": "connect", "DBUser": to["user"]},
            "context": {},
        }
        prepare_request_dict(request, f"https://{to['host']}:{to.get('port', DEFAULT_PORT)}")
        try:
            url: str = self._signer.generate_presigned_url(request, "connect", expires_in=TOKEN_SECONDS)
        except BotoCoreError as error:
            raise DependencyDown("database") from error
        return url.removeprefix("https://")

    @cached_property
    def _signer(self) -> RequestSigner:
        """Without an RDS client, for which botocore reads a description of the whole service (1.7 MB)."""
        from botocore.model import ServiceId
        from botocore.session import get_session
        from botocore.signers import RequestSigner

        with one_at_a_time:
            session = get_session()
            return RequestSigner(
                ServiceId("rds-db"),
                session.get_config_variable("region"),
                "rds-db",
                "v4",
                cast("Credentials", session.get_credentials()),  # with None it says so when it signs
                session.get_component("event_emitter"),
            )


def connection_string(dsn: str, password: Password | None = None) -> str:
    """What to connect with: the URL with a password that is asked for now, and with `sslrootcert=system` said as the file of
    the authorities that this Python trusts.

    The OpenSSL inside psycopg's wheel looks for the system's authorities in /usr/lib/psycopg-openssl, where none are: every
    server would be refused. Python's own knows the place, and is what the issuer's keys are fetched with as well.
    """
    secret = {} if password is None else {"password": password()}
    if conninfo_to_dict(dsn).get("sslrootcert") != "system":
        return make_conninfo(dsn, **secret)
    from ssl import get_default_verify_paths

    roots = get_default_verify_paths().cafile or "system"
    return make_conninfo(dsn, sslrootcert=roots, sslmode="verify-full", **secret)


def as_user_of(secret: str, dsn: str) -> str:
    """The connection string with the user and password of a secret as RDS keeps it: JSON of username and password."""
    kept = json.loads(secret)
    return make_conninfo(dsn, user=kept["username"], password=kept["password"])
