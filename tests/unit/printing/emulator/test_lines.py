"""The emulated printer over each line: bytes through, wires pulled, power off, full, slow."""

import os
import select
import socket
import termios
from pathlib import Path

import pytest

from tests.emulated_host import DEADLINE_S, PAPER_STATUS, PROCESS_ID, PROCESS_ID_ANSWER, SLIP, connected
from tests.emulated_printer import emulated_printer


@pytest.mark.parametrize("listen", ["tcp", "pty", "lp"])
def test_slip_arrives_byte_for_byte_and_is_answered(tmp_path: Path, listen: str) -> None:
    everything = bytes(range(256))
    picture = b"\x1dv0\x00\x20\x00\x08\x00" + everything
    with emulated_printer(listen, out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            send(SLIP + picture + SLIP + PROCESS_ID)
            assert read(7) == PROCESS_ID_ANSWER
            assert [piece["event"] for piece in printer.paper()] == ["slip", "slip"]
        printer.wait_for(lambda document: document.get("state") == "gone")
        assert printer.received() == SLIP + picture + SLIP + PROCESS_ID
        second = printer.slips()[1]
        assert second.with_suffix(".bin").read_bytes() == picture + SLIP
        assert printer.paper()[1] == {
            "event": "slip", "number": 2, "file": second.name, "bytes": len(picture + SLIP), "mm": 34.75,
        }  # fmt: skip
        state = printer.state()
    assert (state["received_bytes"], state["printed_bytes"]) == (len(SLIP) * 2 + len(picture) + len(PROCESS_ID),) * 2
    assert (state["slips"], state["is_busy"], state["paper_mm"]) == (2, False, 80_000 - 33.75 - 34.75)


def test_fifo_prints_and_has_no_way_back(tmp_path: Path) -> None:
    with emulated_printer("fifo", out=tmp_path / "paper") as printer:
        assert printer.url == f"file:{tmp_path}/paper/lp-fifo"
        device = os.open(printer.path, os.O_WRONLY)
        try:
            assert os.write(device, b"\x10\x04\x01" + b"Halo\n\x1dV\x00") == 11
        finally:
            os.close(device)
        printer.wait_for_paper("slip")
        printer.tell("unplug")
        assert not printer.path.exists()
        printer.tell("plug")
        assert printer.path.is_fifo()
    assert not (tmp_path / "paper" / "lp-fifo").exists()


def test_wire_pulled_and_plugged_in_makes_another_device_behind_the_same_link(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            printer.tell("unplug")
            assert not printer.path.is_symlink()
            with pytest.raises(OSError, match="Input/output error"):
                send(b"x")
            blocker = os.openpty()  # takes the old one's number, as another USB device may
            printer.tell("plug")
        with connected(printer) as (send, read):
            send(PAPER_STATUS)
            assert read(1) == b"\x12"
        for end in blocker:
            os.close(end)


def test_answers_that_nobody_heard_are_not_kept_for_the_next_host(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            send(b"\x1da\xff")
            assert read(4) == b"\x10\x00\x00\x00"
        printer.wait_for(lambda document: document.get("state") == "gone")
        printer.tell("cover open")
        with connected(printer) as (send, read):
            send(b"\x10\x04\x02")
            assert read(1) == b"\x16"


def test_device_file_keeps_answers_for_the_next_host(tmp_path: Path) -> None:
    with emulated_printer("lp", out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            send(b"\x1da\xff")
            assert read(4) == b"\x10\x00\x00\x00"
        printer.wait_for(lambda document: document.get("state") == "gone")
        printer.tell("cover open")
        with connected(printer) as (_, read):
            assert read(4) == b"\x38\x00\x00\x00"


def test_late_answers_come_to_whoever_is_there_then(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer:
        printer.tell("late on")
        with connected(printer) as (send, _):
            send(PROCESS_ID)
            printer.wait_for_state(lambda state: state["printed_bytes"] == len(PROCESS_ID))
        printer.wait_for(lambda document: document.get("state") == "gone")
        with connected(printer) as (send, read):
            send(PAPER_STATUS)
            printer.wait_for_state(lambda state: state["received_bytes"] == len(PROCESS_ID) + 3)
            printer.tell("late off")
            assert read(8) == PROCESS_ID_ANSWER + b"\x12"


def test_network_cable_pulled_leaves_the_connection_hanging(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer, connected(printer) as (send, read):
        send(b"\x1da\xff")
        assert read(4) == b"\x10\x00\x00\x00"
        printer.tell("unplug")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", printer.port), timeout=DEADLINE_S)
        send(b"\x10\x04\x02")
        printer.tell("cover open")
        assert printer.state()["received_bytes"] == 3
        printer.tell("plug")
        assert read(1) == b"\x16"


def test_power_off_forgets_and_power_on_breaks_the_connection(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            send(SLIP[:5_000] + PAPER_STATUS)
            assert read(1) == b"\x12"
            printer.tell("power off")
            printer.tell("power on")
            with pytest.raises(ConnectionResetError):
                read(1)
        with connected(printer) as (send, read):
            send(b"Halo\n\x1dV\x00" + PROCESS_ID)
            assert read(7) == PROCESS_ID_ANSWER
    assert (printer.slips()[0].with_suffix(".bin")).read_bytes().endswith(b"Halo\n\x1dV\x00")


def test_serial_bytes_to_a_printer_that_is_off_are_lost(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path / "paper") as printer, connected(printer) as (send, read):
        printer.tell("power off")
        send(b"\x1b@Halo\n\x1dV\x00")
        printer.tell("power on")
        send(PROCESS_ID)
        assert read(7) == PROCESS_ID_ANSWER
        assert printer.slips() == ()


def test_second_host_waits_until_the_first_has_gone(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer:
        with connected(printer) as (send, read):
            send(PAPER_STATUS)
            assert read(1) == b"\x12"
            second = socket.create_connection(("127.0.0.1", printer.port), timeout=DEADLINE_S)
            second.sendall(PAPER_STATUS)
            assert printer.state()["received_bytes"] == 3
        with second:
            assert second.recv(1) == b"\x12"
        printer.wait_for_state(lambda state: not state["has_client"])


def test_stopped_printer_stops_reading_and_still_tells_a_new_host_why(tmp_path: Path) -> None:
    with emulated_printer(model="slow", out=tmp_path / "paper") as printer:
        printer.tell("cover open")
        with socket.create_connection(("127.0.0.1", printer.port), timeout=DEADLINE_S) as host:
            host.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
            host.setblocking(False)
            sent = 0
            while select.select([], [host], [], 0.3)[1]:
                sent += host.send(b"x" * 1_000)
            assert sent < 200_000
            assert printer.wait_for_state(lambda state: state["room_bytes"] == 0)["received_bytes"] <= 4_200
            printer.tell("drop")
        with connected(printer) as (send, read):
            send(b"\x10\x04\x02")
            assert read(1) == b"\x16"
            assert printer.state()["received_bytes"] == len(printer.received())  # none of what was read is lost


def test_xoff_stops_the_host_and_xon_lets_it_go_on(tmp_path: Path) -> None:
    with emulated_printer("pty", "slow", out=tmp_path / "paper", flow="xonxoff", speed=0) as printer:
        printer.tell("cover open")
        with connected(printer) as (send, read):
            send(b"x\n" * 1_950)
            assert read(1) == b"\x13"
            assert printer.state()["received_bytes"] == 3_900
            printer.tell("cover close")
            assert read(1) == b"\x11"


def test_terminal_treats_no_byte(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path / "paper") as printer:
        device = os.open(printer.path, os.O_RDWR | os.O_NOCTTY)
        try:
            iflag, oflag, _, lflag, *_ = termios.tcgetattr(device)
        finally:
            os.close(device)
    assert iflag & (termios.IXON | termios.ICRNL) == 0
    assert oflag & termios.OPOST == 0
    assert lflag & (termios.ICANON | termios.ECHO) == 0


def test_stall_keeps_what_is_on_the_way(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer, connected(printer) as (send, read):
        printer.tell("stall on")
        send(PAPER_STATUS)
        assert printer.state()["received_bytes"] == 0
        printer.tell("stall off")
        assert read(1) == b"\x12"


def test_slow_line_brings_no_more_than_its_speed(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path / "paper", baud=9_600) as printer, connected(printer) as (send, _):
        send(b"\x1b@" + b"Halo, antrean.\n" * 100 + b"\x1dV\x00")
        first = printer.wait_for_state(lambda state: state["received_bytes"] > 0)["received_bytes"]
        assert first < 600
        printer.wait_for_paper("slip")
