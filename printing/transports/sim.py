"""The simulated printer, reached without a wire."""

import threading

from kiosk.errors import TransportError
from printing.simulated import SimulatedPrinter
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError


class SimTransport:
    bytes_per_s: float | None = None
    can_read = True

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self._answers = b""
        self._is_open = False
        self._never = threading.Event()

    def open(self, timeout_s: float) -> None:
        self._is_open = True
        self._answers = b""

    def write(self, data: bytes, timeout_s: float) -> None:
        if not self._is_open:
            raise WriteError("the simulated printer is not connected", 0)
        deadline = Deadline(timeout_s)
        sent = 0
        while sent < len(data):
            try:
                piece = data[sent : sent + self.printer.room]
                self._answers += self.printer.feed(piece)
            except OSError as error:
                raise WriteError(_no_folder(error), sent) from error
            except TransportError as error:
                raise WriteError(str(error), sent) from error
            sent += len(piece)
            if not piece:
                if deadline.is_over:
                    raise WriteError(f"the simulated printer took {sent} of {len(data)} bytes", sent)
                self._wait(min(0.05, deadline.left_s))

    def read(self, timeout_s: float) -> bytes:
        if not self._is_open:
            raise TransportError("the simulated printer is not connected")
        deadline = Deadline(timeout_s)
        while True:
            try:
                answers, self._answers = self._answers + self.printer.feed(b""), b""
            except OSError as error:
                raise TransportError(_no_folder(error)) from error
            if answers or deadline.is_over:
                return answers
            self._wait(min(0.05, deadline.left_s))

    def pass_over(self) -> None:
        """There is only one."""

    def close(self) -> None:
        self._is_open = False

    def _wait(self, seconds: float) -> None:
        """A person may be loading paper in printer.json."""
        self._never.wait(seconds)


def _no_folder(error: OSError) -> str:
    return f"the simulated printer cannot use its folder: {error.strerror}"
