"""The stack as a whole: start it from whatever state the last one left, and stop it."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cafe_ai.settings import DEFAULT_EMBEDDING_MODEL
from infra.local import bridge, chroma, database, emulator, issuer, processes
from infra.local.build import ensure_build, fingerprint
from infra.local.catching_up import count_baskets, index_all, queue_unfinished_work, send_messages
from infra.local.console import say, step
from infra.local.deploy import base_url, deploy
from infra.local.dev_users import DEV_USERS
from infra.local.files import move_files
from infra.local.layout import Layout
from infra.local.native import LOCAL_ORIGINS
from infra.local.ports import choose_ports
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresServer
from infra.local.problems import StackError, showing
from infra.local.sample_business.loading import load as load_sample_business
from infra.local.sample_business.loading import load_documents
from infra.local.state import Process, Record, State, load, save

PASSED_ON = {  # settings of the caller's environment that the functions get, under the template's names
    "OPENAI_API_KEY": "OpenAiApiKey",
    "OPENAI_BASE_URL": "OpenAiBaseUrl",
    "LLM_MODEL": "LlmModel",
    "EMBEDDING_MODEL": "EmbeddingModel",
    "CACHE_URL": "CacheUrl",
    "RATE_LIMIT_PER_MINUTE": "RateLimitPerMinute",
    "JOB_RETRY_SECONDS": "JobRetrySeconds",
    "LOG_LEVEL": "LogLevel",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "OtlpEndpoint",
    "OTEL_EXPORTER_OTLP_HEADERS": "OtlpHeaders",
    "OTEL_TRACES_SAMPLER_ARG": "TraceRatio",
}
MAIL_FROM = "Café AI <avisos@cafe-ai.example>"
WEBHOOK_PRIVATE_HOSTS = "127.0.0.1 localhost"  # receivers on this machine


def running(layout: Layout) -> State | None:
    """How to reach the stack where it runs whole."""
    record = load(layout)
    whole = record.ready and all(processes.is_running(process) for process in record.processes.values())
    return record.ready if whole and database.server(layout, record.ports["postgres"]).is_running() else None


def revive_vector_store(layout: Layout) -> bool:
    """Start the vector store again where it alone of a whole stack has ended; whether it had to be.

    The others go on without it, so they are left alone. Raises CommandFailed where it does not start.
    """
    if _ended(load(layout)) != [chroma.NAME]:
        return False
    with exclusively(layout, wait=True):
        record = load(layout)
        if _ended(record) != [chroma.NAME]:  # another command was quicker
            return False
        port = record.ports[chroma.NAME]
        record.processes[chroma.NAME] = chroma.start(layout, port)
        save(layout, record)
        chroma.wait_until_ready(layout, record.processes[chroma.NAME], port)
    return True


def _ended(record: Record) -> list[str]:
    """Those processes of a stack that was ready which do not run any more."""
    processes_of = record.processes.items() if record.ready else ()
    return [name for name, process in processes_of if not processes.is_running(process)]


def is_out_of_date(layout: Layout) -> bool:
    """Whether the sources have changed since the running stack was built."""
    return load(layout).build != fingerprint(layout)


def start(layout: Layout) -> State:
    """Start everything, first clearing away what a crash left; where a step fails or is interrupted, stop it all again.

    Raises StackError, PostgresError or OSError; the data stays as far as it came.
    """
    with exclusively(layout):
        clear_away(layout)
        try:
            return _start(layout)
        except BaseException:
            clear_away(layout)
            raise


def stop(layout: Layout) -> bool:
    """Stop whatever runs of this stack and say whether anything did."""
    with exclusively(layout):
        return clear_away(layout)


@contextmanager
def exclusively(layout: Layout, *, wait: bool = False) -> Iterator[None]:
    """Hold the stack's lock, so that no two commands start or stop it at once.

    Where another holds it: raises StackError or, with `wait`, waits for it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    with layout.lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise StackError("Another command is starting or stopping this stack right now; wait for it.") from error
        yield


def clear_away(layout: Layout) -> bool:
    """Stop the processes on record, PostgreSQL, and workers that a killed emulator left behind."""
    record = load(layout)
    if record.ready:
        record.ready = None
        save(layout, record)
    recorded = [process for process in record.processes.values() if processes.is_running(process)]
    processes.stop(recorded)
    left_over = processes.left_over(layout.home)
    processes.kill(left_over)
    postgres = database.server(layout, record.ports.get("postgres", 0)) if layout.postgres.exists() else None
    served = postgres is not None and postgres.is_running()
    if postgres and served:
        postgres.stop()
    if record.processes:
        record.processes = {}
        save(layout, record)
    shutil.rmtree(layout.tmp, ignore_errors=True)
    return bool(recorded or left_over or served)


def _start(layout: Layout) -> State:
    record = load(layout)
    record.ports = choose_ports(record.ports)
    layout.tmp.mkdir(parents=True, exist_ok=True)
    postgres = database.server(layout, record.ports["postgres"])
    with step("Building the functions and their layers"):
        build = ensure_build(layout)
    record.build = build.name
    save(layout, record)
    with step("Starting PostgreSQL, the vector store, the token issuer and the AWS emulator"):
        _start_processes(layout, record)
        postgres.start()
        database.prepare(postgres)
        emulator.wait_until_ready(layout, record.processes["emulator"], record.ports["emulator"])
        chroma.wait_until_ready(layout, record.processes[chroma.NAME], record.ports[chroma.NAME])
    layout.mail.mkdir(parents=True, exist_ok=True)
    parameters = _parameters(layout, postgres, record.ports)
    with step("Deploying template.yaml"), showing(layout.log("emulator"), BotoCoreError, ClientError):
        outputs = deploy(layout, build, record.ports["emulator"], parameters)
        for bucket in ("ReportsBucketName", "ModelsBucketName"):
            move_files(outputs[bucket], record.ports["emulator"])
    with step("Loading the sample business, Café Central"):
        business_id = load_sample_business(postgres.dsn(SAAS))
        load_documents(postgres.dsn(APP))
    _catch_up(layout, postgres, outputs, record.ports["emulator"])
    record.ready = State(
        base_url=base_url(record.ports["emulator"]),
        issuer=_issuer_url(record.ports),
        audience=issuer.AUDIENCE,
        signing_keys=str(layout.issuer),
        dsn_app=postgres.dsn(APP),
        dsn_saas=postgres.dsn(SAAS),
        dsn_owner=postgres.dsn(OWNER),
        emulator_url=emulator.url_of(record.ports["emulator"]),
        audit_queue_url=outputs["AuditQueueUrl"],
        chroma_url=chroma.url_of(record.ports[chroma.NAME]),
        embedding_model=parameters.get("EmbeddingModel", DEFAULT_EMBEDDING_MODEL),
        indexer=outputs["IndexerFunctionName"],
        redrive=outputs["RedriveFunctionName"],
        business_id=str(business_id),
        owner_id=str(DEV_USERS["owner"]),
        erase=outputs["EraseFunctionName"],
    )
    save(layout, record)
    return record.ready


def _catch_up(layout: Layout, postgres: PostgresServer, outputs: dict[str, str], port: int) -> None:
    with showing(layout.log("functions"), BotoCoreError, ClientError):
        with step("Indexing the catalogue and the documents"):
            waiting = index_all(postgres.dsn(SUPERUSER), outputs["IndexerFunctionName"], port)
        if waiting:
            say(f"    {waiting} changes wait to be indexed; search does without, and the indexer tries each minute.")
        with step("Counting what is bought together"):
            count_baskets(outputs["BasketPairsFunctionName"], port)
        if queue_unfinished_work(postgres.dsn(SUPERUSER)):
            with step("Taking up the work that was under way"):
                send_messages(outputs["OutboxRelayFunctionName"], port)


def _start_processes(layout: Layout, record: Record) -> None:
    """Each is on record as soon as it runs, so that whatever happens next it can be stopped."""
    record.processes[chroma.NAME] = chroma.start(layout, record.ports[chroma.NAME])  # the slowest to be ready
    save(layout, record)
    issuer.ensure_key(layout.issuer)
    record.processes["issuer"] = _start_issuer(layout, record.ports["issuer"])
    save(layout, record)
    record.processes["emulator"] = emulator.start(layout, record.ports["emulator"])
    save(layout, record)
    record.processes[bridge.NAME] = bridge.start(layout, record.ports["emulator"])
    save(layout, record)


def _start_issuer(layout: Layout, port: int) -> Process:
    environ = {"PATH": os.environ.get("PATH", os.defpath), processes.MARK: str(layout.home)}
    command: processes.Command = [Path(sys.executable), "-m", "infra.local.issuer", layout.issuer, str(port)]
    return processes.start(command, layout.log("issuer"), env=environ, cwd=layout.project)


def _issuer_url(ports: dict[str, int]) -> str:
    return f"http://127.0.0.1:{ports['issuer']}"


def _parameters(layout: Layout, postgres: PostgresServer, ports: dict[str, int]) -> dict[str, str]:
    passed_on: dict[str, Any] = {
        ours: os.environ[theirs] for theirs, ours in PASSED_ON.items() if os.environ.get(theirs)
    }
    return {
        "Arch": "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64",
        "AllowedOrigins": ",".join(LOCAL_ORIGINS),
        "JwtIssuer": _issuer_url(ports),
        "JwtAudience": issuer.AUDIENCE,
        "DatabaseUrl": postgres.dsn(APP),
        "MigrationDatabaseUrl": postgres.dsn(OWNER),
        "ChromaUrl": chroma.url_of(ports[chroma.NAME]),
        "Network": "none",
        "MailFrom": MAIL_FROM,
        "MailFolder": str(layout.mail),
        "WebhookPrivateHosts": WEBHOOK_PRIVATE_HOSTS,
        **passed_on,
    }
