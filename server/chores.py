"""What a server does by itself from time to time, on one thread of its own: no request waits for it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """`work` is done at once and then every `every_s` seconds. It may raise: the next round comes all the same."""

    name: str
    every_s: float
    work: Callable[[], object]


class Chores:
    def __init__(self, chores: Sequence[Chore]) -> None:
        self._due = dict.fromkeys(chores, 0.0)
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chores")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the chore in hand. Before `start`: nothing happens."""
        self._is_stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._due and not self._is_stopped.wait(max(0.0, min(self._due.values()) - time.monotonic())):
            chore = min(self._due, key=lambda one: self._due[one])
            try:
                chore.work()
            except Exception:  # a chore that fails must not end the others
                log.exception("chore_failed", chore=chore.name)
            self._due[chore] = time.monotonic() + chore.every_s
