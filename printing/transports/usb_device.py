"""A printer by its USB numbers, through pyusb and libusb: for where Linux's own driver has none at /dev/usb.

Never resets the device and never sets a configuration that is set: both make some printers start anew.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import suppress
from ctypes.util import find_library
from typing import Any, Final

import usb.backend.libusb1
import usb.core
import usb.util

from kiosk.errors import TransportError
from printing.transports.addresses import UsbAddress
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError

PRINTER_CLASS: Final = 7
_TWO_WAYS: Final = 2
"""Of the printer class's protocols, the one with a way back: 1 has none, 3 and 4 speak something else than bytes."""

_PIECE: Final = 4_096
_ANSWER: Final = 512
_UDEV: Final = "see docs/printers.md, Addresses, for the udev rule"


class UsbTransport:
    """`backend`: pyusb's; None takes the libusb of the machine."""

    bytes_per_s: float | None = None

    def __init__(self, address: UsbAddress, backend: Any = None) -> None:
        self._address = address
        self._backend = backend
        self._device: Any = None
        self._out: Any = None
        self._in: Any = None
        self.can_read = True

    def open(self, timeout_s: float) -> None:
        """Nothing here waits longer than for a descriptor."""
        self.close()
        device = self._find()
        try:
            self._take(device)
        except (usb.core.USBError, NotImplementedError) as error:
            usb.util.dispose_resources(device)
            raise TransportError(f"cannot print to {self._address}: {_why(error)}") from error
        except TransportError:
            usb.util.dispose_resources(device)
            raise
        self._device = device

    def write(self, data: bytes, timeout_s: float) -> None:
        self._connected()
        deadline = Deadline(timeout_s)
        sent = 0
        while sent < len(data):
            piece = data[sent : sent + _PIECE]
            try:
                sent += self._out.write(piece, deadline.left_ms)
            except usb.core.USBTimeoutError:
                pass  # nothing of this piece was taken: what was, is told by the return
            except usb.core.USBError as error:
                sent += len(piece)  # how much of it left is not told
                raise WriteError(
                    f"{self._address} took at most {sent} of {len(data)} bytes: {_why(error)}", sent
                ) from error
            if deadline.is_over and sent < len(data):
                raise WriteError(f"{self._address} took {sent} of {len(data)} bytes in {timeout_s:g} s", sent)

    def read(self, timeout_s: float) -> bytes:
        self._connected()
        deadline = Deadline(timeout_s)
        while True:
            try:
                if self.can_read and (data := bytes(self._in.read(_ANSWER, deadline.left_ms))):
                    return data
            except usb.core.USBTimeoutError:
                pass
            except usb.core.USBError as error:
                raise TransportError(f"{self._address} is gone: {_why(error)}") from error
            if deadline.is_over:
                return b""
            deadline.pause()  # some printers answer with nothing, at once

    def pass_over(self) -> None:
        """There is only one: two that the address fits are refused."""

    def close(self) -> None:
        device, self._device = self._device, None
        if device is None:
            return
        with suppress(usb.core.USBError):  # unplugged
            usb.util.dispose_resources(device)

    def _find(self) -> Any:
        """The one device that is meant, wherever it is plugged in now."""
        wanted = self._address
        backend = self._backend or libusb()
        try:
            found = list(
                usb.core.find(find_all=True, backend=backend, idVendor=wanted.vendor, idProduct=wanted.product)
            )
        except usb.core.USBError as error:
            raise TransportError(f"cannot look for {wanted}: {_why(error)}") from error
        if wanted.serial is None and len(found) > 1:
            serials = ", ".join(sorted(serial_of(device) or "one without a serial number" for device in found))
            raise TransportError(
                f"{len(found)} devices are {wanted}; say which by its serial number, usb:VID:PID:SERIAL: {serials}"
            )
        fits = [device for device in found if wanted.serial is None or serial_of(device) == wanted.serial]
        if not fits:
            raise TransportError(f"no USB device is {wanted}; is it plugged in and switched on?{self._unread(found)}")
        return fits[0]

    def _unread(self, found: list[Any]) -> str:
        """A serial number that may not be read looks like another one."""
        is_secret = any(device.iSerialNumber and serial_of(device) is None for device in found)
        return f" The serial numbers of its kind cannot be read: {_UDEV}" if is_secret else ""

    def _take(self, device: Any) -> None:
        interface = _printer_interface(device)
        number = interface.bInterfaceNumber
        with suppress(NotImplementedError):  # Windows has no such drivers
            if device.is_kernel_driver_active(number):
                device.detach_kernel_driver(number)
        usb.util.claim_interface(device, number)
        if interface.bAlternateSetting:
            interface.set_altsetting()
        self._out = _endpoint(interface, usb.util.ENDPOINT_OUT)
        self._in = _endpoint(interface, usb.util.ENDPOINT_IN)
        self.can_read = self._in is not None

    def _connected(self) -> None:
        if self._device is None:
            raise TransportError(f"{self._address} is not connected")


def libusb() -> Any:
    """The machine's own. The bundle has none, and pyusb's search, as PyInstaller changes it, would look nowhere else.

    Raises TransportError.
    """
    backend = usb.backend.libusb1.get_backend(find_library=_library)
    if backend is None:
        raise TransportError(
            "usb: needs libusb: install it (on Debian: apt install libusb-1.0-0), or write file:/dev/usb/lp0"
        )
    return backend


def _library(name: str) -> str | None:
    """By the name that Linux's loader knows, because the usual search starts a compiler; elsewhere by that search."""
    return "libusb-1.0.so.0" if sys.platform == "linux" else find_library(name)


def serial_of(device: Any) -> str | None:
    """None where it has none, or where we may not read it."""
    return _string(device, device.iSerialNumber)


def words_of(device: Any) -> str:
    """Its maker's and its own name, as far as it tells."""
    return " ".join(filter(None, (_string(device, device.iManufacturer), _string(device, device.iProduct))))


def _string(device: Any, index: int) -> str | None:
    if not index:
        return None
    try:
        words = usb.util.get_string(device, index)
    except (usb.core.USBError, ValueError, NotImplementedError):  # ValueError: no languages, so no right to read
        return None
    return words.strip("\0 ") or None if words else None


def _printer_interface(device: Any) -> Any:
    """The printer class's with a way back; else without one; else what a maker calls its own and gives a way out."""
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError as error:
        if error.errno is not None:
            raise
        device.set_configuration()  # it has none yet: nobody used it since it was plugged in
        configuration = device.get_active_configuration()
    interfaces = sorted(_usable(configuration), key=_preference)
    if not interfaces:
        raise TransportError(f"{device.idVendor:04x}:{device.idProduct:04x} is no printer: nothing in it takes bytes")
    return interfaces[0]


def _usable(configuration: Any) -> Iterator[Any]:
    for interface in configuration:
        is_bytes = interface.bInterfaceClass == PRINTER_CLASS and interface.bInterfaceProtocol in (1, _TWO_WAYS)
        if (is_bytes or interface.bInterfaceClass == 0xFF) and _endpoint(interface, usb.util.ENDPOINT_OUT) is not None:
            yield interface


def _preference(interface: Any) -> tuple[bool, bool]:
    return interface.bInterfaceClass != PRINTER_CLASS, interface.bInterfaceProtocol != _TWO_WAYS


def _endpoint(interface: Any, direction: int) -> Any:
    return usb.util.find_descriptor(
        interface,
        custom_match=lambda endpoint: (
            usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction
            and usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        ),
    )


def _why(error: Exception) -> str:
    """In words a technician can act on."""
    match getattr(error, "errno", None):
        case errno.EACCES | errno.EPERM:
            return f"permission denied; {_UDEV}"
        case errno.EBUSY:
            return "another program has it; if it is at /dev/usb/lp0, write file:/dev/usb/lp0"
        case errno.ENODEV | errno.ENXIO:
            return "it was unplugged or switched off"
        case _:
            return getattr(error, "strerror", None) or str(error)
