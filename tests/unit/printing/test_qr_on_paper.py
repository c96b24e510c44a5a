"""What a scanner sees: the symbol read back from printed slips, whole and damaged as worn print heads damage them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from kiosk.domain.catalogue import Agency, Fee, FeeKind
from kiosk.domain.language import Language, Text
from printing.blocks import TicketLayout
from printing.profile import Profile, RasterCommand, find_profile
from printing.qr_symbol import MODULE_DOTS, QUIET_MODULES, qr_image
from printing.raster_renderer import draw, render_raster
from printing.simulated import SimulatedPrinter
from printing.slip import slip_layout
from printing.text_renderer import render_text
from tests.sample_slips import FOUR, TOKEN, paper_catalogue, paper_layout, paper_site, paper_ticket

Render = Callable[[TicketLayout, Profile], bytes]
RENDERERS: Final = pytest.mark.parametrize("render", [render_raster, render_text])
PAPERS: Final = pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm", "generic-80mm-512"])
PUBLIC_TOKEN: Final = "HTTPS://ANTREAN.JAKARTA.GO.ID/T/" + TOKEN.removeprefix("K1.")


def decoded(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return found[0].text if found else None


def printed(render: Render, profile: Profile, directory: Path, token: str = TOKEN) -> Image.Image:
    printer = SimulatedPrinter(directory, profile)
    printer.feed(render(paper_layout(paper_ticket(FOUR, token=token), profile), profile))
    with Image.open(printer.slips()[0]) as slip:
        return slip.convert("L")


def damages(slip: Image.Image, count: int) -> Iterator[Image.Image]:
    """Four dead dots where the head prints the symbol, light blur, three degrees of tilt, each time elsewhere."""
    symbol = slip.crop((0, slip.height - 520, slip.width, slip.height))
    size = qr_image(TOKEN, slip.width).width - 2 * QUIET_MODULES * MODULE_DOTS
    inside = range((slip.width - size) // 2, (slip.width + size) // 2)
    for seed in range(count):
        chance = random.Random(seed)  # noqa: S311  # a seed, no secret
        worn = symbol.copy()
        for dot in chance.sample(inside, 4):
            ImageDraw.Draw(worn).line(((dot, 0), (dot, worn.height)), fill=255)
        worn = worn.filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 1.5)))
        yield worn.rotate(chance.choice((-3, 3)), expand=True, fillcolor=255, resample=Image.Resampling.BILINEAR)


@RENDERERS
@PAPERS
@pytest.mark.parametrize("token", [TOKEN, PUBLIC_TOKEN])
def test_slip_decodes_to_its_token(render: Render, profile_name: str, token: str, tmp_path: Path) -> None:
    assert decoded(printed(render, find_profile(profile_name), tmp_path, token)) == token


@RENDERERS
@pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm"])
def test_damaged_slip_decodes_nine_times_in_ten(render: Render, profile_name: str, tmp_path: Path) -> None:
    slip = printed(render, find_profile(profile_name), tmp_path)
    read = sum(decoded(damaged) == TOKEN for damaged in damages(slip, 100))
    assert read >= 90


@RENDERERS
@pytest.mark.parametrize("raster", RasterCommand)
def test_symbol_is_the_last_thing_on_the_slip(render: Render, raster: RasterCommand, tmp_path: Path) -> None:
    profile = replace(find_profile("generic-80mm"), raster=raster)
    slip = printed(render, profile, tmp_path)
    symbol = qr_image(TOKEN, profile.dots).convert("L")
    quiet = QUIET_MODULES * MODULE_DOTS
    _, _, _, ink_end = ImageOps.invert(slip).getbbox() or (0, 0, 0, 0)
    last = slip.crop((0, ink_end + quiet - symbol.height, slip.width, ink_end + quiet))
    left = (ImageOps.invert(last).getbbox() or (0,))[0] - quiet
    assert abs(2 * left + symbol.width - slip.width) <= 4
    assert last.crop((left, 0, left + symbol.width, symbol.height)).tobytes() == symbol.tobytes()
    assert ink_end + quiet + profile.feed_dots <= slip.height


@PAPERS
@pytest.mark.parametrize(("broad", "broader"), [("Mmmm ", "Wwww "), ("ꦤ꧀ꦢꦸꦤ꧀ꦢꦸ ", "ᬓ᭄ᬬᬸᬓ᭄ᬬᬸ ")])
def test_slip_as_long_as_data_files_allow_ends_in_its_symbol(profile_name: str, broad: str, broader: str) -> None:
    """Every text at its limit, four services that agree in nothing, two languages, and a copy."""

    def wordy(start: str) -> Text:
        return Text(f"{start} Indonesia " + broad * 36, f"{start} English " + broader * 36)

    def with_wordy_services(agency: Agency) -> Agency:
        services = tuple(
            replace(
                service,
                name=wordy(service.id),
                requirements=tuple(wordy(f"{service.id} {item}") for item in range(12)),
                fee=Fee(FeeKind.VARIES, note_en=wordy(service.id).en),
                finishing_time=wordy(service.id),
            )
            for service in agency.services
        )
        return replace(agency, short=wordy(agency.id).id, services=services)

    catalogue = paper_catalogue()
    catalogue = replace(catalogue, agencies=tuple(map(with_wordy_services, catalogue.agencies)))
    site = replace(paper_site(), name=wordy("site"), short_name=wordy("hall"), complaint_channels=(wordy("x").id,) * 2)
    profile = find_profile(profile_name)
    ticket = paper_ticket(FOUR, language=Language.ENGLISH, is_priority=True)
    slip = draw(slip_layout(ticket, site, catalogue, profile, 1), profile)
    assert decoded(slip.crop((0, slip.height - 600, slip.width, slip.height))) == TOKEN


def test_modules_are_whole_dots_with_a_quiet_zone() -> None:
    image = qr_image(TOKEN, 384).convert("1")
    across = image.width // MODULE_DOTS
    modules = image.resize((across, across), Image.Resampling.NEAREST)
    assert modules.resize(image.size, Image.Resampling.NEAREST).tobytes() == image.tobytes()
    quiet, white = QUIET_MODULES, (255, 255)
    assert modules.crop((0, 0, across, quiet)).getextrema() == white
    assert modules.crop((across - quiet, 0, across, across)).getextrema() == white
    assert modules.getpixel((quiet, quiet)) == 0


@pytest.mark.parametrize(("width", "dots"), [(384, 6), (300, 6), (290, 5), (245, 5)])
def test_symbol_keeps_six_dots_a_module_where_they_fit(width: int, dots: int) -> None:
    image = qr_image(TOKEN, width)
    assert image.width <= width
    assert image.width % dots == 0
    assert image.width // dots == 49


def test_symbol_that_cannot_be_read_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="does not fit in 200 dots"):
        qr_image(TOKEN, 200)
