"""What a person sees while the stack starts: one line a step, and a sign of life for whatever takes longer."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SILENT_SECONDS = 1.0
REPEAT_SECONDS = 10.0


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say how long the step took; while it runs, a terminal shows the seconds and a log gets a line now and then."""
    started = time.monotonic()
    ended = threading.Event()
    ticker = threading.Thread(target=_show_progress, args=(title, started, ended), daemon=True)
    ticker.start()
    try:
        yield
    except BaseException:
        _finish(ended, ticker)
        say(f"  ✗ {title} ({time.monotonic() - started:.1f} s)")
        raise
    _finish(ended, ticker)
    say(f"  ✓ {title} ({time.monotonic() - started:.1f} s)")


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _finish(ended: threading.Event, ticker: threading.Thread) -> None:
    ended.set()
    ticker.join()


def _show_progress(title: str, started: float, ended: threading.Event) -> None:
    terminal = sys.stdout.isatty()
    if ended.wait(SILENT_SECONDS):
        return
    while True:
        seconds = time.monotonic() - started
        if terminal:
            print(f"\r  … {title} ({seconds:.0f} s)", end="", flush=True)
        else:
            say(f"  … {title}" + (f" ({seconds:.0f} s)" if seconds > REPEAT_SECONDS else ""))
        if ended.wait(1.0 if terminal else REPEAT_SECONDS):
            break
    if terminal:
        print("\r\033[K", end="", flush=True)
