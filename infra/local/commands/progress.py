"""How far a command is, on stderr, so that stdout holds the result alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from cafe_ai.intake.model import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar on a terminal; one line a step elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        told: list[str] = []

        def tell(step: str, _: float | None) -> None:
            if step not in told:
                told.append(step)
                print(f"{step} ...", file=sys.stderr, flush=True)

        yield tell
        return
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TextColumn("{task.fields[share]:>4}"),
        TimeElapsedColumn(),
    )
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("opening", total=None, share="")

        def show(step: str, fraction: float | None) -> None:
            share = "" if fraction is None else f"{fraction:.0%}"
            bar.update(
                task, description=step, total=None if fraction is None else 1, completed=fraction or 0, share=share
            )

        yield show
