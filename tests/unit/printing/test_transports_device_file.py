"""`file:`, on pseudo terminals and pipes under the names that Linux's own driver gives to printers."""

import errno
import os
from pathlib import Path

import pytest

from kiosk.errors import TransportError
from printing.transports.addresses import FileAddress
from printing.transports.deadline import Deadline
from printing.transports.device_file import DeviceFileTransport
from printing.transports.transport import WriteError
from tests.pseudo_terminal import PATIENCE_S, PseudoTerminal


def transport_to(path: Path) -> DeviceFileTransport:
    return DeviceFileTransport(FileAddress(str(path)))


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "lp0")
    return tmp_path / "lp0"


def test_printer_is_found_again_behind_its_name(tmp_path: Path) -> None:
    """R6: unplugged and back, the name is the same and the device another."""
    with PseudoTerminal(tmp_path / "lp0") as printer:
        transport = transport_to(printer.path)
        transport.open(1)
        printer.unplug()
        with pytest.raises(TransportError, match="lp0 is gone"):
            transport.read(PATIENCE_S)
        transport.close()
        with pytest.raises(TransportError, match="lp0: there is no such device; is it plugged in"):
            transport.open(1)
        printer.plug()
        transport.open(1)
        transport.write(b"slip", 1)
        assert printer.hear(4) == b"slip"
        transport.close()


def test_printer_is_found_again_under_another_number(tmp_path: Path) -> None:
    """R6: lp0 became lp1."""
    transport = transport_to(tmp_path / "lp*")
    with pytest.raises(TransportError, match=r"lp\*: there is no such device"):
        transport.open(1)
    with PseudoTerminal(tmp_path / "lp0"):
        transport.open(1)
    (tmp_path / "lp0").unlink()
    with PseudoTerminal(tmp_path / "lp1") as printer:
        transport.open(1)
        transport.write(b"slip", 1)
        assert printer.hear(4) == b"slip"
        transport.close()


def test_printer_that_is_not_the_wanted_one_is_passed_over(tmp_path: Path) -> None:
    """R6: whoever asks who is there decides; each open offers the next, and stays with the one that is kept."""
    transport = transport_to(tmp_path / "lp*")

    def hears() -> list[int]:
        transport.open(1)
        transport.write(b"?", 1)
        transport.close()
        return [number for number, printer in printers.items() if printer.hear_now(0.2)]

    with (
        PseudoTerminal(tmp_path / "lp10") as tenth,
        PseudoTerminal(tmp_path / "lp2") as second,
        PseudoTerminal(tmp_path / "lp3") as third,
    ):
        printers = {2: second, 3: third, 10: tenth}
        assert [hears(), hears()] == [[2], [2]]
        transport.pass_over()
        assert [hears(), hears()] == [[3], [3]]
        transport.pass_over()
        assert hears() == [10]
        transport.pass_over()
        assert hears() == [2]  # nobody was the one: all over again
        (tmp_path / "lp2").unlink()
        assert hears() == [3]


def test_printer_that_was_kept_stays_the_one(tmp_path: Path) -> None:
    """Also when another takes a lower number meanwhile."""
    transport = transport_to(tmp_path / "lp*")
    with PseudoTerminal(tmp_path / "lp1") as printer:
        transport.open(1)
        transport.close()
        with PseudoTerminal(tmp_path / "lp0") as other:
            transport.open(1)
            transport.write(b"slip", 1)
            transport.close()
            assert printer.hear(4) == b"slip"
            assert other.hear_now() == b""


def test_nothing_stays_open(tmp_path: Path) -> None:
    with PseudoTerminal(tmp_path / "lp0") as printer:
        (tmp_path / "lp1").write_text("left by a careless program")
        before = sorted(Path("/proc/self/fd").iterdir())
        transport = transport_to(printer.path)
        transport.open(1)
        transport.open(1)
        transport.close()
        with pytest.raises(TransportError):
            transport_to(tmp_path / "lp1").open(1)
        assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_name_that_moved_while_it_was_opened_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = tmp_path / "left by a careless program"
    leftover.touch()
    real_open = os.open
    with PseudoTerminal(tmp_path / "lp0") as printer:
        monkeypatch.setattr(os, "open", lambda _, flags: real_open(leftover, flags))
        before = sorted(Path("/proc/self/fd").iterdir())
        with pytest.raises(TransportError, match="is no device but a file or folder"):
            transport_to(printer.path).open(1)
        assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_busy_candidate_gives_way_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "lp0").write_text("left by a careless program")
    with PseudoTerminal(tmp_path / "lp1") as printer:
        transport = transport_to(tmp_path / "lp*")
        transport.open(1)
        transport.write(b"slip", 1)
        assert printer.hear(4) == b"slip"
        transport.close()


def test_plain_file_is_never_written_to(tmp_path: Path) -> None:
    leftover = tmp_path / "lp0"
    leftover.write_text("left by a careless program")
    with pytest.raises(TransportError, match="lp0 is no device but a file or folder"):
        transport_to(leftover).open(1)
    assert leftover.read_text() == "left by a careless program"


def test_missing_file_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="there is no such device"):
        transport_to(tmp_path / "lp0").open(1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full", "/dev/tty"])
def test_device_that_is_no_printer_is_refused(device: str) -> None:
    with pytest.raises(TransportError, match=f"{device} is a device, but no printer; for a serial port write serial:"):
        transport_to(Path(device)).open(1)


def test_pipe_takes_bytes_and_gives_none(pipe: Path) -> None:
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    transport = transport_to(pipe)
    transport.open(1)
    assert not transport.can_read
    transport.write(b"slip", 1)
    deadline = Deadline(PATIENCE_S)
    assert transport.read(0.02) == b""  # not our own bytes
    assert not deadline.is_over
    assert os.read(reader, 10) == b"slip"
    os.close(reader)
    with pytest.raises(TransportError, match="whoever read it went away"):
        transport.read(PATIENCE_S)
    with pytest.raises(WriteError, match="took 0 of 4 bytes: Broken pipe") as caught:
        transport.write(b"slip", 1)
    assert caught.value.sent == 0
    transport.close()


def test_pipe_that_nobody_reads_is_not_opened(pipe: Path) -> None:
    with pytest.raises(TransportError, match="nobody is there to read it"):
        transport_to(pipe).open(1)


def test_device_that_takes_no_more_is_left_in_time(pipe: Path) -> None:
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    transport = transport_to(pipe)
    transport.open(1)
    deadline = Deadline(PATIENCE_S)
    with pytest.raises(WriteError, match="took 65536 of 70000 bytes and then no more in time") as caught:
        transport.write(b"x" * 70_000, 0.3)
    assert caught.value.sent == 65_536
    assert not deadline.is_over
    transport.close()
    os.close(reader)


def test_last_bytes_are_waited_for(pipe: Path) -> None:
    """Linux's driver drops what it has not passed on when it is closed."""
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    transport = transport_to(pipe)
    transport.open(1)
    with pytest.raises(WriteError, match="did not take the last of 65536 bytes in time") as caught:
        transport.write(b"x" * 65_536, 0.3)
    assert caught.value.sent == 65_536
    transport.close()
    os.close(reader)


def refused(*_: object, **__: object) -> int:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_file_that_may_only_be_written_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = os.open
    with PseudoTerminal(tmp_path / "lp0") as printer:
        monkeypatch.setattr(os, "open", lambda name, flags: refused() if flags & os.O_RDWR else real_open(name, flags))
        transport = transport_to(printer.path)
        transport.open(1)
        assert not transport.can_read
        transport.write(b"slip", 1)
        assert printer.hear(4) == b"slip"
        transport.close()


def test_missing_right_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with PseudoTerminal(tmp_path / "lp0") as printer:
        monkeypatch.setattr(os, "open", refused)
        with pytest.raises(TransportError, match=r"permission denied; see docs/printers.md, Addresses"):
            transport_to(printer.path).open(1)


def test_file_that_another_program_holds_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> int:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with PseudoTerminal(tmp_path / "lp0") as printer:
        monkeypatch.setattr(os, "open", busy)
        with pytest.raises(TransportError, match="another program has it open"):
            transport_to(printer.path).open(1)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "lp0 is out of paper, its driver says"), (errno.ENODEV, "took 4 of 8 bytes: No such device")],
)
def test_driver_that_gives_up_in_the_middle_is_a_broken_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    """Before that it calls itself ready and takes nothing, as usblp does without paper."""
    real_write = os.write
    turns = iter([BlockingIOError(errno.EAGAIN, "again"), None, OSError(number, os.strerror(number))])

    def write(where: int, data: bytes) -> int:
        if (error := next(turns)) is not None:
            raise error
        return real_write(where, data[:4])

    with PseudoTerminal(tmp_path / "lp0") as printer:
        transport = transport_to(printer.path)
        transport.open(1)
        monkeypatch.setattr(os, "write", write)
        with pytest.raises(WriteError, match=sentence) as caught:
            transport.write(b"01234567", 1)
        assert caught.value.sent == 4
        monkeypatch.undo()
        assert printer.hear(4) == b"0123"
        transport.close()


def test_answer_of_nothing_at_once_is_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some printers end each question with an empty answer; only a device that is gone has ended."""
    with PseudoTerminal(tmp_path / "lp0") as printer:
        transport = transport_to(printer.path)
        transport.open(1)
        printer.say(b"\x12")
        monkeypatch.setattr(os, "read", lambda *_: b"")
        assert transport.read(0.05) == b""
        monkeypatch.undo()
        assert transport.read(1) == b"\x12"
        transport.close()
