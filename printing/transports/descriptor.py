"""Bytes through an open, non-blocking file descriptor of Linux, each call within a deadline."""

import os
import select
from typing import Final

from kiosk.errors import TransportError
from printing.transports.deadline import Deadline
from printing.transports.pace import Pace
from printing.transports.transport import WriteError

_FULL: Final = Pace()
_ANSWER: Final = 4_096
_GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL


def write_all(descriptor: int, data: bytes, deadline: Deadline, name: str, pace: Pace = _FULL) -> None:
    """All of `data`, to the system. Raises WriteError."""
    sent = 0
    while sent < len(data):
        try:
            if pace.may_send():
                _wait(descriptor, select.POLLOUT, deadline)
                sent += os.write(descriptor, data[sent : sent + pace.piece])
            else:
                deadline.pause()
        except BlockingIOError:
            deadline.pause()  # usblp calls itself ready while it is out of paper, and then takes nothing
        except OSError as error:
            raise WriteError(f"{name} took {sent} of {len(data)} bytes: {reason(error)}", sent) from error
        if sent < len(data) and deadline.is_over:
            raise WriteError(f"{name} took {sent} of {len(data)} bytes and then no more in time", sent)


def await_room(descriptor: int, deadline: Deadline, name: str, sent: int) -> None:
    """Until the device took what was written. usblp drops its last 8 KiB if it is closed before. Raises WriteError."""
    if not _wait(descriptor, select.POLLOUT, deadline) & select.POLLOUT:
        raise WriteError(f"{name} did not take the last of {sent} bytes in time", sent)


def read_some(descriptor: int, deadline: Deadline, name: str) -> bytes:
    """Whatever came, or b"" at the end of the deadline. Raises TransportError."""
    while True:
        try:
            events = _wait(descriptor, select.POLLIN, deadline)
            if events & select.POLLIN and (data := os.read(descriptor, _ANSWER)):
                return data
        except BlockingIOError:
            pass
        except OSError as error:
            raise TransportError(f"{name} is gone: {reason(error)}") from error
        if events & _GONE:
            raise TransportError(f"{name} is gone: it was unplugged or switched off")
        if deadline.is_over:
            return b""
        if events:
            deadline.pause()  # some printers answer each question with nothing, at once


def await_nothing(descriptor: int, deadline: Deadline, name: str) -> None:
    """The end of the deadline, on a descriptor that cannot be read. Raises TransportError if the device goes away."""
    if _wait(descriptor, 0, deadline) & _GONE:
        raise TransportError(f"{name} is gone: it was unplugged, or whoever read it went away")


def _wait(descriptor: int, events: int, deadline: Deadline) -> int:
    """What of `events` has happened, and whether the device is gone; 0 at the end of the deadline."""
    poll = select.poll()
    poll.register(descriptor, events)
    happened = poll.poll(deadline.left_s * 1000)
    return happened[0][1] if happened else 0


def reason(error: OSError) -> str:
    """In words a technician can act on."""
    match error:
        case FileNotFoundError():
            return "there is no such device; is it plugged in and switched on?"
        case PermissionError():
            return "permission denied; see docs/printers.md, Addresses, for the group or the udev rule"
        case _:
            return error.strerror or str(error)
