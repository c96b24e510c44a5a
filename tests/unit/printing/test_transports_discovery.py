"""What is plugged in, seen in a Linux that a test sets up: its /dev, its /sys and its USB bus."""

import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import usb.backend.libusb1
from serial.tools import list_ports

from printing.transports import discovery
from printing.transports.devices import device_opener
from printing.transports.discovery import FoundDevice, find_devices
from tests.usb_bus import UsbBus, UsbThing


class Machine:
    """`dev` and `sys` as Linux shows them."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sys = root / "dev", root / "sys"
        self.bus = UsbBus()
        self._devices = 0

    def plug(self, node: str, entry: str, **facts: str) -> Path:
        """A device at /dev/`node` with the facts of its USB device, some folders above its own."""
        self._devices += 1
        device = self.sys / f"devices/usb1/1-{self._devices}"
        interface = device / "1-1:1.0" / Path(node).name
        interface.mkdir(parents=True)
        for name, words in facts.items():
            (device / name).write_text(f"{words}\n")
        (self.sys / entry).mkdir(parents=True)
        (self.sys / entry / "device").symlink_to(interface)
        (self.dev / node).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(self.dev / node)
        return self.dev / node

    def lp(self, number: int, **facts: str) -> None:
        self.plug(f"usb/lp{number}", f"class/usbmisc/lp{number}", **facts)

    def tty(self, name: str, **facts: str) -> Path:
        return self.plug(name, f"class/tty/{name}", **facts)

    def found(self) -> tuple[FoundDevice, ...]:
        found = find_devices(self.dev, self.sys, self.bus)
        for device in found:
            device_opener(device.url)  # as devices.py takes it
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_machine_without_printers_has_none(machine: Machine) -> None:
    assert machine.found() == ()


def test_one_printer_is_found_whatever_its_number_becomes(machine: Machine) -> None:
    machine.lp(3, idVendor="04b8", idProduct="0e15", manufacturer="EPSON", product="TM-T82")
    assert machine.found() == (
        FoundDevice(f"file:{machine.dev}/usb/lp*", f"EPSON TM-T82, at {machine.dev}/usb/lp3 now", True),
    )


def test_several_printers_are_told_apart_until_they_are_unplugged(machine: Machine) -> None:
    machine.lp(10)
    machine.lp(2, idVendor="04b8", idProduct="0e15", product="TM-T82", serial="J7")
    first, second = machine.found()
    assert first == FoundDevice(
        f"file:{machine.dev}/usb/lp2", "TM-T82, until it is unplugged; usb:04b8:0e15:J7 stays the same", False
    )
    assert (second.url, second.is_stable) == (f"file:{machine.dev}/usb/lp10", False)


def test_usb_printer_without_a_driver_is_found_by_its_numbers(machine: Machine) -> None:
    machine.bus.things = [UsbThing(), UsbThing(interfaces=((3, 0, 0),))]
    assert machine.found() == (FoundDevice("usb:04b8:0e15:J7", "EPSON TM-T82", True),)


def test_usb_printers_of_a_kind_without_serial_numbers_are_not_stable(machine: Machine) -> None:
    machine.bus.things = [UsbThing(serial=None), UsbThing(serial=None), UsbThing(vendor=0x0416, serial=None)]
    assert [(found.url, found.is_stable) for found in machine.found()] == [
        ("usb:04b8:0e15", False),
        ("usb:04b8:0e15", False),
        ("usb:0416:0e15", True),
    ]


def test_usb_printer_that_may_not_be_opened_is_found_by_its_numbers(machine: Machine) -> None:
    machine.bus.things = [UsbThing(is_readable=False)]
    assert machine.found() == (FoundDevice("usb:04b8:0e15", "a USB printer", True),)


def test_printer_is_told_once(machine: Machine) -> None:
    """The one with a file is on the bus too."""
    machine.bus.things = [UsbThing()]
    machine.lp(0, idVendor="04b8", idProduct="0e15", busnum="1", devnum="1")
    assert [found.url for found in machine.found()] == [f"file:{machine.dev}/usb/lp*"]


def test_machine_without_libusb_still_has_files(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda **_: None)
    machine.lp(0)
    (found,) = find_devices(machine.dev, machine.sys)
    assert found.url == f"file:{machine.dev}/usb/lp*"


def test_serial_ports_have_their_lasting_names(machine: Machine) -> None:
    port = machine.tty("ttyACM0", idVendor="04b8", product="TM-T82")
    by_id = machine.dev / "serial/by-id"
    by_id.mkdir(parents=True)
    (by_id / "usb-EPSON_TM-T82_J7-if00").symlink_to(port)
    assert machine.found() == (
        FoundDevice(
            f"serial:{by_id}/usb-EPSON_TM-T82_J7-if00?baud=9600",
            "serial port ttyACM0 (EPSON TM-T82 J7-if00), if a printer is on it",
            True,
        ),
    )


def test_port_without_a_name_is_told_only_of_a_printers_maker(machine: Machine) -> None:
    machine.tty("ttyACM0", idVendor="0416")
    machine.tty("ttyUSB0", idVendor="1a86", product="USB Serial")
    (found,) = machine.found()
    assert found == FoundDevice(
        f"serial:{machine.dev}/ttyACM0?baud=9600", "serial port ttyACM0 (of a maker of many names)", False
    )


def test_windows_knows_its_printers_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    class Spooler(ModuleType):
        PRINTER_ENUM_LOCAL, PRINTER_ENUM_CONNECTIONS = 2, 4

        def EnumPrinters(self, flags: int, name: None, level: int) -> list[dict[str, str]]:  # noqa: N802  # as there
            assert (flags, level) == (6, 2)
            return [
                {"pPrinterName": "EPSON TM-T82", "pPortName": "USB001", "pDriverName": "EPSON"},
                {"pPrinterName": "Print to PDF", "pPortName": "PORTPROMPT:", "pDriverName": "Microsoft"},
            ]

    monkeypatch.setitem(sys.modules, "win32print", Spooler("win32print"))
    monkeypatch.setattr(list_ports, "comports", list)
    monkeypatch.setattr(discovery, "os", SimpleNamespace(name="nt"))
    assert find_devices() == (FoundDevice("win:EPSON TM-T82", "the Windows printer EPSON TM-T82 (EPSON)", True),)
    monkeypatch.setitem(sys.modules, "win32print", None)
    assert find_devices() == ()
