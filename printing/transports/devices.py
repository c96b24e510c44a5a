"""A device's address, as configurations and commands name it, becomes a transport."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import assert_never

from kiosk.errors import ProfileError, TransportError
from printing.profile import Profile
from printing.transports.addresses import (
    Address,
    FileAddress,
    SerialAddress,
    SimAddress,
    TcpAddress,
    UsbAddress,
    WindowsAddress,
    read_address,
)
from printing.transports.tcp import TcpTransport
from printing.transports.transport import Transport


def open_device(url: str, profile: Profile | None = None) -> Transport:
    """The transport of an address (docs/printers.md, "Addresses"); nothing is connected yet. `profile` tells the
    simulated printer how wide its head is.

    Raises TransportError for an address that cannot be used now, ProfileError for one that never can.
    """
    return device_opener(url)(profile)


def device_opener(url: str) -> Callable[[Profile | None], Transport]:
    """The same in two steps: this one reads the address only. Raises ProfileError."""
    address = read_address(url)
    if os.name == "nt" and (isinstance(address, FileAddress) or _is_path(address)):
        raise ProfileError(f"{url!r} is for Linux; on Windows write win:NAME or serial:COM3")
    if os.name != "nt" and (isinstance(address, WindowsAddress) or _is_port(address)):
        raise ProfileError(f"{url!r} is for Windows; here write file:/dev/usb/lp0 or serial:/dev/ttyUSB0")
    return partial(_transport, address)


def _is_path(address: Address) -> bool:
    return isinstance(address, SerialAddress) and address.pattern.startswith("/")


def _is_port(address: Address) -> bool:
    return isinstance(address, SerialAddress) and not address.pattern.startswith("/")


def _transport(address: Address, profile: Profile | None) -> Transport:
    # Each way is imported when it is gone: a kiosk has one printer, and its start is not to wait for the others.
    match address:
        case TcpAddress():
            return TcpTransport(address.host, address.port)
        case FileAddress():
            from printing.transports.device_file import DeviceFileTransport  # noqa: PLC0415

            return DeviceFileTransport(address)
        case SerialAddress():
            from printing.transports.serial_line import SerialTransport  # noqa: PLC0415

            return SerialTransport(address)
        case UsbAddress():
            from printing.transports.usb_device import UsbTransport  # noqa: PLC0415

            return UsbTransport(address)
        case WindowsAddress():
            from printing.transports.windows import WindowsTransport  # noqa: PLC0415

            return WindowsTransport(address)
        case SimAddress():
            return _sim(Path(address.folder), profile)
        case _ as never:
            assert_never(never)


def _sim(folder: Path, profile: Profile | None) -> Transport:
    from printing.simulated import SimulatedPrinter  # noqa: PLC0415  # 0.1 s that a kiosk with a real printer is spared
    from printing.transports.sim import SimTransport  # noqa: PLC0415

    try:
        return SimTransport(SimulatedPrinter(folder, profile))
    except OSError as error:
        raise TransportError(f"the simulated printer cannot use {folder}: {error.strerror}") from error
