"""How bytes reach a device. Every call has a total deadline: a device that drips bytes cannot stretch it."""

from typing import Protocol

from kiosk.errors import TransportError


class WriteError(TransportError):
    """A write that did not end. `sent` counts the bytes that left this machine: 0 means that nothing printed."""

    def __init__(self, message: str, sent: int) -> None:
        super().__init__(message)
        self.sent = sent


class Transport(Protocol):
    """One connection to one device, used by one thread. Opened for a conversation, closed after it."""

    def open(self, timeout_s: float) -> None:
        """Connect. Raises TransportError; a failed open leaves nothing half open."""

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of `data`. Raises WriteError."""

    def read(self, timeout_s: float) -> bytes:
        """Whatever has arrived, waiting at most `timeout_s` for the first byte; b"" if nothing came.

        Raises TransportError when the device hung up.
        """

    def close(self) -> None:
        """Disconnect, also when already closed. Never raises."""
