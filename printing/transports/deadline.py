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


def within(deadline: Deadline, call: Callable[[], _T]) -> _T:
    """What `call` returns or raises. For calls of the system that know no timeout of their own.

    Raises TimeoutError when the deadline is over first; the call then ends by itself some day, in a thread that nobody
    waits for.
    """
    results: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001  # it is raised again, in the thread that asked
            errors.append(error)

    thread = threading.Thread(target=run, name="within a deadline", daemon=True)
    thread.start()
    thread.join(deadline.left_s)
    if thread.is_alive():
        raise TimeoutError
    if errors:
        raise errors[0]
    return results[0]
