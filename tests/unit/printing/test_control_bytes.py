"""Hostile names through both renderers: the printer receives our own commands and nothing else (R12, ESC injection)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.language import Language, Text
from printing.blocks import TicketLayout
from printing.escpos_parser import TEXT, parse
from printing.paper_length import paper_length_mm
from printing.profile import Profile, RasterCommand, Renderer, find_profile
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.slip import slip_layout
from printing.text_renderer import render_text
from tests.sample_slips import TWO, paper_catalogue, paper_site, paper_ticket

Render = Callable[[TicketLayout, Profile], bytes]
OURS: Final[dict[Render, set[str]]] = {
    render_raster: {"ESC @", "ESC a", "ESC J", "GS V"},
    render_text: {"ESC @", "ESC t", "GS !", "ESC E", "ESC a", TEXT, "LF", "ESC J", "GS V"},
}
PICTURES: Final = {RasterCommand.GS_V_0: {"GS v 0"}, RasterCommand.ESC_STAR: {"ESC *", "ESC 3", "ESC 2", "LF"}}
LONGEST_MM: Final = 600
"""Two services with every text at its cap, in the tallest letters, in two languages, on 58 mm paper."""

REALTIME: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\x1b\x1d\x10\x04\x05@V\x00\x01a 漢ا👍\u202e", max_size=60),
    st.text(alphabet="aُبطة٣(3) ꦏꦼꦤ꧀ꦢꦸᬓᬶ᭄ᮊ᮪ᨉᨗ\u200d\u202e\x1b", max_size=200),
    st.just("Pelayanan " * 1_000),
    st.just("ꦤ꧀ꦢꦸ" * 3_000),
    st.just("x" * 500),
)


def printer_for(render: Render, profile_name: str, raster: RasterCommand) -> Profile:
    renderer = Renderer.TEXT if render is render_text else Renderer.RASTER
    return replace(find_profile(profile_name), raster=raster, renderer=renderer)


def hostile_slip(name: str, requirement: str, profile: Profile) -> TicketLayout:
    text = Text(name, requirement)
    catalogue = paper_catalogue()
    agencies = tuple(
        replace(
            agency,
            short=name,
            services=tuple(
                replace(service, name=text, requirements=(text, Text(requirement, name)), finishing_time=text)
                for service in agency.services
            ),
        )
        for agency in catalogue.agencies
    )
    site = replace(paper_site(), name=text, short_name=text, complaint_channels=(requirement,))
    ticket = replace(paper_ticket(TWO, Language.ENGLISH, is_priority=True), label=f"D-{name}")
    return slip_layout(ticket, site, replace(catalogue, agencies=agencies), profile, copy=1)


@pytest.mark.parametrize("raster", RasterCommand)
@pytest.mark.parametrize("render", [render_raster, render_text])
@pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm"])
@settings(max_examples=10)
@given(name=HOSTILE, requirement=HOSTILE)
def test_r12_printer_receives_only_our_commands(
    render: Render, profile_name: str, raster: RasterCommand, name: str, requirement: str
) -> None:
    profile = printer_for(render, profile_name, raster)
    document = render(hostile_slip(name, requirement, profile), profile)
    commands = list(parse(document))
    assert {command.name for command in commands} <= OURS[render] | PICTURES[raster]
    assert [command.name for command in commands[:1]] == ["ESC @"]
    assert commands[-1].raw == b"\x1dV\x01"
    assert sum(command.name == "GS V" for command in commands) == 1
    assert not any(pair in document for pair in REALTIME)
    with TemporaryDirectory() as folder:
        printer = SimulatedPrinter(Path(folder), profile)
        printer.feed(document)
        assert printer.problems == ()
        assert len(printer.slips()) == 1
    assert paper_length_mm(document, profile) < LONGEST_MM


@pytest.mark.parametrize("render", [render_raster, render_text])
@pytest.mark.parametrize(
    "name", ["Pelayanan " * 1_000, "ꦤ꧀ꦢꦸ" * 3_000, "مكتب " * 2_500, "Bayi 👶🏽 " * 1_500, "\x1b@\x10" * 4_000]
)
def test_r12_name_of_ten_kilobytes_is_cut(render: Render, name: str) -> None:
    assert len(name.encode()) >= 10_000
    profile = printer_for(render, "generic-80mm", RasterCommand.GS_V_0)
    document = render(hostile_slip(name, name, profile), profile)
    assert paper_length_mm(document, profile) < LONGEST_MM
    assert not any(pair in document for pair in REALTIME)


def test_pictures_hold_no_realtime_command() -> None:
    """A lone dot beside certain others would be `DLE ENQ 2` to a printer, and clear its buffer in mid-slip. The edges
    of "Kw" hold one, as our font is drawn now.
    """
    profile = printer_for(render_raster, "generic-80mm", RasterCommand.ESC_STAR)
    document = render_raster(hostile_slip("KwKwKw", "Kw", profile), profile)
    assert not any(pair in document for pair in REALTIME)
