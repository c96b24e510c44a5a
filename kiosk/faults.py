"""Named points at which a test may kill this process, as a power cut would. Silent in normal life."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_ARMED: Final = os.environ.get("GILIRAN_FAULT")
_watchers: Final[list[Callable[[str], None]]] = []


def fault_point(name: str) -> None:
    """Kill this process at once, without any clean-up, if `GILIRAN_FAULT` names this point."""
    if name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
    for watch in _watchers:
        watch(name)


@contextmanager
def watching_faults(watch: Callable[[str], None]) -> Iterator[None]:
    """Meanwhile `watch` is told each point that is passed; what it raises ends the node that it simulates."""
    _watchers.append(watch)
    try:
        yield
    finally:
        _watchers.remove(watch)
