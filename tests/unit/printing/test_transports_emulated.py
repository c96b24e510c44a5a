"""Every way that can be had on one machine, to the emulated printer in a process of its own."""

import itertools
from pathlib import Path

import pytest

from kiosk.errors import TransportError
from printing.profile import find_profile
from printing.test_page import render_raster_page
from printing.transports.deadline import Deadline
from printing.transports.devices import open_device
from printing.transports.transport import Transport, WriteError
from tests.emulated_printer import emulated_printer

PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def page() -> bytes:
    return render_raster_page("emulated", find_profile("generic-80mm"))


def answer_of(transport: Transport) -> bytes:
    transport.write(b"\x10\x04\x01", PATIENCE_S)
    return transport.read(PATIENCE_S)


@pytest.mark.parametrize("listen", ["tcp", "pty", "lp", "fifo"])
def test_raster_page_arrives_byte_for_byte(listen: str, page: bytes, tmp_path: Path) -> None:
    with emulated_printer(listen, out=tmp_path) as printer:
        transport = open_device(printer.url)
        transport.open(PATIENCE_S)
        transport.write(page, PATIENCE_S)
        printer.wait_for_paper("slip")
        assert transport.can_read == (listen != "fifo")
        if transport.can_read:
            assert answer_of(transport) == b"\x12"
        transport.close()
        assert printer.received().startswith(page)


@pytest.mark.parametrize("listen", ["pty", "lp"])
def test_printer_that_was_pulled_in_the_middle_is_found_again(listen: str, page: bytes, tmp_path: Path) -> None:
    """R5, R6: the terminal behind the link is another one then."""
    with emulated_printer(listen, out=tmp_path, script='[[fault]]\nat_byte = 5000\ndo = "unplug"') as printer:
        transport = open_device(printer.url)
        transport.open(PATIENCE_S)
        with pytest.raises(WriteError) as caught:
            _print_for_ever(transport, page)
        assert caught.value.sent < len(page)
        transport.close()
        with pytest.raises(TransportError, match="there is no such device"):
            transport.open(1)
        printer.tell("plug")
        transport.open(PATIENCE_S)
        assert answer_of(transport) == b"\x12"
        transport.close()


@pytest.mark.parametrize("listen", ["tcp", "pty", "lp", "fifo"])
def test_printer_that_takes_nothing_more_is_left_in_time(listen: str, tmp_path: Path) -> None:
    """R11."""
    with emulated_printer(listen, out=tmp_path) as printer:
        transport = open_device(printer.url)
        transport.open(PATIENCE_S)
        printer.tell("stall on")
        deadline = Deadline(PATIENCE_S)
        with pytest.raises(WriteError) as caught:
            transport.write(b"\n" * 20_000_000, 0.5)
        transport.close()
        assert 0 < caught.value.sent < 20_000_000
        assert not deadline.is_over


def test_xoff_of_the_emulated_printer_stops_us_and_xon_lets_us_go_on(tmp_path: Path) -> None:
    """R11: without XOFF the terminal alone would take some 12 kB."""
    with emulated_printer("pty", out=tmp_path, flow="xonxoff") as printer:
        transport = open_device(f"{printer.url}?flow=xonxoff")
        transport.open(PATIENCE_S)
        printer.tell("stall on")
        with pytest.raises(WriteError, match="and then no more in time") as caught:
            transport.write(b"\n" * 200_000, 1.0)
        assert caught.value.sent <= 4_096
        transport.close()
        transport.open(PATIENCE_S)
        printer.tell("stall off")
        assert answer_of(transport) == b"\x12"
        transport.close()


def _print_for_ever(transport: Transport, page: bytes) -> None:
    """A terminal hides up to 64 KiB of what its other end has not read: the first page may still fit."""
    for _ in itertools.repeat(None):
        transport.write(page, PATIENCE_S)
