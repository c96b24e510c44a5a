"""R12 on real lines: a name that would like to be a command comes out as a whole slip, and the printer says so."""

from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.profile import Profile, RasterCommand, Renderer
from printing.raster_renderer import render_raster
from printing.text_renderer import render_text
from printing.transports.devices import open_device
from tests.emulated_printer import emulated_printer
from tests.sample_slips import TOKEN
from tests.unit.printing.test_control_bytes import hostile_slip, printer_for

NAMES: Final = {
    "commands": "Loket \x1b@\x1dV\x00\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08 5",
    "scripts": "ꦢꦶꦤꦱ꧀ \u202eمكتب الهجرة\u202c ᬓᬾᬲᬾᬳᬢᬦ᭄ 出入境 👶🏽",
    "ten kilobytes": "Pelayanan \x10\x04\x01" * 800,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("listen", "renderer"), [("tcp", Renderer.RASTER), ("pty", Renderer.TEXT)])
def test_r12_hostile_name_comes_out_whole(listen: str, renderer: Renderer, name: str, tmp_path: Path) -> None:
    render = render_text if renderer is Renderer.TEXT else render_raster
    profile = printer_for(render, "generic-80mm", RasterCommand.GS_V_0)

    def draw(in_force: Profile) -> bytes:
        return render(hostile_slip(NAMES[name], NAMES[name], in_force), in_force)

    with emulated_printer(listen, out=tmp_path / "paper") as emulator:
        printer = EscposPrinter(open_device(emulator.url), profile)
        verdict = printer.print(draw, 1)
        printer.close()
        assert verdict.state is PrintState.CONFIRMED, verdict
        assert emulator.state()["problems"] == []
        (slip,) = emulator.slips()
        assert emulator.fragments() == ()
        with Image.open(slip) as picture:
            (symbol,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert symbol.text == TOKEN
