"""Addresses that say what is wrong with them, before anything is opened."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.errors import ProfileError
from printing.transports.addresses import (
    BAUDS,
    FileAddress,
    Flow,
    Parity,
    SerialAddress,
    SimAddress,
    TcpAddress,
    UsbAddress,
    WindowsAddress,
    read_address,
)
from printing.transports.devices import device_opener


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("tcp://printer:99999", "no valid host or port"),
        ("tcp://printer..lan:9100", "no valid host or port"),
        (f"tcp://{'a' * 70}:9100", "no valid host or port"),
        ("tcp://printer:0", "names no network printer"),
        ("tcp:printer", "names no network printer"),
        ("tcp://", "names no network printer"),
        ("tcp://printer:9100/queue", "names no network printer"),
        ("tcp://me@printer:9100", "names no network printer"),
        ("usb:04b8", "lsusb"),
        ("usb:04b8:0e1", "lsusb"),
        ("usb:04b8:0e15:", "lsusb"),
        ("file:lp0", "whole path"),
        ("file:/dev/usb/", "whole path"),
        ("serial:ttyUSB0", "whole path"),
        ("serial:COM0", "names no serial port"),
        ("serial:/dev/ttyUSB0?baud=9601", "baud cannot be '9601'; it is one of 1200, 2400"),
        ("serial:/dev/ttyUSB0?baud=", "baud cannot be ''"),
        ("serial:/dev/ttyUSB0?baud=9600&baud=19200", "says baud twice"),
        ("serial:/dev/ttyUSB0?speed=9600", "no 'speed'; it has baud, flow, bits, parity, stop"),
        ("serial:/dev/ttyUSB0?9600", "not written as"),
        ("serial:/dev/ttyUSB0?flow=dsr", "flow cannot be 'dsr'; it is one of none, rtscts, xonxoff, dtr"),
        ("serial:/dev/ttyUSB0?bits=9", "bits cannot be '9'"),
        ("serial:/dev/ttyUSB0?parity=mark", "parity cannot be 'mark'"),
        ("serial:/dev/ttyUSB0?stop=0", "stop cannot be '0'"),
        ("sim:", "names no printer; write tcp://HOST:9100"),
        ("lpt1", "names no printer; write tcp://HOST:9100"),
        ("file:/dev/usb/lp0\n", "control character"),
    ],
)
def test_address_that_is_no_use_is_explained(url: str, sentence: str) -> None:
    with pytest.raises(ProfileError, match=sentence):
        device_opener(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://10.0.0.7", TcpAddress("10.0.0.7", 9100)),
        ("tcp://[fe80::1]:9101", TcpAddress("fe80::1", 9101)),
        ("usb:04B8:0e15", UsbAddress(0x04B8, 0x0E15, None)),
        ("usb:0x04b8:0x0e15:J7:1", UsbAddress(0x04B8, 0x0E15, "J7:1")),
        ("file:/dev/usb/lp*", FileAddress("/dev/usb/lp*")),
        ("serial:/dev/ttyUSB0", SerialAddress("/dev/ttyUSB0")),
        (
            "serial:/dev/serial/by-id/usb-1a86*?baud=19200&flow=dtr&bits=7&parity=even&stop=2",
            SerialAddress("/dev/serial/by-id/usb-1a86*", 19200, Flow.DTR, 7, Parity.EVEN, 2),
        ),
        ("serial:COM3?flow=xonxoff", SerialAddress("COM3", flow=Flow.XONXOFF)),
        (r"win:\\counter\EPSON TM-T82", WindowsAddress(r"\\counter\EPSON TM-T82")),
        ("sim:slips", SimAddress("slips")),
    ],
)
def test_address_is_read(url: str, address: object) -> None:
    assert read_address(url) == address


@pytest.mark.parametrize("url", ["win:EPSON", "serial:COM3"])
def test_address_of_windows_is_of_no_use_here(url: str) -> None:
    with pytest.raises(ProfileError, match="is for Windows"):
        device_opener(url)


def test_usb_address_is_written_as_it_is_read() -> None:
    assert str(read_address("usb:04B8:0E15:J7")) == "usb:04b8:0e15:J7"
    assert str(read_address("usb:04b8:0e15")) == "usb:04b8:0e15"


def test_line_carries_a_tenth_of_its_baud_and_less_with_parity() -> None:
    assert SerialAddress("/dev/ttyS0", 9600).bytes_per_s == 960
    assert SerialAddress("/dev/ttyS0", 9600, parity=Parity.EVEN, stop=2).bytes_per_s == 800


@example("tcp://[")
@example("tcp://[::1%")
@example("serial:/dev/x?%ff")
@given(
    st.text()
    | st.builds("{}:{}".format, st.sampled_from(["tcp", "usb", "file", "serial", "win", "sim"]), st.text())
    | st.builds("tcp://{}".format, st.text())
    | st.builds("serial:/dev/tty{}?{}".format, st.text(), st.text())
)
def test_any_words_are_an_address_or_are_refused_in_one_line(url: str) -> None:
    try:
        read_address(url)
    except ProfileError as error:
        sentence = str(error)
    else:
        sentence = "fine"
    assert len(sentence.splitlines()) == 1


@given(st.sampled_from(BAUDS), st.sampled_from(Flow), st.sampled_from((7, 8)), st.sampled_from(Parity))
def test_settings_of_a_serial_line_are_all_kept(baud: int, flow: Flow, bits: int, parity: Parity) -> None:
    url = f"serial:/dev/ttyS1?parity={parity}&bits={bits}&flow={flow}&baud={baud}"
    assert read_address(url) == SerialAddress("/dev/ttyS1", baud, flow, bits, parity)
