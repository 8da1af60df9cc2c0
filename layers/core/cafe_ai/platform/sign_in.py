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

Address = str | Callable[[], str]  # a connection string; or asked for one, for each new connection

TOKEN_SECONDS = 900  # RDS takes a token for so long, to sign in with: a connection outlives it
DEFAULT_PORT = 5432


class WithIamToken:
    """The URL of RDS or RDS Proxy with a token as its password: each call signs a new one with the function's credentials.

    Signing calls nobody, but for new credentials where the last ones have grown old, as after a snapshot's restore.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self) -> str:
        """Raises DependencyDown where there are no credentials."""
        return make_conninfo(self._url, password=self.token())

    def token(self) -> str:
        """A token for the host, port and user of the URL."""
        from botocore.awsrequest import prepare_request_dict
        from botocore.exceptions import BotoCoreError

        to = conninfo_to_dict(self._url)
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


def connection_string(address: Address) -> str:
    """What to connect with now, `sslrootcert=system` said as the file of the authorities that this Python trusts.

    The OpenSSL inside psycopg's wheel looks for the system's authorities in /usr/lib/psycopg-openssl, where none are: every
    server would be refused. Python's own knows the place, and is what the issuer's keys are fetched with as well.
    """
    dsn = address if isinstance(address, str) else address()
    if conninfo_to_dict(dsn).get("sslrootcert") != "system":
        return dsn
    from ssl import get_default_verify_paths

    return make_conninfo(dsn, sslrootcert=get_default_verify_paths().cafile or "system", sslmode="verify-full")


def as_user_of(secret: str, dsn: str) -> str:
    """The connection string with the user and password of a secret as RDS keeps it: JSON of username and password."""
    kept = json.loads(secret)
    return make_conninfo(dsn, user=kept["username"], password=kept["password"])
