"""The technician's page shows what it claims to show."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printing.escpos_parser import parse
from printing.head_pattern import BAR_DOTS, STEP_DOTS, STEPS, head_pattern, shades
from printing.profile import find_profile
from printing.simulated import SimulatedPrinter
from printing.test_page import PAGES, SYMBOL_DOTS, render_text_page

PAPERS = pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm", "generic-80mm-512"])
INK = 0


def on_paper(page: str, profile_name: str, folder: Path) -> Image.Image:
    profile = find_profile(profile_name)
    printer = SimulatedPrinter(folder, profile)
    printer.feed(PAGES[page]("tcp://192.0.2.7:9100", profile))
    assert (len(printer.slips()), printer.problems) == (1, ())
    with Image.open(printer.slips()[0]) as picture:
        return picture.convert("L")


def ink_of_columns(picture: Image.Image) -> list[int]:
    grey = picture.convert("L")
    return [grey.crop((x, 0, x + 1, grey.height)).histogram()[INK] for x in range(grey.width)]


@pytest.mark.parametrize("width", [384, 512, 576, 640])
def test_head_pattern_burns_all_dots_at_once_and_then_each_by_itself(width: int) -> None:
    pattern = head_pattern(width)
    stairs = pattern.height - STEPS * STEP_DOTS
    bar = pattern.crop((0, stairs - BAR_DOTS, width, stairs))
    assert set(ink_of_columns(bar)) == {BAR_DOTS}
    for step in range(STEPS):
        top = stairs + step * STEP_DOTS
        burnt = ink_of_columns(pattern.crop((0, top, width, top + STEP_DOTS)))
        assert [x for x, ink in enumerate(burnt) if ink] == list(range(step, width, STEPS))


def test_dead_dot_can_be_located_by_its_ruler_and_its_step() -> None:
    pattern = head_pattern(576)
    dead = 293
    pattern.paste(255, (dead, 0, dead + 1, pattern.height))
    stairs = pattern.height - STEPS * STEP_DOTS
    bar = ink_of_columns(pattern.crop((0, stairs - BAR_DOTS, 576, stairs)))
    assert [x for x, ink in enumerate(bar) if not ink] == [dead]
    tooth = dead // STEPS * STEPS  # 288, a mark of the ruler: 240 and six marks more
    ruler = ink_of_columns(pattern.crop((0, stairs - BAR_DOTS - 10, 576, stairs - BAR_DOTS)))
    assert (ruler[tooth] > 0, (tooth - 240) // STEPS) == (True, 6)
    burnt = ink_of_columns(pattern.crop((tooth, stairs, tooth + STEPS, pattern.height)))
    assert [step for step, ink in enumerate(burnt) if not ink] == [dead - tooth]


@pytest.mark.parametrize("width", [384, 512, 576])
def test_shades_darken_by_quarters(width: int) -> None:
    columns = ink_of_columns(shades(width))
    quarters = [sum(columns[part * width // 4 : (part + 1) * width // 4]) for part in range(4)]
    area = width // 4 * shades(width).height
    assert [quarter / area for quarter in quarters] == [0.25, 0.5, 0.75, 1.0]


@PAPERS
def test_raster_page_shows_symbols_of_all_sizes_that_say_their_size(profile_name: str, tmp_path: Path) -> None:
    page = on_paper("raster", profile_name, tmp_path)
    read = {symbol.text for symbol in zxingcpp.read_barcodes(page)}
    assert read == {f"GILIRAN {dots}" for dots in SYMBOL_DOTS}


@PAPERS
@pytest.mark.parametrize("page", ["raster-slip", "text-slip"])
def test_sample_slip_has_a_symbol_as_large_as_a_tickets_that_is_none(
    page: str, profile_name: str, tmp_path: Path
) -> None:
    (symbol,) = zxingcpp.read_barcodes(on_paper(page, profile_name, tmp_path))
    assert symbol.text.startswith("K1.CONTOH")
    assert len(symbol.text) > 100


@PAPERS
def test_text_page_holds_letters_and_our_commands_only(profile_name: str) -> None:
    profile = find_profile(profile_name)
    commands = list(parse(render_text_page(profile)))
    assert {command.name for command in commands} == {
        "ESC @",
        "ESC t",
        "GS !",
        "ESC E",
        "ESC a",
        "text",
        "LF",
        "GS v 0",
        "ESC J",
        "GS V",
    }
    lines = [command.data for command in commands if command.name == "text"]
    assert all(len(line) <= profile.columns for line in lines)


@PAPERS
def test_text_page_shows_every_letter_of_the_code_page_in_its_row(profile_name: str) -> None:
    profile = find_profile(profile_name)
    lines = [command.data for command in parse(render_text_page(profile)) if command.name == "text"]
    rows = {line[:3]: line[3:].replace(b" ", b"") for line in lines if line[2:3] == b" " and len(line) > 16}
    for first in range(0x20, 0x100, 0x10):
        letters = bytes(byte for byte in range(first, first + 0x10) if byte not in {0x20, 0x7F, 0xFF})
        assert rows[b"%02X " % first].startswith(letters)
