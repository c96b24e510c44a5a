"""The technician's page shows what it claims to show."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printing.escpos_parser import parse
from printing.profile import find_profile
from printing.simulated import SimulatedPrinter
from printing.test_page import render_raster_page, render_text_page

PAPERS = pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm", "generic-80mm-512"])


@PAPERS
def test_raster_page_burns_every_dot_alone_and_shows_three_symbols(profile_name: str, tmp_path: Path) -> None:
    profile = find_profile(profile_name)
    printer = SimulatedPrinter(tmp_path, profile)
    printer.feed(render_raster_page("tcp://192.0.2.7:9100", profile))
    with Image.open(printer.slips()[0]) as picture:
        page = picture.convert("L")
    rows = [page.crop((0, y, page.width, y + 1)) for y in range(page.height)]
    bar = next(y for y, row in enumerate(rows) if row.getextrema() == (0, 0))
    stairs = page.crop((0, bar + 40, page.width, bar + 56))
    ink_of_columns = [stairs.crop((x, 0, x + 1, stairs.height)).histogram()[0] for x in range(stairs.width)]
    assert set(ink_of_columns) == {1}
    assert [symbol.text for symbol in zxingcpp.read_barcodes(page)] == ["HALAMAN UJI GILIRAN"] * 3


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
