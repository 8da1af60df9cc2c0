"""From the functions' log to CloudWatch: what AWS does with Embedded Metric Format, the emulator does not.

`python -m infra.local.bridge LOG PORT` follows the log that all functions of the stack write to and puts the metrics of each
line once into the emulator. It reads a line when it is whole, keeps what the emulator does not take for the next time, and
begins anew where the log does, as at each start of an emulator.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from infra.local import emulator, processes
from infra.local.layout import Layout
from infra.local.state import Process

NAME = "bridge"
EVERY_SECONDS = 3.0
TOGETHER_SECONDS = 10  # values of so many seconds are one datum
VALUES = 150  # that a datum may have
DATA = 500  # that are put at once
KEPT = 20_000  # data that the emulator has not taken, before they are given up
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """What values can be put together: one metric's, of some seconds."""

    namespace: str
    name: str
    unit: str
    dimensions: Dimensions
    moment: int


def measured(line: bytes) -> Iterator[tuple[Series, float]]:
    """Each metric of a line with each of its sets of dimensions; nothing of a line that is none."""
    start = line.find(b'{"_aws"')
    if start < 0:
        return
    try:
        document = json.loads(line[start:])
        told = document["_aws"]
        moment = int(told["Timestamp"]) // 1000 // TOGETHER_SECONDS * TOGETHER_SECONDS
        for directive in told["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = tuple((name, str(document[name])) for name in names)
                for metric in directive["Metrics"]:
                    unit = metric.get("Unit", "None")
                    values = document[metric["Name"]]
                    for value in values if isinstance(values, list) else [values]:
                        yield Series(directive["Namespace"], metric["Name"], unit, dimensions, moment), float(value)
    except (ValueError, KeyError, TypeError):
        return


@dataclass
class Tail:
    """What was written to a file since it was last looked at, in whole lines."""

    path: Path
    _offset: int = 0
    _file: int = -1
    _rest: bytes = b""

    def lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as log:
                told = os.fstat(log.fileno())
                if told.st_ino != self._file or told.st_size < self._offset:
                    self._file, self._offset, self._rest = told.st_ino, 0, b""
                log.seek(self._offset)
                written = log.read()
        except FileNotFoundError:
            self._offset, self._file, self._rest = 0, -1, b""
            return []
        self._offset += len(written)
        *whole, self._rest = (self._rest + written).split(b"\n")
        return whole


@dataclass
class Bridge:
    """From a log to a client of CloudWatch."""

    tail: Tail
    cloudwatch: Any
    _waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def carry(self) -> None:
        """Puts what was measured since the last time. Raises what the client does; what it did not take goes with the next."""
        together: dict[Series, Counter[float]] = {}
        for line in self.tail.lines():
            for series, value in measured(line):
                together.setdefault(series, Counter())[value] += 1
        for series, counted in together.items():
            self._waiting.setdefault(series.namespace, []).extend(_data(series, counted))
        for namespace, data in self._waiting.items():
            del data[: max(0, len(data) - KEPT)]
            while data:
                self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[:DATA])
                del data[:DATA]


def _data(series: Series, counted: Counter[float]) -> Iterator[dict[str, Any]]:
    values = list(counted)
    for start in range(0, len(values), VALUES):
        some = values[start : start + VALUES]
        yield {
            "MetricName": series.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in series.dimensions],
            "Timestamp": series.moment,
            "Unit": series.unit,
            "Values": some,
            "Counts": [float(counted[value]) for value in some],
        }


def start(layout: Layout, port: int) -> Process:
    environ = {"PATH": os.environ.get("PATH", os.defpath), processes.MARK: str(layout.home)}
    command: processes.Command = [
        Path(sys.executable), "-m", "infra.local.bridge", layout.log("functions"), str(port),
    ]  # fmt: skip
    return processes.start(command, layout.log(NAME), env=environ, cwd=layout.project)


def main(log: Path, port: int) -> None:
    """Until it is told to end."""
    ended = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    from botocore.exceptions import BotoCoreError, ClientError

    bridge = Bridge(Tail(log), emulator.client("cloudwatch", port))
    while not ended.wait(EVERY_SECONDS):
        with suppress(BotoCoreError, ClientError):  # an emulator that restarts; another time
            bridge.carry()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
