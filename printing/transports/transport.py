"""How bytes reach a device. Every call has a total deadline: a device that drips bytes cannot stretch it."""

from typing import Protocol

from kiosk.errors import TransportError


class WriteError(TransportError):
    """A write that did not end. `sent` counts the bytes that may have left this machine: 0 means that nothing printed,
    more that at most so many arrived. What did not leave is thrown away by the next `close()`.
    """

    def __init__(self, message: str, sent: int) -> None:
        super().__init__(message)
        self.sent = sent


class Transport(Protocol):
    """One connection to one device, used by one thread. Opened for a conversation, closed after it.

    Whatever the device or the system does, only TransportError and WriteError come out of it.
    """

    @property
    def bytes_per_s(self) -> float | None:
        """What a serial line carries at most, for deadlines; None where nothing but the printer sets the pace."""

    @property
    def can_read(self) -> bool:
        """False where no answer can ever come, such as the Windows spooler: asking is a waste of time, and of paper on
        printers that print what they do not know. Told for certain while open.
        """

    def open(self, timeout_s: float) -> None:
        """Look the device up anew and connect. Raises TransportError; a failed open leaves nothing half open."""

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of `data`, until it has left this machine as far as the system can tell. Raises WriteError."""

    def read(self, timeout_s: float) -> bytes:
        """Whatever has arrived, waiting at most `timeout_s` for the first byte; b"" if nothing came by then.

        Raises TransportError when the device hung up.
        """

    def pass_over(self) -> None:
        """What was opened last is not the wanted printer. Where the address fits several devices, the next open() takes
        the next one, and after the last all over again; elsewhere this does nothing.
        """

    def close(self) -> None:
        """Disconnect, also when already closed. Never raises, never waits: after a write that failed, what is still on
        this machine must not reach the paper.
        """
