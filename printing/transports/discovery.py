"""What is plugged into this machine and may be a printer. Looks, and sends nothing to anybody.

One entry a device. Network printers are not looked for: who they are is the network's business.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kiosk.errors import TransportError

PRINTER_MAKERS: Final = {
    "04b8": "Epson",
    "0519": "Star",
    "0dd4": "Custom",
    "1504": "Bixolon",
    "1d90": "Citizen",
    "0fe6": "a maker of many names",
    "0416": "a maker of many names",
    "0483": "a maker of many names",
}
"""USB vendor numbers under which receipt printers play serial ports. Those of adapters' chips are not among them: what
hangs behind these nobody can see from here."""

_VIRTUAL: Final = ("PORTPROMPT:", "nul:", "SHRFAX:", "XPSPort:", "Microsoft.")
"""Ports of Windows printers that have no paper."""


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """`url` as devices.py takes it. `is_stable`: it will mean the same device after it was unplugged and plugged in."""

    url: str
    description: str
    is_stable: bool


def find_devices(
    dev: Path = Path("/dev"), sys: Path = Path("/sys"), usb_backend: Any = None
) -> tuple[FoundDevice, ...]:
    """Printers first, then what may be one. `dev`, `sys`: where Linux shows its devices; `usb_backend`: pyusb's."""
    if os.name == "nt":
        return (*_windows_printers(), *_windows_ports())
    printers = [(node, _UsbFacts.of(sys / "class/usbmisc" / node.name)) for node in _numbered(dev / "usb", "lp")]
    places = {facts.place for _, facts in printers if facts.place}
    return (
        *_kernel_printers(dev, printers),
        *_usb_printers(usb_backend, places),
        *_named_ports(dev),
        *_unnamed_ports(dev, sys),
    )


@dataclass(frozen=True, slots=True)
class _UsbFacts:
    """What Linux knows of the USB device behind one of its own; "" for what it does not."""

    vendor: str = ""
    product: str = ""
    words: str = ""
    serial: str = ""
    place: tuple[int, int] | None = None

    @classmethod
    def of(cls, entry: Path) -> "_UsbFacts":
        """`entry`: such as /sys/class/tty/ttyACM0, from where the device lies some folders up."""
        start = (entry / "device").resolve()
        for folder in (start, *start.parents):
            if (folder / "idVendor").is_file():
                return cls(
                    _word(folder, "idVendor"),
                    _word(folder, "idProduct"),
                    " ".join(filter(None, (_word(folder, "manufacturer"), _word(folder, "product")))),
                    _word(folder, "serial"),
                    (int(_word(folder, "busnum") or -1), int(_word(folder, "devnum") or -1)),
                )
        return cls()

    @property
    def url(self) -> str:
        return f"usb:{self.vendor}:{self.product}" + (f":{self.serial}" if self.serial else "")


def _word(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _numbered(folder: Path, name: str) -> list[Path]:
    """lp2 before lp10."""
    return sorted(folder.glob(f"{name}[0-9]*"), key=lambda node: (len(node.name), node.name))


def _kernel_printers(dev: Path, printers: list[tuple[Path, _UsbFacts]]) -> Iterator[FoundDevice]:
    """With one, whatever number it gets is it; with several, numbers say nothing after the next start."""
    for node, facts in printers:
        words = facts.words or "a USB printer"
        if len(printers) == 1:
            yield FoundDevice(f"file:{dev}/usb/lp*", f"{words}, at {node} now", is_stable=True)
        else:
            tail = f"; {facts.url} stays the same" if facts.serial else ""
            yield FoundDevice(f"file:{node}", f"{words}, until it is unplugged{tail}", is_stable=False)


def _usb_printers(backend: Any, elsewhere: set[tuple[int, int]]) -> Iterator[FoundDevice]:
    """Of the printer class, without a driver that gives them a file. Nothing without libusb."""
    import usb.core  # noqa: PLC0415  # only where somebody looks for printers
    import usb.util  # noqa: PLC0415

    from printing.transports.usb_device import PRINTER_CLASS, libusb, serial_of, words_of  # noqa: PLC0415

    try:
        devices = list(
            usb.core.find(find_all=True, backend=backend or libusb(), custom_match=_has_class(PRINTER_CLASS))
        )
    except (TransportError, usb.core.USBError):
        return
    kinds = [(device.idVendor, device.idProduct) for device in devices]
    for device in devices:
        if (device.bus, device.address) in elsewhere:
            continue
        serial = serial_of(device)
        url = f"usb:{device.idVendor:04x}:{device.idProduct:04x}" + (f":{serial}" if serial else "")
        is_stable = serial is not None or kinds.count((device.idVendor, device.idProduct)) == 1
        yield FoundDevice(url, words_of(device) or "a USB printer", is_stable)
        usb.util.dispose_resources(device)


def _has_class(wanted: int) -> Any:
    return lambda device: any(
        interface.bInterfaceClass == wanted for configuration in device for interface in configuration
    )


def _named_ports(dev: Path) -> Iterator[FoundDevice]:
    for link in sorted((dev / "serial/by-id").glob("*")):
        words = link.name.removeprefix("usb-").replace("_", " ")
        yield FoundDevice(
            f"serial:{link}?baud=9600", f"serial port {link.resolve().name} ({words}), if a printer is on it", True
        )


def _unnamed_ports(dev: Path, sys: Path) -> Iterator[FoundDevice]:
    """Those of printers' makers that Linux gave no name of their own."""
    named = {link.resolve() for link in (dev / "serial/by-id").glob("*")}
    for node in (*_numbered(dev, "ttyACM"), *_numbered(dev, "ttyUSB")):
        facts = _UsbFacts.of(sys / "class/tty" / node.name)
        if facts.vendor in PRINTER_MAKERS and node.resolve() not in named:
            words = facts.words or f"of {PRINTER_MAKERS[facts.vendor]}"
            yield FoundDevice(f"serial:{node}?baud=9600", f"serial port {node.name} ({words})", is_stable=False)


def _windows_printers() -> Iterator[FoundDevice]:
    try:
        import win32print  # noqa: PLC0415  # is on Windows only
    except ImportError:
        return
    here = win32print.PRINTER_ENUM_LOCAL | win32print.PRINTER_ENUM_CONNECTIONS
    for printer in win32print.EnumPrinters(here, None, 2):
        if not str(printer["pPortName"]).startswith(_VIRTUAL):
            words = f"the Windows printer {printer['pPrinterName']} ({printer['pDriverName']})"
            yield FoundDevice(f"win:{printer['pPrinterName']}", words, is_stable=True)


def _windows_ports() -> Iterator[FoundDevice]:
    from serial.tools.list_ports import comports  # noqa: PLC0415  # asks the registry

    for port in sorted(comports()):
        yield FoundDevice(f"serial:{port.device}?baud=9600", f"serial port {port.description}", is_stable=True)
