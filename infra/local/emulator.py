"""The AWS emulator as the stack sees it: how it is started, asked whether it is ready, and talked to."""

import os
import time
import urllib.error
import urllib.request
from typing import Any

from infra.local import processes
from infra.local.layout import Layout, python_of
from infra.local.problems import CommandFailed
from infra.local.state import Process

REGION = "eu-west-1"
START_SECONDS = 60
# The functions inherit the emulator's environment, so it gets nothing of the caller's but what reaches the network.
# LAMBDA_WARM_TTL_SECONDS: for how long a function's further processes stay without work; long runs keep them.
INHERITED = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy",
             "https_proxy", "LAMBDA_WARM_TTL_SECONDS")  # fmt: skip


def url_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def start(layout: Layout, port: int) -> Process:
    layout.tmp.mkdir(parents=True, exist_ok=True)
    layout.log("functions").unlink(missing_ok=True)
    command: processes.Command = [python_of(layout.emulator_venv), "-m", "infra.local.emulator_process"]
    return processes.start(command, layout.log("emulator"), env=_environ(layout, port), cwd=layout.project)


def wait_until_ready(layout: Layout, process: Process, port: int) -> None:
    """Raises CommandFailed, with the end of its log, where it ends or does not answer within a minute."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.is_running(process):
        try:
            with urllib.request.urlopen(f"{url_of(port)}/_ministack/health", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.03)
    raise CommandFailed("Starting the AWS emulator", layout.log("emulator"))


def client(service: str, port: int, **settings: Any) -> Any:
    """A boto3 client of the emulator, which takes any credentials."""
    import boto3
    from botocore.config import Config

    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106
    config = Config(retries={"total_max_attempts": 1}, read_timeout=120, **settings)
    return session.client(service, endpoint_url=url_of(port), config=config)


def _environ(layout: Layout, port: int) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        processes.MARK: str(layout.home),
        "HOME": str(layout.tmp),
        "TMPDIR": str(layout.tmp),
        "TZ": "UTC",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": str(layout.project),
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": url_of(port),
        "AWS_EC2_METADATA_DISABLED": "true",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "S3_DATA_DIR": str(layout.files),
        "S3_PERSIST": "1",
        "STATE_DIR": str(layout.tmp / "state"),
        "LOG_LEVEL": "INFO",
        "FUNCTIONS_LOG": str(layout.log("functions")),
    }
