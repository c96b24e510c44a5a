"""`giliran printer emulate` as its users meet it: another process, a real line, words on standard input."""

import json
import os
import select
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.emulated_printer import ROOT, EmulatedPrinter, emulated_printer

DEADLINE_S = 10.0
SLIP = b"\x1b@Halo\n" + b"\x1dv0\x00\x48\x00\xf0\x00" + b"\xaa" * 72 * 240 + b"\x1dV\x00"
PROCESS_ID = b"\x1d(H\x06\x0000ab12"
PROCESS_ID_ANSWER = b'\x37"ab12\x00'
PAPER_STATUS = b"\x10\x04\x04"

Host = tuple[Callable[[bytes], None], Callable[[int], bytes]]


@contextmanager
def connected(printer: EmulatedPrinter) -> Iterator[Host]:
    """Send all of it, read so many bytes: written for these tests, not the kiosk's transports."""
    if printer.url.startswith("tcp:"):
        with socket.create_connection(("127.0.0.1", printer.port), timeout=DEADLINE_S) as host:
            yield host.sendall, lambda count: host.recv(count, socket.MSG_WAITALL)
        return
    device = os.open(printer.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def send(data: bytes) -> None:
        while data:
            assert select.select([], [device], [], DEADLINE_S)[1]
            data = data[os.write(device, data) :]

    def read(count: int) -> bytes:
        answer = b""
        while len(answer) < count and select.select([device], [], [], DEADLINE_S)[0]:
            answer += os.read(device, count - len(answer))
        return answer

    try:
        yield send, read
    finally:
        os.close(device)


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


@pytest.mark.parametrize(
    ("when", "received", "state"),
    [
        ("at_byte = 700", 700, {"slips": 0}),
        ("at_slip = 1", 5, {"slips": 0}),  # its first command is whole
        ("at_slip = 2\nat_byte = 1000", len(SLIP) + 3 + 1_000, {"slips": 1}),
    ],
)
def test_script_makes_its_fault_at_the_byte(tmp_path: Path, when: str, received: int, state: dict[str, int]) -> None:
    script = f'[[fault]]\n{when}\ndo = "stall on"\n'
    with emulated_printer(out=tmp_path / "paper", script=script) as printer, connected(printer) as (send, _):
        send(PAPER_STATUS + SLIP + SLIP)
        printer.wait_for(lambda document: document == {"event": "fault", "do": "stall on"})
        now = printer.state()
        printer.tell("stall off")
        printer.wait_for_paper("slip", 2)
    assert now["received_bytes"] == received
    assert now["slips"] == state["slips"]
    assert [slip.with_suffix(".bin").read_bytes() for slip in printer.slips()] == [SLIP, SLIP]


def test_script_sets_right_what_it_did(tmp_path: Path) -> None:
    script = '[[fault]]\nafter_s = 0\ndo = "paper 2"\n[[fault]]\nat_byte = 300\ndo = "paper 0"\nundo_after_s = 0.05\n'
    with emulated_printer(out=tmp_path / "paper", script=script) as printer, connected(printer) as (send, read):
        send(SLIP + PROCESS_ID)
        assert read(7) == PROCESS_ID_ANSWER
        assert [piece["event"] for piece in printer.paper()] == ["fragment", "slip"]
        faults = [document["do"] for document in printer.events if document.get("event") == "fault"]
    assert faults == ["paper 2", "paper 0", "paper 80000"]


def test_word_that_is_no_command_is_refused(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer:
        for words, why in (("dance", "'dance' is no command; there are paper MM"), ("paper much", "write paper MM")):
            with pytest.raises(ValueError, match=why):
                printer.tell(words)
        with connected(printer) as (send, _):
            send(b"\x1b\x99")
            assert (
                printer.wait_for(lambda document: document.get("event") == "problem")["what"] == "unknown command 1b 99"
            )


def test_killed_printer_breaks_the_line(tmp_path: Path) -> None:
    with emulated_printer(out=tmp_path / "paper") as printer, connected(printer) as (send, read):
        send(PAPER_STATUS)
        assert read(1) == b"\x12"
        printer.kill()
        assert read(1) == b""


def emulate(*arguments: str, words: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "giliran.py", "printer", "emulate", *arguments],
        input=words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_person_reads_sentences_and_roll_outlives_nothing(tmp_path: Path) -> None:
    done = emulate(
        "--listen", "tcp://127.0.0.1:0", "--out", str(tmp_path), words="cover  open\nstate\nfly\n"
    )  # fmt: skip
    first, opened, state, refused = done.stdout.splitlines()
    assert first.startswith("Print to tcp://127.0.0.1:")
    assert opened == "Done: cover open."
    assert "is_cover_open True" in state
    assert refused.startswith("No: 'fly' is no command")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--listen", "tcp://127.0.0.1"), 1, "'tcp://127.0.0.1' is no line; write tcp://127.0.0.1:PORT, pty,"),
        (("--listen", "fifo:"), 1, "'fifo:' is no line"),
        (("--listen", "pty:/nowhere/ttyS0"), 1, "cannot listen on pty:/nowhere/ttyS0: No such file or directory"),
        (("--listen", "tcp://192.0.2.1:9100"), 1, "cannot listen on tcp://192.0.2.1:9100"),
        (("--listen", "pty", "--profile", "nothing"), 2, "no printer profile is called nothing"),
        (("--listen", "pty", "--model", "star"), 2, "'star' is not one of"),
    ],
)
def test_wrong_use_is_explained(tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    done = emulate("--out", str(tmp_path), *arguments)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_script_is_refused_with_the_place_of_every_fault(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(
        '[[fault]]\ndo = "dance"\nat_byte = 1\n[[fault]]\ndo = "cover open"\n'
        '[[fault]]\ndo = "drop"\nafter_s = 1\nundo_after_s = 1\n[[fault]]\ndo = "unplug"\nat_byte = -1\n'
    )
    done = emulate("--listen", "pty", "--out", str(tmp_path), "--script", str(script))
    assert done.returncode == 2
    for words in (
        "fault.0: Value error, 'dance' is no command",
        "fault.1: Value error, say when",
        "fault.2: Value error, nothing is known to undo 'drop'",
        "fault.3.at_byte: Input should be greater than or equal to 0",
    ):
        assert words in done.stderr


def test_every_document_is_one_line_of_json(tmp_path: Path) -> None:
    done = emulate("--listen", f"pty:{tmp_path}/tty", "--out", str(tmp_path), "--json", words="noise on\nstate\n")
    first, noisy, state = map(json.loads, done.stdout.splitlines())
    assert first == {"listening": f"serial:{tmp_path}/tty"}
    assert noisy == {"done": "noise on"}
    assert state["state"]["is_noisy"] is True
    assert not (tmp_path / "tty").is_symlink()
