"""The technician's page shows what it claims to show."""

from pathlib import Path

import numpy as np
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
    with Image.open(printer.slips()[0]) as page:
        is_ink = ~np.asarray(page)
    (bar, *_) = np.flatnonzero(is_ink.all(axis=1))
    stairs = is_ink[bar + 40 : bar + 56]
    assert (stairs.sum(axis=0) == 1).all()
    symbols = zxingcpp.read_barcodes(np.where(is_ink, 0, 255).astype(np.uint8))
    assert [symbol.text for symbol in symbols] == ["HALAMAN UJI GILIRAN"] * 3


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
