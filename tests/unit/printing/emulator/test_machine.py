"""One printer as the command reference describes it: order, time, a finite buffer, what stops and what clears it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printing.emulator.condition import Condition
from printing.emulator.machine import Machine
from printing.emulator.models import CLONE, EPSON, LIAR, MODELS, MUTE, SLOW, Clears, Model
from printing.emulator.tray import Kind, Tray

LINE = b"Halo\n"
CUT = b"\x1dV\x00"
FENCE = b"\x1dr\x01"
PROCESS_ID = b"\x1d(H\x06\x0000ab12"
PROCESS_ID_ANSWER = b'\x37"ab12\x00'
ASK = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
RECOVER = b"\x10\x05\x02"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
BAND = b"\x1dv0\x00\x48\x00\xf0\x00" + b"\xff" * 72 * 240
"""30 mm of ink, over the whole width."""


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def machine(folder: Path, model: Model = EPSON, clock: Clock | None = None) -> Machine:
    return Machine(model, 576, Tray(folder / "paper"), monotonic=clock or Clock())


def change(printer: Machine, **changes: float | bool) -> None:
    printer.condition = replace(printer.condition, **changes)  # type: ignore[arg-type]  # the caller names the fields
    printer.work()


def counts(printer: Machine) -> tuple[int, int, int]:
    return tuple(printer.tray.counts[kind] for kind in Kind)  # type: ignore[return-value]  # there are three


def height(printer: Machine, name: str) -> int:
    with Image.open(printer.tray.directory / name) as paper:
        return paper.height


@pytest.mark.parametrize(
    ("model", "asked", "answers"),
    [
        (EPSON, ASK, b"\x12\x12\x12\x12"),
        (EPSON, FENCE + PROCESS_ID, b"\x00" + PROCESS_ID_ANSWER),
        (EPSON, b"\x1dI\x42\x1dI\x43\x1dI\x01", b"_EPSON\x00_TM-T88VI\x00\x20"),
        (EPSON, b"\x1dr\x02", b"\x00"),
        (CLONE, ASK, b"\x12\x12\x12\x12"),
        (CLONE, FENCE + PROCESS_ID, b"\x00"),
        (CLONE, b"\x1dI\x42\x1dI\x43\x1da\xff", b"_EPSON\x00_TM-T88V\x00"),
        (MUTE, ASK + FENCE + PROCESS_ID + b"\x1dI\x42\x1da\xff", b""),
        (LIAR, ASK, b"\x12\x12\x12\x12"),
        (LIAR, FENCE + PROCESS_ID, b"\x00" + PROCESS_ID_ANSWER),
    ],
)
def test_model_answers_what_it_knows(tmp_path: Path, model: Model, asked: bytes, answers: bytes) -> None:
    printer = machine(tmp_path, model)
    printer.receive(asked)
    assert printer.answers() == answers


def test_clone_prints_the_letters_of_what_it_does_not_know(tmp_path: Path) -> None:
    printer = machine(tmp_path, CLONE)
    printer.receive(PROCESS_ID + b"\n" + CUT)
    assert counts(printer) == (1, 0, 0)
    assert printer.problems == ("unknown command 06",)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_prints(tmp_path: Path, name: str) -> None:
    printer = machine(tmp_path, replace(MODELS[name], speed_mm_s=None))
    printer.receive(b"\x1b@" + BAND + CUT)
    assert counts(printer) == (1, 0, 0)
    assert height(printer, "slip-001.png") == 240
    assert (printer.tray.directory / "slip-001.bin").read_bytes() == b"\x1b@" + BAND + CUT


def test_liar_vouches_for_what_it_has_not_printed(tmp_path: Path) -> None:
    printer = machine(tmp_path, LIAR)
    change(printer, is_cover_open=True, paper_mm=0)
    printer.receive(LINE + CUT + FENCE + PROCESS_ID + ASK)
    assert printer.answers() == b"\x00" + PROCESS_ID_ANSWER + b"\x12\x12\x12\x12"
    assert counts(printer) == (0, 0, 0)


def test_dead_head_moves_bare_paper(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    printer.has_dead_head = True
    printer.receive(BAND + CUT + PROCESS_ID)
    assert printer.answers() == PROCESS_ID_ANSWER
    assert counts(printer) == (0, 0, 1)


def test_proof_waits_until_the_slow_head_has_done(tmp_path: Path) -> None:
    clock = Clock()
    printer = machine(tmp_path, SLOW, clock)
    printer.work()
    clock.now += 1_000  # idle: no time saved up
    printer.receive(BAND + CUT + PROCESS_ID)
    clock.now += 1.4
    printer.work()
    assert printer.answers() == b""
    assert counts(printer) == (0, 0, 0)
    clock.now += 0.2
    printer.work()
    assert printer.answers() == PROCESS_ID_ANSWER
    assert counts(printer) == (1, 0, 0)


def test_cover_stops_the_head_and_it_goes_on_where_it_was(tmp_path: Path) -> None:
    clock = Clock()
    printer = machine(tmp_path, SLOW, clock)
    printer.receive(BAND + CUT)
    clock.now += 0.75
    printer.work()
    change(printer, is_cover_open=True)
    assert printer.condition.paper_mm == pytest.approx(80_000 - 15)
    clock.now += 60
    printer.work()
    assert printer.condition.paper_mm == pytest.approx(80_000 - 15)
    change(printer, is_cover_open=False)
    assert printer.condition.paper_mm == pytest.approx(80_000 - 15)
    clock.now += 0.8
    printer.work()
    assert height(printer, "slip-001.png") == 240


def test_stopped_printer_answers_at_once_and_takes_only_its_buffer(tmp_path: Path) -> None:
    printer = machine(tmp_path, SLOW)
    change(printer, is_cover_open=True)
    printer.receive(b"x" * printer.room)
    assert printer.room == 0
    assert not printer.act(b"x")
    assert not printer.act(b"\x10\x04\x02x")
    assert printer.act(b"\x10\x04\x02\x10\x04\x04")
    assert printer.answers() == b"\x16\x12"


def test_picture_larger_than_the_buffer_is_taken_as_it_prints(tmp_path: Path) -> None:
    clock = Clock()
    printer = machine(tmp_path, SLOW, clock)
    rest = BAND + BAND + CUT
    while rest and clock.now < 110:
        piece, rest = rest[: printer.room], rest[printer.room :]
        if not piece:
            clock.now += 0.1
            printer.work()
        printer.receive(piece)
    assert clock.now > 101.3  # the second band waited for the first
    clock.now += 2
    printer.work()
    assert height(printer, "slip-001.png") == 480


def test_paper_ends_in_mid_picture_and_the_rest_comes_on_the_new_roll(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    change(printer, paper_mm=10)
    printer.receive(BAND + CUT + FENCE)
    assert printer.answers() == b""
    assert counts(printer) == (0, 1, 0)
    assert height(printer, "fragment-001.png") == 80
    change(printer, paper_mm=500)
    assert counts(printer) == (1, 1, 0)
    assert height(printer, "slip-001.png") == 160
    assert printer.answers() == b"\x03"


def test_roll_taken_out_in_mid_slip_leaves_a_fragment(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    printer.receive(LINE)
    change(printer, paper_mm=0)
    change(printer, paper_mm=500)
    printer.receive(LINE + CUT)
    assert counts(printer) == (1, 1, 0)


@pytest.mark.parametrize(
    ("before", "trouble", "asked", "outcome"),
    [
        (b"", {"is_cutter_jammed": True}, RECOVER, "cleared"),
        (b"", {"is_cover_open": True}, RECOVER, "printed"),  # not at work when it was opened: no error to recover from
        (BAND, {"is_cover_open": True}, RECOVER, "cleared"),
        (b"", {"is_overheated": True}, RECOVER, "printed"),
        (b"", {"paper_mm": 0}, RECOVER, "printed"),
        (b"", {"paper_mm": 0}, CLEAR, "cleared"),
        (b"", {"is_cover_open": True}, CLEAR, "cleared"),
        (BAND, {}, RECOVER, "printed"),
        (BAND, {}, CLEAR, "cleared"),
    ],
)
def test_buffer_is_cleared_when_the_reference_says_so(
    tmp_path: Path, before: bytes, trouble: dict[str, float], asked: bytes, outcome: str
) -> None:
    clock = Clock()
    printer = machine(tmp_path, SLOW, clock)
    printer.receive(before)
    clock.now += 0.5
    change(printer, **trouble)
    printer.receive(LINE + CUT + asked)
    assert printer.answers() == (b"\x37\x25\x00" if asked == CLEAR else b"")
    printer.condition = Condition()
    clock.now += 0.001  # none of the strip that was in hand is burnt any more
    printer.work()
    clock.now += 10
    printer.work()
    assert outcome == ("cleared" if counts(printer) == (0, 0, 0) else "printed")
    assert printer.is_busy is False


def test_model_says_when_it_can_be_cleared(tmp_path: Path) -> None:
    cleared = []
    for clears in Clears:
        printer = machine(tmp_path / clears, replace(EPSON, clears=clears))
        change(printer, is_cover_open=True)
        printer.receive(LINE + CUT + RECOVER)
        cleared.append(not printer.is_busy)
    assert cleared == [True, False, False]


def test_settings_outlive_a_cleared_buffer_but_not_the_power(tmp_path: Path) -> None:
    wide = []
    for end in (CLEAR, None):
        printer = machine(tmp_path / str(end))
        printer.receive(b"\x1d!\x11")
        if end:
            printer.receive(end)
        else:
            printer.switch_off()
        printer.receive(b"M\n" + CUT)
        wide.append(height(printer, "slip-001.png"))
    assert wide == [48, 30]


def test_power_off_forgets_all_but_the_paper(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    printer.receive(b"\x1da\xff" + LINE + b"Hal" + BAND[:500])
    printer.answers()
    printer.switch_off()
    printer.work()
    change(printer, paper_mm=100)
    assert printer.answers() == b""
    printer.receive(LINE + CUT)
    assert height(printer, "slip-001.png") == 60


def test_report_is_pushed_when_something_changes_that_was_selected(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    change(printer, is_cover_open=True)
    printer.receive(b"\x1da\x0a")
    assert printer.answers() == b""  # in its turn
    change(printer, is_cover_open=False)
    assert printer.answers() == b"\x10\x00\x00\x00"
    change(printer, is_cover_open=True)
    assert printer.answers() == b"\x38\x00\x00\x00"
    change(printer, is_cover_open=False, paper_mm=100)
    assert printer.answers() == b"\x10\x00\x03\x00"
    change(printer, paper_mm=90)
    assert printer.answers() == b""
    change(printer, paper_mm=0)
    assert printer.answers() == b"\x18\x00\x0f\x00"
    change(printer, paper_mm=500, near_end_mm=0)
    assert printer.answers() == b"\x10\x00\x00\x00"
    printer.receive(b"\x1da\x00")
    change(printer, is_cover_open=True)
    assert printer.answers() == b""


def test_report_of_errors_alone_is_silent_about_paper(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    printer.receive(b"\x1da\x04")
    printer.answers()
    change(printer, paper_mm=100)
    assert printer.answers() == b""
    change(printer, is_cutter_jammed=True)
    assert printer.answers() == b"\x18\x08\x03\x00"
    change(printer, is_cutter_jammed=False, is_overheated=True)
    assert printer.answers() == b"\x18\x40\x03\x00"


def test_silence_loses_answers_and_noise_comes_before_them(tmp_path: Path) -> None:
    printer = machine(tmp_path)
    change(printer, is_silent=True)
    printer.receive(ASK)
    assert printer.answers() == b""
    change(printer, is_silent=False, is_noisy=True)
    printer.receive(b"\x10\x04\x01")
    answers = printer.answers()
    assert answers.endswith(b"\x12")
    assert len(answers) > 5


_REQUESTS = st.sampled_from(
    [
        b"\x1b@", LINE, b"Nomor D-045\n", b"\x1b!\x30", b"\x1ba\x01", b"\x1bt\x10", b"\x1bJ\x20", b"\x1bd\x02", CUT,
        b"\x1dVB\x10", FENCE, PROCESS_ID, b"\x1dI\x43", b"\x1da\xff", b"\x1da\x00", ASK, RECOVER, CLEAR,
        b"\x1dv0\x00\x02\x00\x03\x00\x10\x04\x01\x10\x05\x02", b"\x1dv0\x03\x01\x00\x02\x00\xff\x0f",
        b"\x1b*\x21\x02\x00abcdef\n", b"\x1b*\x00\x02\x00ab\n", b"\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0",
        b"\x10\x05\x01", b"\x10", b"\x1d", b"\x1dkA\x02ab", b"\x1bD\x08\x10\x00", b"\x00\x00\x00", b"\xe9\xff",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    requests=st.lists(_REQUESTS, max_size=12).map(b"".join),
    cuts=st.lists(st.integers(0, 200), max_size=8),
    model=st.sampled_from([EPSON, CLONE, MUTE, LIAR]),
    paper_mm=st.sampled_from([80_000, 20, 5]),
)
def test_stream_means_the_same_however_it_is_cut(
    requests: bytes, cuts: list[int], model: Model, paper_mm: float
) -> None:
    edges = [0, *sorted(min(cut, len(requests)) for cut in cuts), len(requests)]
    ends = []
    for pieces in ([requests], [requests[begin:end] for begin, end in pairwise(edges)]):
        with TemporaryDirectory() as folder:
            printer = machine(Path(folder), model)
            change(printer, paper_mm=paper_mm)
            answers = b""
            for piece in pieces:
                printer.receive(piece)
                answers += printer.answers()
            papers = {path.name: path.read_bytes() for path in sorted(printer.tray.directory.iterdir())}
            ends.append((answers, papers, printer.condition, printer.received, printer.carried_out, printer.is_busy))
    assert ends[0] == ends[1]
