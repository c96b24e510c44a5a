"""The calibration slip as it comes out, and what is understood of the answers given to it."""

from pathlib import Path
from typing import Final

import click
import pytest
from PIL import Image

from printing.escpos_parser import parse
from printing.paper_length import paper_length_mm
from printing.probing.calibration_slip import CODE_PAGES, MARKS, CalibrationSlip
from printing.probing.dialogue import Foretold, NoWidth, Sight, foretold
from printing.profile import Cutter, RasterCommand, Renderer, find_profile
from printing.simulated import SimulatedPrinter
from tests.unit.printing.test_qr_on_paper import decoded

DEVICE: Final = "serial:/dev/serial/by-id/usb-Prolific_Technology_Inc._USB-Serial_Controller-if00-port0?baud=9600"
GOOD: Final = "width=576,letters=4,cut=partial"


def printed(folder: Path, profile_name: str, slip: CalibrationSlip) -> Image.Image:
    printer = SimulatedPrinter(folder, find_profile(profile_name))
    printer.feed(slip.document())
    assert printer.problems == ()
    (file,) = printer.slips()
    with Image.open(file) as picture:
        return picture.convert("L")


def whole_boxes(paper: Image.Image) -> list[int]:
    """The widths in whose last columns a closed right side stands: 20 dots of ink above each other, then bare paper."""
    found = []
    for width in MARKS:
        if width > paper.width:
            continue
        side = paper.crop((width - 2, 0, width - 1, paper.height)).tobytes()
        if b"\x00" * 20 in side:
            found.append(width)
    return found


@pytest.mark.parametrize("raster", list(RasterCommand))
@pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm-512", "generic-80mm"])
def test_the_last_whole_box_is_the_width_of_the_head(tmp_path: Path, profile_name: str, raster: RasterCommand) -> None:
    paper = printed(tmp_path, profile_name, CalibrationSlip(DEVICE, raster))
    assert max(whole_boxes(paper)) == paper.width == find_profile(profile_name).dots


@pytest.mark.parametrize("renderer", list(Renderer))
@pytest.mark.parametrize("raster", list(RasterCommand))
def test_a_phone_reads_the_symbol_as_tickets_will_have_it(
    tmp_path: Path, raster: RasterCommand, renderer: Renderer
) -> None:
    paper = printed(tmp_path, "generic-58mm", CalibrationSlip(DEVICE, raster, renderer))
    assert decoded(paper) == "GILIRAN: what this printer draws, a phone can read."


def test_the_slip_is_a_hand_long_and_ends_in_the_cut() -> None:
    document = CalibrationSlip(DEVICE).document()
    commands = [command.name for command in parse(document)]
    assert (commands[0], commands[-1], commands.count("ESC @")) == ("ESC @", "GS V", 1)
    assert 100 < paper_length_mm(document, find_profile("generic-80mm")) < 250
    assert len(document) < 45_000


def test_each_line_of_letters_is_under_its_own_number() -> None:
    selected = [
        command.parameters[0] for command in parse(CalibrationSlip(DEVICE).document()) if command.name == "ESC t"
    ]
    assert selected == [page.number for page in CODE_PAGES]
    encoded = {page.sample.encode(page.codec) for page in CODE_PAGES}
    assert len(encoded) == len(CODE_PAGES)


def test_nothing_in_the_slip_is_a_real_time_command() -> None:
    for raster in RasterCommand:
        document = CalibrationSlip(DEVICE, raster).document()
        assert not any(bytes([0x10, second]) in document for second in (0x04, 0x05, 0x14))


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (GOOD, Foretold(RasterCommand.GS_V_0, 576, Sight(576, CODE_PAGES[3], Cutter.PARTIAL, is_symbol_read=True))),
        (
            "width=3, letters=cp437, cut=none, symbol=no",
            Foretold(RasterCommand.GS_V_0, 384, Sight(384, CODE_PAGES[0], Cutter.NONE, is_symbol_read=False)),
        ),
        (
            "pictures=columns,width=1,letters=none,cut=full",
            Foretold(RasterCommand.ESC_STAR, 320, Sight(320, None, Cutter.FULL, is_symbol_read=True)),
        ),
        (
            "width=608,letters=1,cut=through",
            Foretold(RasterCommand.GS_V_0, 608, Sight(608, CODE_PAGES[0], None, is_symbol_read=False)),
        ),
        (
            "width=nothing,letters=1,cut=none",
            Foretold(
                RasterCommand.GS_V_0, NoWidth.NOTHING, Sight(320, CODE_PAGES[0], Cutter.NONE, is_symbol_read=True)
            ),
        ),
    ],
)
def test_answers_may_be_given_beforehand(words: str, meaning: Foretold) -> None:
    assert foretold(words) == meaning


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("width=576", "letters is not answered"),
        (f"{GOOD},colour=red", "no question is called colour"),
        (GOOD.replace("576", "577"), "width is the number of a box, 1 to 14, or dots"),
        (GOOD.replace("576", "15"), "not 15"),
        (GOOD.replace("letters=4", "letters=5"), "letters is the number of a line, 1 to 4, or none; not 5"),
        (GOOD.replace("partial", "half"), "cut is one of full, partial, none, through; not half"),
        (f"{GOOD},symbol=perhaps", "symbol is one of yes, no; not perhaps"),
        ("", "no question is called "),
    ],
)
def test_answers_that_mean_nothing_are_named(words: str, sentence: str) -> None:
    with pytest.raises(click.BadParameter, match=sentence):
        foretold(words)
