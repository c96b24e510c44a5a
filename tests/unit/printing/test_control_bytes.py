"""Hostile names through both renderers: the printer receives our own commands and nothing else (R12, ESC injection)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.language import Language, Text
from printing.blocks import TicketLayout
from printing.escpos_parser import TEXT, parse
from printing.profile import Profile, RasterCommand, find_profile
from printing.raster_renderer import render_raster
from printing.slip import slip_layout
from printing.text_renderer import render_text
from tests.sample_slips import TWO, paper_catalogue, paper_site, paper_ticket

Render = Callable[[TicketLayout, Profile], bytes]
OURS: Final[dict[Render, set[str]]] = {
    render_raster: {"ESC @", "ESC a", "GS v 0", "ESC J", "GS V"},
    render_text: {"ESC @", "ESC t", "GS !", "ESC E", "ESC a", TEXT, "LF", "GS v 0", "ESC J", "GS V"},
}
REALTIME: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\x1b\x1d\x10\x04\x05@V\x00\x01a 漢ا👍\u202e", max_size=60),
    st.just("Pelayanan " * 1_000),
    st.just("x" * 500),
)


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


@pytest.mark.parametrize("render", [render_raster, render_text])
@pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm"])
@settings(max_examples=15)
@given(name=HOSTILE, requirement=HOSTILE)
def test_printer_receives_only_our_commands(render: Render, profile_name: str, name: str, requirement: str) -> None:
    profile = find_profile(profile_name)
    document = render(hostile_slip(name, requirement, profile), profile)
    commands = list(parse(document))
    assert {command.name for command in commands} <= OURS[render]
    assert [command.name for command in commands[:1]] == ["ESC @"]
    assert commands[-1].raw == b"\x1dV\x01"
    assert sum(command.name == "GS V" for command in commands) == 1
    assert not any(pair in document for pair in REALTIME)


@pytest.mark.parametrize("raster", RasterCommand)
def test_pictures_hold_no_realtime_command(raster: RasterCommand) -> None:
    """A lone dot beside certain others would be `DLE ENQ 2` to a printer, and clear its buffer in mid-slip."""
    profile = replace(find_profile("generic-58mm"), raster=raster)
    documents = [
        render_raster(hostile_slip(f"{letter}{size}" * 3, "bla", profile), profile)
        for letter in "aegx"
        for size in range(3)
    ]
    assert not any(pair in document for document in documents for pair in REALTIME)
