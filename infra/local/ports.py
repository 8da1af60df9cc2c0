"""The ports of the stack: kept from one start to the next as far as they are free."""

import os
import socket

from infra.local.console import say
from infra.local.problems import PortInUse, StackError

API_PORT = 14566  # where the API is looked for first; CAFE_AI_PORT says another, 0 any
HOST = "127.0.0.1"
MAX_PORT = 65535


def choose_ports(kept: dict[str, int]) -> dict[str, int]:
    """A free port each for the emulator (the API's), the issuer, PostgreSQL and the vector store.

    Raises PortInUse where CAFE_AI_PORT names a port that another program holds.
    """
    return {
        "emulator": _choose_api_port(kept.get("emulator")),
        "issuer": _free(kept.get("issuer")),
        "postgres": _free(kept.get("postgres")),
        "chroma": _free(kept.get("chroma")),
    }


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _choose_api_port(kept: int | None) -> int:
    asked = os.environ.get("CAFE_AI_PORT")
    if not asked:
        wanted = kept or API_PORT
        port = _free(wanted)
        if port != wanted:
            say(f"Port {wanted} is in use by another program; the API takes port {port}.")
        return port
    if not asked.isdecimal() or int(asked) > MAX_PORT:
        raise StackError(f"CAFE_AI_PORT={asked} is no port: give a number up to {MAX_PORT}, or 0 for any free one.")
    if int(asked) and not is_free(int(asked)):
        raise PortInUse(int(asked))
    return int(asked) or _free(kept)


def _free(preferred: int | None) -> int:
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
