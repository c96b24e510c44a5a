"""What this server has refused since it started: how often with which code, and the last batches."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from kiosk.sync.wire import ProblemCode

KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class RefusedBatch:
    """`at`: aware UTC, for show."""

    at: datetime
    site_id: str
    device_id: str
    code: ProblemCode
    detail: str


class Refusals:
    """Safe to use from many threads. In memory: the log names each refused batch for good (`batch_refused`)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._codes: Counter[ProblemCode] = Counter()
        self._batches: deque[RefusedBatch] = deque(maxlen=KEPT)

    def note(self, code: ProblemCode) -> None:
        """Somebody was answered with this problem."""
        with self._lock:
            self._codes[code] += 1

    def note_batch(self, batch: RefusedBatch) -> None:
        with self._lock:
            self._batches.appendleft(batch)

    @property
    def codes(self) -> Mapping[ProblemCode, int]:
        with self._lock:
            return dict(self._codes)

    @property
    def batches(self) -> Sequence[RefusedBatch]:
        """The newest first."""
        with self._lock:
            return tuple(self._batches)
