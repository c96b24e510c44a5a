"""The length counted from a slip's bytes is the length of the paper that the simulated printer cuts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from printing.blocks import TicketLayout
from printing.escpos_parser import UNKNOWN, parse
from printing.paper_length import dots_per_mm, measure_slip, paper_length_mm
from printing.profile import Profile, RasterCommand, find_profile
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.text_renderer import render_text
from tests.sample_slips import paper_layout, paper_ticket

PROFILE = find_profile("generic-80mm")


@pytest.mark.parametrize("name", ["generic-80mm", "generic-80mm-512", "generic-58mm"])
@pytest.mark.parametrize("raster", RasterCommand)
@pytest.mark.parametrize("render", [render_raster, render_text])
def test_slip_is_as_long_as_its_picture(
    tmp_path: Path, name: str, raster: RasterCommand, render: Callable[[TicketLayout, Profile], bytes]
) -> None:
    profile = replace(find_profile(name), raster=raster)
    document = render(paper_layout(paper_ticket(), profile), profile)
    simulated = SimulatedPrinter(tmp_path, profile)
    simulated.feed(document)
    with Image.open(simulated.slips()[0]) as paper:
        assert paper_length_mm(document, profile) == paper.height / dots_per_mm(profile)


@pytest.mark.parametrize("render", [render_raster, render_text])
def test_slip_up_to_the_point_of_no_return_lacks_its_end(render: Callable[[TicketLayout, Profile], bytes]) -> None:
    document = render(paper_layout(paper_ticket(), PROFILE), PROFILE)
    length = measure_slip(document, PROFILE)
    assert 0 < length.checkpoint < length.point_of_no_return < len(document)
    for place in (length.checkpoint, length.point_of_no_return):
        assert all(command.name != UNKNOWN for command in parse(document[:place]))
    missing = length.mm - paper_length_mm(document[: length.point_of_no_return], PROFILE)
    assert missing > 12 + PROFILE.feed_dots / 8
    assert paper_length_mm(document[: length.checkpoint], PROFILE) <= length.mm - missing - 20


def test_bare_end_of_a_picture_is_no_part_of_the_slip() -> None:
    """Whoever lacks only that has the whole slip in hand."""
    band = b"\x1dv0\x00\x01\x00\xf0\x00"
    document = b"\x1b@" + (band + b"\xff" * 240) * 2 + band + bytes(240)
    assert measure_slip(document, PROFILE).point_of_no_return == 2 + 248


def test_slip_too_short_for_a_checkpoint_has_none() -> None:
    length = measure_slip(b"\x1b@HELLO\n\x1dV\x01", PROFILE)
    assert (length.checkpoint, length.point_of_no_return) == (0, 0)
    assert length.mm == 30 / 8


@pytest.mark.parametrize(
    ("document", "dots"),
    [
        (b"", 0),
        (b"A" * 48 + b"\n", 30),
        (b"A" * 49 + b"\n", 60),
        (b"\x1d!\x11" + b"A" * 25 + b"\n", 48 * 2),
        (b"\x1b!\x01" + b"A" * 64 + b"\n", 30),
        (b"\x1b3\x10A\n", 24),
        (b"\x1b3\x40A\n\x1b2A\n", 64 + 30),
        (b"\x1bd\x03\x1bJ\x20", 90 + 32),
        (b"\x1dv0\x00\x01\x00\x0a\x00" + b"\xff" * 4, 4),
        (b"\x1dv0\x02\x01\x00\x02\x00" + b"\xff" * 2, 4),
        (b"\x1dVB\x08", 8 + PROFILE.feed_dots),
    ],
)
def test_what_moves_paper_is_counted(document: bytes, dots: int) -> None:
    assert paper_length_mm(document, PROFILE) * 8 == dots


def test_paper_of_512_dots_is_of_180_to_the_inch() -> None:
    assert [
        round(dots_per_mm(find_profile(name)), 2) for name in ("generic-80mm", "generic-80mm-512", "generic-58mm")
    ] == [
        8.0,
        7.09,
        8.0,
    ]
