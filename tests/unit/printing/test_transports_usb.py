"""`usb:`, through the real pyusb down to the border of libusb."""

import errno
from dataclasses import replace

import pytest
import usb.backend.libusb1
import usb.core

from kiosk.errors import TransportError
from printing.transports.addresses import UsbAddress, read_address
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError
from printing.transports.usb_device import UsbTransport
from tests.usb_bus import UsbBus, UsbThing, usb_error

PATIENCE_S = 5.0


def transport_to(*things: UsbThing, url: str = "usb:04b8:0e15") -> UsbTransport:
    address = read_address(url)
    assert isinstance(address, UsbAddress)
    return UsbTransport(address, UsbBus(*things))


def test_printer_is_taken_written_to_read_and_let_go() -> None:
    printer = UsbThing(answers=[b"\x12"])
    transport = transport_to(printer)
    transport.open(1)
    assert transport.can_read
    transport.write(b"x" * 10_000, 1)
    assert transport.read(1) == b"\x12"
    transport.close()
    transport.close()
    assert printer.heard == b"x" * 10_000
    assert printer.calls == ["claim 0", "release 0", "close"]  # neither reset nor configured anew


def test_kernel_driver_gives_way_only_where_there_is_one() -> None:
    printer = UsbThing(has_kernel_driver=True)
    transport = transport_to(printer)
    for _ in range(2):
        transport.open(1)
        transport.close()
    assert printer.calls.count("detach 0") == 1


def test_system_without_kernel_drivers_is_no_trouble() -> None:
    transport = transport_to(UsbThing(has_kernel_drivers_at_all=False))
    transport.open(1)
    transport.close()


def test_device_that_nobody_used_yet_is_configured() -> None:
    printer = UsbThing(is_configured=False)
    transport = transport_to(printer)
    transport.open(1)
    transport.close()
    assert printer.calls[0] == "configure"


@pytest.mark.parametrize(
    ("interfaces", "taken"),
    [
        (((3, 0, 0), (7, 2, 0)), "claim 1"),
        (((7, 1, 0), (7, 2, 1), (7, 4, 2)), "setting 0.1"),
        (((0xFF, 0, 0),), "claim 0"),
    ],
)
def test_way_back_is_taken_where_there_is_one(interfaces: tuple[tuple[int, int, int], ...], taken: str) -> None:
    printer = UsbThing(interfaces=interfaces, answers=[b"\x12"])
    transport = transport_to(printer)
    transport.open(1)
    assert taken in printer.calls
    assert transport.read(1) == b"\x12"
    transport.close()


def test_printer_without_a_way_back_is_written_to() -> None:
    printer = UsbThing(interfaces=((7, 1, 0),))
    transport = transport_to(printer)
    transport.open(1)
    assert not transport.can_read
    transport.write(b"slip", 1)
    deadline = Deadline(PATIENCE_S)
    assert transport.read(0.02) == b""
    assert not deadline.is_over
    transport.close()
    assert printer.heard == b"slip"


def test_what_is_no_printer_gets_nothing() -> None:
    """R6: a UPS is a keyboard of sorts, and IPP over USB is no place for bytes."""
    for interfaces in (((3, 0, 0),), ((7, 4, 0),)):
        thing = UsbThing(interfaces=interfaces)
        with pytest.raises(TransportError, match="04b8:0e15 is no printer: nothing in it takes bytes"):
            transport_to(thing).open(1)
        assert not any(call.startswith("claim") for call in thing.calls)


@pytest.mark.parametrize("room", [0, 1, 4_096, 4_097, 9_999])
def test_printer_that_takes_no_more_is_left_in_time(room: int) -> None:
    """R11: and what it took of the last piece is counted."""
    printer = UsbThing(room=room)
    transport = transport_to(printer)
    transport.open(1)
    with pytest.raises(WriteError, match=f"took {room} of 10000 bytes in 0.3 s") as caught:
        transport.write(b"x" * 10_000, 0.3)
    assert caught.value.sent == room == len(printer.heard)
    transport.close()


def test_printer_that_is_pulled_is_gone_and_found_again() -> None:
    """R5, R6: wherever it is plugged in then."""
    printer = UsbThing()
    transport = transport_to(printer)
    transport.open(1)
    printer.is_plugged = False
    with pytest.raises(WriteError, match="took at most 4 of 4 bytes: it was unplugged or switched off"):
        transport.write(b"slip", 1)
    with pytest.raises(TransportError, match="usb:04b8:0e15 is gone: it was unplugged"):
        transport.read(1)
    transport.close()
    with pytest.raises(TransportError, match="no USB device is usb:04b8:0e15; is it plugged in and switched on"):
        transport.open(1)
    again = replace(printer, is_plugged=True)
    transport._backend.things = [UsbThing(vendor=1), again]
    transport.open(1)
    transport.write(b"slip", 1)
    transport.close()
    assert again.heard == b"slip"


def test_two_of_a_kind_are_told_apart_by_their_serial_numbers() -> None:
    first, second = UsbThing(serial="J7"), UsbThing(serial="J8")
    with pytest.raises(TransportError, match=r"2 devices are usb:04b8:0e15; say which .*usb:VID:PID:SERIAL: J7, J8"):
        transport_to(first, second).open(1)
    transport = transport_to(first, second, url="usb:04b8:0e15:J8")
    transport.open(1)
    transport.write(b"slip", 1)
    transport.close()
    assert (first.heard, second.heard) == (b"", b"slip")
    second.is_plugged = False
    with pytest.raises(TransportError, match="no USB device is usb:04b8:0e15:J8"):
        transport.open(1)
    assert first.heard == b""  # not the other one


def test_serial_number_that_may_not_be_read_is_not_another_one() -> None:
    with pytest.raises(TransportError, match=r"cannot be read: see docs/printers.md, Addresses, for the udev rule"):
        transport_to(UsbThing(is_readable=False), url="usb:04b8:0e15:J7").open(1)
    with pytest.raises(TransportError, match=r"is it plugged in and switched on\?$"):
        transport_to(UsbThing(serial=None), url="usb:04b8:0e15:J7").open(1)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (usb_error(errno.EACCES, "Access denied"), "permission denied; see docs/printers.md, Addresses"),
        (usb_error(errno.EBUSY, "Resource busy"), "another program has it; if it is at /dev/usb/lp0, write file:"),
        (usb_error(errno.EIO, "Input/output error"), "cannot print to usb:04b8:0e15: Input/output error"),
    ],
)
def test_printer_that_cannot_be_taken_says_why_and_is_let_go(problem: usb.core.USBError, sentence: str) -> None:
    printer = UsbThing(claim_problem=problem)
    with pytest.raises(TransportError, match=sentence):
        transport_to(printer).open(1)
    assert printer.calls == ["close"]


def test_missing_right_says_what_to_do() -> None:
    with pytest.raises(TransportError, match=r"permission denied; see docs/printers.md, Addresses"):
        transport_to(UsbThing(is_readable=False)).open(1)


def no_backend(find_library: object) -> None:
    return None


def test_missing_libusb_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", no_backend)
    with pytest.raises(TransportError, match=r"apt install libusb-1.0-0\), or write file:/dev/usb/lp0"):
        UsbTransport(UsbAddress(0x04B8, 0x0E15, None)).open(1)


def test_answer_of_nothing_at_once_is_silence() -> None:
    transport = transport_to(UsbThing(answers=[b"", b"", b"\x12"]))
    transport.open(1)
    assert transport.read(1) == b"\x12"
    assert transport.read(0.02) == b""
    transport.close()


def test_closed_transport_is_not_written_to() -> None:
    transport = transport_to(UsbThing())
    with pytest.raises(TransportError, match="not connected"):
        transport.write(b"slip", 1)
    with pytest.raises(TransportError, match="not connected"):
        transport.read(1)


def test_machine_without_any_usb_says_so() -> None:
    """The real libusb: it has one here, and no such device."""
    with pytest.raises(TransportError, match=r"no USB device is usb:ffff:ffff|usb: needs libusb"):
        UsbTransport(UsbAddress(0xFFFF, 0xFFFF, None)).open(1)
