"""The simulated printer keeps the promises of a real one: order, real-time answers, finite paper, one slip a cut."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk.errors import TransportError
from printing.profile import RasterCommand, find_profile
from printing.raster_renderer import draw, render_raster
from printing.simulated import NOISE, SimulatedPrinter, SimulatedState
from printing.transports.sim import SimTransport
from printing.transports.transport import WriteError
from tests.sample_slips import paper_layout, paper_ticket

ASK = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
LINE = b"Halo\n"
CUT = b"\x1dV\x00"
PROFILE = find_profile("generic-80mm")


@pytest.fixture
def printer(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path / "slips")


def test_slip_is_kept_dot_for_dot_and_byte_for_byte(printer: SimulatedPrinter) -> None:
    layout = paper_layout(paper_ticket(), PROFILE)
    document = render_raster(layout, PROFILE)
    for start in range(0, len(document), 1_000):
        printer.feed(document[start : start + 1_000])
    (picture,) = printer.slips()
    assert picture.name == "slip-001.png"
    assert picture.with_suffix(".bin").read_bytes() == document
    drawn = draw(layout, PROFILE).convert("L")
    with Image.open(picture) as slip:
        assert slip.size == (drawn.width, drawn.height + PROFILE.feed_dots)
        assert slip.convert("L").crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()


def test_thousandth_slip_comes_after_those_before(printer: SimulatedPrinter) -> None:
    printer.feed(LINE + CUT)
    (first,) = printer.slips()
    for number in (2, 999):
        first.with_name(f"slip-{number:03d}.png").write_bytes(b"")
        first.with_name(f"slip-{number:03d}.bin").write_bytes(b"")
    again = SimulatedPrinter(first.parent, PROFILE)
    again.feed(LINE + CUT)
    assert [slip.stem for slip in again.slips()] == ["slip-001", "slip-002", "slip-999", "slip-1000"]


def test_questions_are_no_part_of_a_slip(printer: SimulatedPrinter) -> None:
    printer.feed(ASK + b"\x1b@" + LINE + ASK + CUT + b"\x1dr\x01")
    assert printer.slips()[0].with_suffix(".bin").read_bytes() == b"\x1b@" + LINE + CUT


@pytest.mark.parametrize(
    ("state", "answers"),
    [
        ({}, b"\x12\x12\x12\x12"),
        ({"paper_mm": 100}, b"\x12\x12\x12\x1e"),
        ({"paper_mm": 0}, b"\x1a\x32\x12\x7e"),
        ({"is_cover_open": True}, b"\x1a\x16\x12\x12"),
        ({"is_cutter_jammed": True}, b"\x1a\x52\x1a\x12"),
        ({"is_overheated": True}, b"\x1a\x52\x52\x12"),
        ({"is_silent": True}, b""),
        ({"is_noisy": True}, NOISE + b"\x12\x12\x12\x12"),
    ],
)
def test_state_shows_in_the_status_bytes(printer: SimulatedPrinter, state: dict[str, float], answers: bytes) -> None:
    printer.change(**state)
    assert printer.feed(ASK) == answers


def test_realtime_question_is_answered_when_split_and_inside_a_picture(printer: SimulatedPrinter) -> None:
    assert printer.feed(b"\x10") == b""
    assert printer.feed(b"\x04") == b""
    assert printer.feed(b"\x01") == b"\x12"
    assert printer.feed(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x04") == b"\x12"


def test_fence_and_process_id_are_answered_in_their_turn(printer: SimulatedPrinter) -> None:
    printer.change(is_cover_open=True)
    assert printer.feed(LINE + CUT + b"\x1dr\x01" + b"\x1d(H\x06\x00000042") == b""
    printer.change(is_cover_open=False)
    assert printer.feed(b"") == b"\x00" + b"\x37\x220042\x00"
    assert len(printer.slips()) == 1


def test_paper_ends_in_mid_slip_and_the_rest_waits(printer: SimulatedPrinter, tmp_path: Path) -> None:
    printer.change(paper_mm=1)
    printer.feed(LINE + b"Lagi\n" + CUT)
    assert printer.slips() == ()
    with Image.open(tmp_path / "slips" / "fragment-001.png") as fragment:
        assert fragment.height == 8
    printer.change(paper_mm=500)
    assert printer.slips()[0].with_suffix(".bin").read_bytes() == b"Lagi\n" + CUT


def test_clearing_the_buffer_forgets_the_rest(printer: SimulatedPrinter) -> None:
    printer.change(is_cover_open=True)
    printer.feed(LINE + CUT + b"\x10\x05\x02")
    printer.change(is_cover_open=False)
    assert printer.slips() == ()


def test_stopped_printer_takes_only_its_buffer(printer: SimulatedPrinter) -> None:
    printer.change(is_cover_open=True)
    printer.feed(b"x" * printer.room)
    assert printer.room == 0


def test_person_opens_the_cover_in_the_file(printer: SimulatedPrinter, tmp_path: Path) -> None:
    file = tmp_path / "slips" / "printer.json"
    state = json.loads(file.read_text())
    assert state == {
        "paper_mm": 80_000,
        "near_end_mm": 3_000,
        "is_cover_open": False,
        "is_cutter_jammed": False,
        "is_overheated": False,
        "is_silent": False,
        "is_noisy": False,
    }
    file.write_text(json.dumps({**state, "is_cover_open": True}))
    assert printer.feed(b"\x10\x04\x02") == b"\x16"


@pytest.mark.parametrize(
    ("typo", "fault"),
    [
        ("{broken", "Invalid JSON"),
        ('{"paper_mm": "much"}', "paper_mm: Input should be a valid number"),
        ('{"is_cover_opn": true}', "is_cover_opn: "),
    ],
)
def test_broken_state_file_is_kept_and_named_until_it_is_whole(
    printer: SimulatedPrinter, tmp_path: Path, typo: str, fault: str
) -> None:
    file = tmp_path / "slips" / "printer.json"
    file.write_text(typo)
    transport = SimTransport(SimulatedPrinter(tmp_path / "slips"))
    transport.open(1)
    for _ in range(2):
        with pytest.raises(TransportError, match=rf"printer.json is not a printer's state \({fault}"):
            printer.feed(ASK)
        with pytest.raises(WriteError, match=rf"printer.json is not a printer's state \({fault}") as refused:
            transport.write(ASK, 1)
        assert refused.value.sent == 0
    assert file.read_text() == typo
    file.write_text('{"is_cover_open": true}')
    assert printer.state == SimulatedState(is_cover_open=True)


def test_roll_and_slip_numbers_outlive_the_process(printer: SimulatedPrinter, tmp_path: Path) -> None:
    printer.feed(LINE + CUT)
    again = SimulatedPrinter(tmp_path / "slips")
    assert again.state.paper_mm == pytest.approx(80_000 - 30 / 8)
    again.feed(LINE + CUT)
    assert [path.name for path in again.slips()] == ["slip-001.png", "slip-002.png"]


def test_cut_of_bare_paper_is_no_slip(printer: SimulatedPrinter, tmp_path: Path) -> None:
    printer.feed(b"\x1b@\x1bJ\x60" + CUT)
    assert printer.slips() == ()
    assert (tmp_path / "slips" / "offcut-001.png").exists()


def test_what_a_real_printer_might_choke_on_is_recorded(printer: SimulatedPrinter) -> None:
    printer.feed(b"\x1b\x99\x1b*\x05\x01\x00x\x1dL\x01\x00")
    assert printer.problems == (
        "unknown command 1b 99",
        "ESC * mode 5 is not simulated",
        "GS L is not simulated",
    )


def test_text_is_printed_in_cells_of_its_size(printer: SimulatedPrinter) -> None:
    printer.feed(b"\x1ba\x01\x1d!\x11MM\n" + CUT)
    with Image.open(printer.slips()[0]) as slip:
        assert slip.size == (576, 48)
        left, top, right, bottom = slip.convert("L").point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    middle = 576 // 2
    assert middle - 48 <= left < middle < right <= middle + 48
    assert top % 2 == bottom % 2 == 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [(b"\x1dI\x42", b"_Giliran\x00"), (b"\x1dI\x43", b"_Simulated 80 mm\x00"), (b"\x1dI\x01", b"\x02")],
)
def test_identity_is_told(printer: SimulatedPrinter, question: bytes, answer: bytes) -> None:
    assert printer.feed(question) == answer


def test_columns_and_raster_print_the_same_slip(printer: SimulatedPrinter, tmp_path: Path) -> None:
    other = SimulatedPrinter(tmp_path / "columns")
    layout = paper_layout(paper_ticket(), PROFILE)
    printer.feed(render_raster(layout, PROFILE))
    other.feed(render_raster(layout, replace(PROFILE, raster=RasterCommand.ESC_STAR)))
    with Image.open(printer.slips()[0]) as raster, Image.open(other.slips()[0]) as columns:
        height = draw(layout, PROFILE).height
        assert raster.crop((0, 0, 576, height)).tobytes() == columns.crop((0, 0, 576, height)).tobytes()
