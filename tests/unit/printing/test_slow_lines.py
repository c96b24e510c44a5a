"""960 bytes a second: what a slip may hold so that nobody waits 3 s for its end."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from kiosk.catalogue_file import load_catalogue
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Language
from kiosk.domain.site import Site
from kiosk.domain.ticket import Stop, Wait
from kiosk.paths import resource_path
from kiosk.site_file import load_site
from printing.escpos_parser import TEXT, parse
from printing.profile import RasterCommand, Renderer, find_profile, longest_picture
from printing.slip import SlipRenderer
from tests.sample_slips import paper_ticket

BYTES_IN_3_S: Final = 2_880
USUAL: Final = 2_800
PROMISE: Final = Wait(1200, 2100)
GOLDEN: Final = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(
        resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
    )


@pytest.fixture(scope="module")
def site(catalogue: Catalogue) -> Site:
    return replace(load_site(resource_path("assets/sites/mpp-jakarta.json"), catalogue), is_demonstration=False)


def slips(
    site: Site, catalogue: Catalogue, language: Language, raster: RasterCommand, wait: Wait | None = PROMISE
) -> Iterator[bytes]:
    """Of every service of the hall, alone on its ticket."""
    profile = replace(find_profile("generic-80mm"), renderer=Renderer.TEXT, raster=raster)
    render = SlipRenderer(site, catalogue, is_in_a_hall=True)
    for service_id, queue in sorted(site.queue_by_service.items()):
        stop = Stop(1, service_id, catalogue.services[service_id].number, queue.code)
        yield render(
            replace(paper_ticket(language=language, promised=(wait,)), stops=(stop,), queue_code=queue.code), 0, profile
        )


@pytest.mark.parametrize("wait", [PROMISE, None])
@pytest.mark.parametrize("raster", RasterCommand)
def test_every_indonesian_slip_is_out_within_three_seconds(
    site: Site, catalogue: Catalogue, raster: RasterCommand, wait: Wait | None
) -> None:
    assert max(map(len, slips(site, catalogue, Language.INDONESIAN, raster, wait))) <= USUAL


@pytest.mark.parametrize("wait", [PROMISE, None])
def test_a_slip_in_two_languages_is_hardly_ever_slower(site: Site, catalogue: Catalogue, wait: Wait | None) -> None:
    lengths = sorted(map(len, slips(site, catalogue, Language.ENGLISH, RasterCommand.GS_V_0, wait)))
    assert lengths[len(lengths) // 2] <= USUAL
    assert sum(length > BYTES_IN_3_S for length in lengths) <= 1
    assert lengths[-1] <= BYTES_IN_3_S * 1.02


def test_symbol_is_enlarged_by_the_printer_and_words_are_plain(site: Site, catalogue: Catalogue) -> None:
    raster = next(slips(site, catalogue, Language.INDONESIAN, RasterCommand.GS_V_0))
    assert all(command.data.isascii() for command in parse(raster) if command.name == TEXT)
    (symbol,) = (command for command in parse(raster) if command.name == "GS v 0")
    assert symbol.parameters == b"0\x03" + bytes([16, 0, 123, 0])
    columns = next(slips(site, catalogue, Language.INDONESIAN, RasterCommand.ESC_STAR))
    bands = [command for command in parse(columns) if command.name == "ESC *"]
    assert {band.parameters[0] for band in bands} == {0}
    assert len(bands) == 11


@pytest.mark.parametrize("slip", sorted(GOLDEN.glob("*-text.bin")), ids=lambda slip: slip.stem)
def test_what_a_torn_slip_still_wants_of_a_picture_is_little(slip: Path) -> None:
    """It is filled up before the next visitor gets paper; a whole band of a drawn slip would take 18 s."""
    longest = max(len(command.data) for command in parse(slip.read_bytes()) if command.name in ("GS v 0", "ESC *"))
    text = replace(find_profile("generic-80mm"), renderer=Renderer.TEXT)
    assert longest <= longest_picture(text) < 5 * 960
