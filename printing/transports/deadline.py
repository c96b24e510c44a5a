"""A point in time by which a device must have answered."""

import time


class Deadline:
    """Counts down in real time: devices know no other clock, so none is passed in."""

    def __init__(self, timeout_s: float) -> None:
        self._end = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds that remain, never below 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self.left_s == 0
