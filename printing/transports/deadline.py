"""A point in time by which a device must have answered."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

_T = TypeVar("_T")
_MOMENT_S: Final = 0.01


class Deadline:
    """Counts down in real time: devices know no other clock, so none is passed in."""

    def __init__(self, timeout_s: float) -> None:
        self._end = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds that remain, never below 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def left_ms(self) -> int:
        """Milliseconds that remain, at least 1: to many calls 0 means for ever."""
        return max(1, int(self.left_s * 1000))

    @property
    def is_over(self) -> bool:
        return self.left_s == 0

    def pause(self) -> None:
        """For what can only be asked again and again: a moment, but not beyond the end."""
        time.sleep(min(_MOMENT_S, self.left_s))


class Caller:
    """Makes calls of the system that know no timeout of their own. One that hangs ends by itself some day, in a thread
    that nobody waits for; until then no other is begun, or a kiosk that asks every few seconds would pile them up.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def within(self, deadline: Deadline, call: Callable[[], _T]) -> _T:
        """What `call` returns or raises. Raises TimeoutError when the deadline is over first."""
        self._await(deadline)
        results: list[_T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(call())
            except BaseException as error:  # noqa: BLE001  # it is raised again, in the thread that asked
                errors.append(error)

        self._thread = threading.Thread(target=run, name="within a deadline", daemon=True)
        self._thread.start()
        self._await(deadline)
        if errors:
            raise errors[0]
        return results[0]

    def _await(self, deadline: Deadline) -> None:
        if self._thread is None:
            return
        self._thread.join(deadline.left_s)
        if self._thread.is_alive():
            raise TimeoutError
        self._thread = None
