"""A USB bus without wires: the border between pyusb, which is the real one, and libusb, which is played here."""

import errno
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

import usb.backend
import usb.core

BIDIRECTIONAL: Final = 2
_OUT, _IN, _BULK = 0x01, 0x82, 2


def usb_error(number: int, sentence: str) -> usb.core.USBError:
    return usb.core.USBError(sentence, None, number)


@dataclass(eq=False)
class UsbThing:
    """One device. `interfaces`: (class, protocol, alternate setting), each with a way out and, but for protocol 1,
    one back. `room`: bytes that it still takes; None without end.
    """

    vendor: int = 0x04B8
    product: int = 0x0E15
    serial: str | None = "J7"
    interfaces: tuple[tuple[int, int, int], ...] = ((7, BIDIRECTIONAL, 0),)
    words: tuple[str, str] = ("EPSON", "TM-T82")
    is_plugged: bool = True
    is_configured: bool = True
    is_readable: bool = True
    has_kernel_driver: bool = False
    has_kernel_drivers_at_all: bool = True
    claim_problem: usb.core.USBError | None = None
    room: int | None = None
    heard: bytes = b""
    answers: list[bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


class UsbBus(usb.backend.IBackend):  # type: ignore[misc]  # it has no types
    def __init__(self, *things: UsbThing) -> None:
        self.things = list(things)

    def enumerate_devices(self) -> Iterator[UsbThing]:
        return (thing for thing in self.things if thing.is_plugged)

    def get_device_descriptor(self, dev: UsbThing) -> SimpleNamespace:
        place = self.things.index(dev) + 1
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=dev.vendor, idProduct=dev.product, bcdDevice=1, iManufacturer=1, iProduct=2,
            iSerialNumber=3 if dev.serial is not None else 0, bNumConfigurations=1, address=place, bus=1,
            port_number=place, port_numbers=(place,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: UsbThing, config: int) -> SimpleNamespace:
        if config > 0:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=len({number for number, _ in _layout(dev)}),
            bConfigurationValue=1, iConfiguration=0, bmAttributes=0x80, bMaxPower=50, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: UsbThing, intf: int, alt: int, config: int) -> SimpleNamespace:
        kinds = [kind for number, kind in _layout(dev) if number == intf]
        kind, protocol, setting = kinds[alt]
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=intf, bAlternateSetting=setting,
            bNumEndpoints=1 if protocol == 1 else 2, bInterfaceClass=kind, bInterfaceSubClass=1,
            bInterfaceProtocol=protocol, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: UsbThing, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(_OUT, _IN)[ep], bmAttributes=_BULK, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: UsbThing) -> UsbThing:
        if not dev.is_readable:
            raise usb_error(errno.EACCES, "Access denied (insufficient permissions)")
        return dev

    def close_device(self, dev_handle: UsbThing) -> None:
        dev_handle.calls.append("close")

    def get_configuration(self, dev_handle: UsbThing) -> int:
        return int(dev_handle.is_configured)

    def set_configuration(self, dev_handle: UsbThing, config_value: int) -> None:
        dev_handle.calls.append("configure")
        dev_handle.is_configured = True

    def set_interface_altsetting(self, dev_handle: UsbThing, intf: int, altsetting: int) -> None:
        dev_handle.calls.append(f"setting {intf}.{altsetting}")

    def is_kernel_driver_active(self, dev_handle: UsbThing, intf: int) -> bool:
        if not dev_handle.has_kernel_drivers_at_all:
            raise NotImplementedError
        return dev_handle.has_kernel_driver

    def detach_kernel_driver(self, dev_handle: UsbThing, intf: int) -> None:
        dev_handle.calls.append(f"detach {intf}")
        dev_handle.has_kernel_driver = False

    def claim_interface(self, dev_handle: UsbThing, intf: int) -> None:
        if dev_handle.claim_problem is not None:
            raise dev_handle.claim_problem
        dev_handle.calls.append(f"claim {intf}")

    def release_interface(self, dev_handle: UsbThing, intf: int) -> None:
        _present(dev_handle)
        dev_handle.calls.append(f"release {intf}")

    def bulk_write(self, dev_handle: UsbThing, ep: int, intf: int, data: "array[int]", timeout: int) -> int:
        """A time-out that took something returns how much, as pyusb's own backend for libusb does."""
        assert timeout > 0  # 0 is for ever
        _present(dev_handle)
        taken = bytes(data) if dev_handle.room is None else bytes(data)[: dev_handle.room]
        dev_handle.heard += taken
        if dev_handle.room is not None:
            dev_handle.room -= len(taken)
        if not taken:
            raise usb.core.USBTimeoutError("Operation timed out", None, errno.ETIMEDOUT)
        return len(taken)

    def bulk_read(self, dev_handle: UsbThing, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        assert timeout > 0
        _present(dev_handle)
        if not dev_handle.answers:
            raise usb.core.USBTimeoutError("Operation timed out", None, errno.ETIMEDOUT)
        answer = dev_handle.answers.pop(0)
        buff[: len(answer)] = array("B", answer)
        return len(answer)

    def ctrl_transfer(  # noqa: PLR0917  # as pyusb calls it
        self, dev_handle: UsbThing, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: Any, timeout: int  # noqa: N803  # the same
    ) -> int:  # fmt: skip
        """Only strings are asked for."""
        assert (bmRequestType, bRequest, wValue >> 8) == (0x80, 6, 3)
        _present(dev_handle)
        index = wValue & 0xFF
        texts = {1: dev_handle.words[0], 2: dev_handle.words[1], 3: dev_handle.serial or ""}
        body = b"\x09\x04" if index == 0 else texts[index].encode("utf-16-le")
        answer = array("B", bytes([len(body) + 2, 3]) + body)[: len(data)]
        data[: len(answer)] = answer
        return len(answer)


def _layout(thing: UsbThing) -> list[tuple[int, tuple[int, int, int]]]:
    """Number of each interface; one with an alternate setting above 0 belongs to the one before."""
    numbered, number = [], -1
    for kind in thing.interfaces:
        number += kind[2] == 0
        numbered.append((number, kind))
    return numbered


def _present(thing: UsbThing) -> None:
    if not thing.is_plugged:
        raise usb_error(errno.ENODEV, "No such device (it may have been disconnected)")
