"""A progress bar for what takes its time, on standard error; nothing at all for what is done at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import Progress

_PATIENCE_S: Final = 2.0


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """To be told how much of how much is done; shows after two seconds."""
    began = time.monotonic()
    bars: list[Progress] = []

    def tell(done: int, total: int) -> None:
        if not bars:
            if time.monotonic() - began < _PATIENCE_S:
                return
            bars.append(Progress(console=Console(stderr=True), transient=True))
            bars[0].start()
            bars[0].add_task(title, total=total)
        bars[0].update(bars[0].task_ids[0], completed=done, total=total)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.stop()
