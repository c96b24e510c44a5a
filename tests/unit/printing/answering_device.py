"""A device that has one answer for each thing it is sent, at once."""

from collections.abc import Mapping


class AnsweringDevice:
    """A Transport. `written`: everything it was sent, in order. `unasked`: what it says before it is asked."""

    bytes_per_s: float | None = None
    can_read = True

    def __init__(self, answers: Mapping[bytes, bytes], unasked: bytes = b"") -> None:
        self.written: list[bytes] = []
        self._answers = answers
        self._waiting = unasked

    def open(self, timeout_s: float) -> None:
        pass

    def write(self, data: bytes, timeout_s: float) -> None:
        self.written.append(data)
        self._waiting += self._answers.get(data, b"")

    def read(self, timeout_s: float) -> bytes:
        came, self._waiting = self._waiting, b""
        return came

    def pass_over(self) -> None:
        pass

    def close(self) -> None:
        pass
