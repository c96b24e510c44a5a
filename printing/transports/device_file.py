"""A printer behind a file of Linux's own driver: `/dev/usb/lp0`. Needs no libusb and takes the device from nobody."""

import errno
import os
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from kiosk.errors import TransportError
from printing.transports.addresses import FileAddress
from printing.transports.candidates import Candidates, names_like
from printing.transports.deadline import Deadline
from printing.transports.descriptor import await_nothing, await_room, read_some, reason, write_all
from printing.transports.transport import WriteError

_PARALLEL: Final = 6
_USB: Final = 180
_PSEUDO_TERMINALS: Final = range(136, 144)
"""Major numbers of devices, from Linux's Documentation/admin-guide/devices.txt."""


class DeviceFileTransport:
    bytes_per_s: float | None = None

    def __init__(self, address: FileAddress) -> None:
        self._pattern = address.pattern
        self._candidates = Candidates(partial(names_like, address.pattern))
        self._name = address.pattern
        self._descriptor: int | None = None
        self.can_read = True

    def open(self, timeout_s: float) -> None:
        """Nothing here waits: the files are opened without blocking."""
        self.close()
        absent = f"no printer at {self._pattern}: there is no such device; is it plugged in and switched on?"
        self._name, self._descriptor, self.can_read = self._candidates.open_first(_taken, absent)

    def write(self, data: bytes, timeout_s: float) -> None:
        descriptor = self._opened()
        deadline = Deadline(timeout_s)
        try:
            write_all(descriptor, data, deadline, self._name)
        except WriteError as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC:
                raise WriteError(f"{self._name} is out of paper, its driver says", error.sent) from error
            raise
        await_room(descriptor, deadline, self._name, len(data))

    def read(self, timeout_s: float) -> bytes:
        descriptor = self._opened()
        if self.can_read:
            return read_some(descriptor, Deadline(timeout_s), self._name)
        await_nothing(descriptor, Deadline(timeout_s), self._name)
        return b""

    def pass_over(self) -> None:
        self._candidates.pass_over()

    def close(self) -> None:
        """The driver usblp drops what it has not sent yet; nothing else keeps anything back."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):  # it is closed all the same
                os.close(descriptor)

    def _opened(self) -> int:
        if self._descriptor is None:
            raise TransportError(f"{self._name} is not connected")
        return self._descriptor


def _taken(name: str) -> tuple[str, int, bool]:
    """Its name, a descriptor, and whether that can be read."""
    try:
        return name, *_opened(name)
    except OSError as error:
        raise TransportError(f"cannot print to {name}: {_why_not_open(error)}") from error


def _opened(name: str) -> tuple[int, bool]:
    """A descriptor, and whether it can be read. Raises OSError, TransportError.

    Never creates: after unplugging, a careless program leaves a plain file at /dev/usb/lp0. Judged before it is opened,
    because opening alone does something to some devices, and after, because names can move in between.
    """
    before = Path(name).stat()
    _refuse_what_is_no_printer(name, before)
    is_one_way = stat.S_ISFIFO(before.st_mode)  # read by us, a FIFO would give back our own bytes
    flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags | (os.O_WRONLY if is_one_way else os.O_RDWR))
    except PermissionError:
        is_one_way = True
        descriptor = os.open(name, flags | os.O_WRONLY)
    try:
        _refuse_what_is_no_printer(name, os.fstat(descriptor))
    except TransportError:
        os.close(descriptor)
        raise
    return descriptor, not is_one_way


def _refuse_what_is_no_printer(name: str, found: os.stat_result) -> None:
    if stat.S_ISFIFO(found.st_mode):
        return
    if not stat.S_ISCHR(found.st_mode):
        raise TransportError(f"{name} is no device but a file or folder; a printer would be a character device")
    major = os.major(found.st_rdev)
    if major in (_PARALLEL, *_PSEUDO_TERMINALS) or (major == _USB and not _is_other_usb(found.st_rdev)):
        return
    raise TransportError(f"{name} is a device, but no printer; for a serial port write serial:{name}?baud=9600")


def _is_other_usb(device: int) -> bool:
    """Whether Linux itself says that this is another thing, such as the UPS at /dev/usb/hiddev0."""
    try:
        facts = Path(f"/sys/dev/char/{os.major(device)}:{os.minor(device)}/uevent").read_text(encoding="utf-8")
    except OSError:
        return False
    return "DEVNAME=usb/lp" not in facts


def _why_not_open(error: OSError) -> str:
    match error.errno:
        case errno.EBUSY:
            return "another program has it open"
        case errno.ENXIO:
            return "nobody is there to read it"
        case _:
            return reason(error)
