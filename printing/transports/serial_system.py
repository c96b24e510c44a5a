"""What differs between Linux and Windows in handling an open serial port.

On Linux the bytes go through the descriptor: pyserial does not tell how many left before a time-out.
"""

import errno
import os
from typing import Final

import serial

from kiosk.errors import TransportError
from printing.transports.deadline import Deadline
from printing.transports.pace import Pace
from printing.transports.transport import WriteError

if os.name != "nt":
    import termios

    from printing.transports.descriptor import read_some, reason, write_all

TROUBLE: Final = (OSError, ValueError) if os.name == "nt" else (OSError, ValueError, termios.error)
"""What an open port raises when it is pulled: SerialException is an OSError, termios.error is not."""

_WINDOWS_PIECE: Final = 256


def write_port(port: serial.Serial, data: bytes, deadline: Deadline, name: str, pace: Pace) -> None:
    """All of `data`, to the system. Raises WriteError."""
    if os.name == "nt":
        write_through(port, data, deadline, name)
    else:
        write_all(port.fileno(), data, deadline, name, pace)


def read_port(port: serial.Serial, deadline: Deadline, name: str) -> bytes:
    """Whatever came, or b"" at the end of the deadline. Raises TransportError."""
    if os.name == "nt":
        return read_through(port, deadline, name)
    return read_some(port.fileno(), deadline, name)


def write_through(port: serial.Serial, data: bytes, deadline: Deadline, name: str) -> None:
    """By pyserial's own call. The piece that did not end counts as sent: how much of it was is not told."""
    for start in range(0, len(data), _WINDOWS_PIECE):
        piece = data[start : start + _WINDOWS_PIECE]
        try:
            port.write_timeout = deadline.left_ms / 1000
            port.write(piece)
        except TROUBLE as error:
            sent = start + len(piece)
            raise WriteError(f"{name} took at most {sent} of {len(data)} bytes: {why(error)}", sent) from error


def read_through(port: serial.Serial, deadline: Deadline, name: str) -> bytes:
    """By pyserial's own call."""
    try:
        port.timeout = deadline.left_s
        return port.read(1) + port.read(port.in_waiting)
    except TROUBLE as error:
        raise TransportError(f"{name} is gone: {why(error)}") from error


def keep_dtr_up(port: serial.Serial) -> None:
    """Also between two conversations: some printers answer a falling DTR with a restart."""
    if os.name != "nt":
        settings = termios.tcgetattr(port.fileno())
        settings[2] &= ~termios.HUPCL
        termios.tcsetattr(port.fileno(), termios.TCSANOW, settings)


def why(error: Exception) -> str:
    """In words a technician can act on; pyserial's own name the port twice."""
    if isinstance(error, serial.SerialTimeoutException):
        return "no more in time"
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    if error.errno in (errno.EAGAIN, errno.EBUSY):
        return "another program has it open"
    return reason(OSError(error.errno, os.strerror(error.errno))) if os.name != "nt" else str(error)
