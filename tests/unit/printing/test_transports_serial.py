"""`serial:`, on pseudo terminals; pyserial, Linux's line discipline and its XON/XOFF are the real ones."""

import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from kiosk.errors import TransportError
from printing.transports.addresses import SerialAddress, read_address
from printing.transports.deadline import Deadline
from printing.transports.pace import Pace
from printing.transports.serial_line import SerialTransport
from printing.transports.serial_system import read_through, why, write_port, write_through
from printing.transports.transport import WriteError
from tests.pseudo_terminal import PATIENCE_S, PseudoTerminal


def transport_to(path: Path, settings: str = "") -> SerialTransport:
    address = read_address(f"serial:{path}{settings}")
    assert isinstance(address, SerialAddress)
    return SerialTransport(address)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PseudoTerminal]:
    with PseudoTerminal(tmp_path / "ttyUSB0") as printer:
        yield printer


def test_settings_reach_the_line(printer: PseudoTerminal) -> None:
    line = os.open(printer.path, os.O_RDWR | os.O_NOCTTY)
    before = termios.tcgetattr(line)
    before[2] |= termios.HUPCL  # as real ports have it
    termios.tcsetattr(line, termios.TCSANOW, before)
    transport = transport_to(printer.path, "?baud=19200&bits=7&parity=even&stop=2&flow=xonxoff")
    transport.open(1)
    assert transport.bytes_per_s == 19200 / 11
    iflag, _, cflag, _, _, speed, _ = termios.tcgetattr(line)
    os.close(line)
    assert speed == termios.B19200
    assert iflag & termios.IXON
    assert cflag & termios.CSTOPB
    assert not cflag & termios.HUPCL  # DTR stays up between two conversations
    assert transport._port is not None
    assert (transport._port.bytesize, transport._port.parity) == (7, "E")  # a pseudo terminal itself knows 8N only
    transport.close()


def test_line_that_was_stopped_is_left_in_time_and_nothing_comes_after(printer: PseudoTerminal) -> None:
    """R11: XOFF, and no XON any more."""
    transport = transport_to(printer.path, "?flow=xonxoff")
    transport.open(1)
    printer.say(b"\x13\x12")
    assert transport.read(PATIENCE_S) == b"\x12"  # so the XOFF before it has done its work
    deadline = Deadline(PATIENCE_S)
    with pytest.raises(WriteError, match="took 0 of 9000 bytes") as caught:
        transport.write(b"x" * 9_000, 0.1)
    assert caught.value.sent == 0
    assert not deadline.is_over
    transport.close()
    printer.say(b"\x11")
    assert printer.hear_now(0.1) == b""


def test_line_goes_on_when_the_printer_says_so(printer: PseudoTerminal) -> None:
    transport = transport_to(printer.path, "?flow=xonxoff")
    transport.open(1)
    printer.say(b"\x13\x12")
    assert transport.read(PATIENCE_S) == b"\x12"
    printer.say(b"\x11\x12")
    assert transport.read(PATIENCE_S) == b"\x12"
    transport.write(b"slip", PATIENCE_S)
    assert printer.hear(4) == b"slip"
    transport.close()


def test_unsent_bytes_of_a_broken_write_are_thrown_away(printer: PseudoTerminal) -> None:
    transport = transport_to(printer.path)
    transport.open(1)
    with pytest.raises(WriteError, match="and then no more in time") as caught:
        transport.write(b"x" * 200_000, 0.1)
    assert 0 < caught.value.sent < 200_000
    before = len(printer.hear_now(most=100))
    transport.close()
    rest = b"".join(iter(lambda: printer.hear_now(0.05), b""))
    assert before + len(rest) < caught.value.sent


def test_bytes_of_an_earlier_conversation_are_thrown_away(printer: PseudoTerminal) -> None:
    """R9: what lay in the line answers nobody's question."""
    transport = transport_to(printer.path)
    transport.open(1)
    printer.say(b"late")
    transport.close()
    transport.open(1)
    printer.say(b"new")
    assert transport.read(PATIENCE_S) == b"new"
    transport.close()


def test_printer_is_found_again_behind_its_name(printer: PseudoTerminal) -> None:
    """R5, R6: pulled in the middle, and back as another terminal."""
    transport = transport_to(printer.path)
    transport.open(1)
    printer.unplug()
    with pytest.raises(TransportError, match="is gone"):
        transport.read(PATIENCE_S)
    with pytest.raises(WriteError, match="took 0 of 4 bytes") as caught:
        transport.write(b"slip", 1)
    assert caught.value.sent == 0
    transport.close()
    with pytest.raises(TransportError, match="there is no such device"):
        transport.open(1)
    printer.plug()
    transport.open(1)
    transport.write(b"slip", 1)
    assert printer.hear(4) == b"slip"
    transport.close()


def test_pulled_behind_the_last_byte_is_a_broken_write(
    printer: PseudoTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pulled(serial.Serial):
        @property
        def out_waiting(self) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(serial, "Serial", Pulled)
    transport = transport_to(printer.path)
    transport.open(1)
    with pytest.raises(WriteError, match="is gone behind 4 bytes: Input/output error") as caught:
        transport.write(b"slip", 1)
    assert caught.value.sent == 4
    transport.close()


def test_bytes_that_stay_in_the_port_have_not_left(printer: PseudoTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(serial.Serial):
        @property
        def out_waiting(self) -> int:
            return 3

    monkeypatch.setattr(serial, "Serial", Slow)
    transport = transport_to(printer.path)
    transport.open(1)
    with pytest.raises(WriteError, match="kept back 3 of 4 bytes for too long"):
        transport.write(b"slip", 0.05)
    transport.close()


def test_printer_is_found_again_under_another_name(tmp_path: Path) -> None:
    """R6: ttyUSB0 became ttyUSB1."""
    transport = transport_to(tmp_path / "ttyUSB*")
    with PseudoTerminal(tmp_path / "ttyUSB0"):
        transport.open(1)
    transport.close()
    with PseudoTerminal(tmp_path / "ttyUSB1") as printer:
        transport.open(1)
        transport.write(b"slip", 1)
        assert printer.hear(4) == b"slip"
        transport.close()


def test_device_that_is_not_the_wanted_one_is_passed_over(tmp_path: Path) -> None:
    """R6: a modem took the printer's old name."""
    with PseudoTerminal(tmp_path / "ttyUSB0") as modem, PseudoTerminal(tmp_path / "ttyUSB1") as printer:
        transport = transport_to(tmp_path / "ttyUSB*")
        transport.open(1)
        transport.pass_over()
        transport.open(1)
        transport.write(b"slip", 1)
        transport.close()
        assert printer.hear(4) == b"slip"
        assert modem.hear_now(0.05) == b""


def test_line_that_another_program_holds_says_so(printer: PseudoTerminal) -> None:
    first, second = transport_to(printer.path), transport_to(printer.path)
    first.open(1)
    with pytest.raises(TransportError, match="another program has it open"):
        second.open(1)
    first.close()
    second.open(1)
    second.close()


def test_what_is_no_serial_port_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").write_text("left by a careless program")
    with pytest.raises(TransportError, match="is no serial port but a file or folder"):
        transport_to(tmp_path / "ttyUSB0").open(1)
    with pytest.raises(TransportError, match="Inappropriate ioctl"):
        transport_to(Path("/dev/null")).open(1)


class WithDsr(serial.Serial):
    """A pseudo terminal has no such wires."""

    is_ready = True

    @property
    def dsr(self) -> bool:
        return self.is_ready


def test_line_without_dsr_cannot_wait_for_it(printer: PseudoTerminal) -> None:
    with pytest.raises(TransportError, match="use flow=none or xonxoff"):
        transport_to(printer.path, "?flow=dtr").open(1)


def test_printer_that_lowers_its_dtr_is_left_in_time(printer: PseudoTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R11: it is looked at before each 64 bytes, because Linux does not."""
    monkeypatch.setattr(serial, "Serial", WithDsr)
    looks = iter([True] * 5 + [False] * 10_000)  # one look while it is opened
    monkeypatch.setattr(WithDsr, "dsr", property(lambda _: next(looks)))
    transport = transport_to(printer.path, "?flow=dtr")
    transport.open(1)
    with pytest.raises(WriteError, match="took 256 of 1000 bytes and then no more in time") as caught:
        transport.write(b"x" * 1_000, 0.1)
    assert caught.value.sent == 256
    transport.close()


def test_printer_that_lowers_its_dtr_is_asked_why(printer: PseudoTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many lower it when the paper is out or the cover open, and answer all the same."""
    monkeypatch.setattr(serial, "Serial", WithDsr)
    monkeypatch.setattr(WithDsr, "is_ready", False)
    transport = transport_to(printer.path, "?flow=dtr")
    transport.open(1)
    transport.write(b"\x10\x04\x02", 1)
    assert printer.hear(3) == b"\x10\x04\x02"
    with pytest.raises(WriteError, match="took 0 of 3 bytes"):
        transport.write(b"\x1dr\x01", 0.05)
    transport.close()


def test_printer_with_its_dtr_up_gets_everything(printer: PseudoTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial, "Serial", WithDsr)
    transport = transport_to(printer.path, "?flow=dtr")
    transport.open(1)
    transport.write(b"x" * 1_000, 1)
    assert printer.hear(1_000) == b"x" * 1_000
    transport.close()


def test_closing_an_unplugged_line_never_raises(printer: PseudoTerminal) -> None:
    transport = transport_to(printer.path)
    transport.open(1)
    with pytest.raises(WriteError):
        transport.write(b"x" * 200_000, 0.05)
    printer.unplug()
    transport.close()
    transport.close()


def test_calls_for_windows_keep_their_deadline_too(printer: PseudoTerminal) -> None:
    """There is no descriptor there: pyserial's own calls, tried on the line that we have."""
    with serial.Serial(str(printer.path), timeout=0) as port:
        printer.say(b"\x12\x12")
        assert read_through(port, Deadline(PATIENCE_S), "COM3")[:1] == b"\x12"
        port.reset_input_buffer()
        assert read_through(port, Deadline(0.02), "COM3") == b""
        write_through(port, b"x" * 600, Deadline(1), "COM3")
        assert printer.hear(600) == b"x" * 600
        with pytest.raises(WriteError, match=r"COM3 took at most \d+ of 200000 bytes: no more in time") as caught:
            write_through(port, b"x" * 200_000, Deadline(0.1), "COM3")
        assert 0 < caught.value.sent < 200_000
        printer.unplug()
        with pytest.raises(TransportError, match="COM3 is gone"):
            read_through(port, Deadline(1), "COM3")


def test_bytes_go_in_pieces(printer: PseudoTerminal) -> None:
    allowed = iter([True, False, True, True])
    with serial.Serial(str(printer.path), timeout=0) as port:
        write_port(port, b"0123456789", Deadline(1), "port", Pace(4, lambda: next(allowed)))
    assert printer.hear(10) == b"0123456789"


def test_trouble_is_told_in_words() -> None:
    assert why(ValueError("no such baud")) == "no such baud"
    assert why(serial.SerialException("gone")) == "gone"
    assert why(serial.SerialException(13, "could not open")).startswith("permission denied; see docs/printers.md")
