"""`giliran printer emulate` as its users meet it: scripts, words on standard input, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulated_host import PAPER_STATUS, PROCESS_ID, PROCESS_ID_ANSWER, SLIP, connected
from tests.emulated_printer import ROOT, emulated_printer


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
        (
            ("--listen", "pty", "--out", "/proc/paper"),
            1,
            "cannot leave paper in /proc/paper: No such file or directory",
        ),
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
