"""The paper itself, byte for byte and dot for dot.

After a change that is meant: `pytest tests/unit/printing/test_golden_slips.py --update-golden`, and look at the
pictures before committing them.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops

from kiosk.domain.language import Language
from printing.escpos_parser import parse
from printing.profile import Renderer, find_profile
from printing.simulated import SimulatedPrinter
from printing.slip import SlipRenderer
from tests.sample_slips import FOUR, ONE, many_scripts_catalogue, paper_catalogue, paper_site, paper_ticket
from tests.shaping import NEEDS_SHAPING

GOLDEN: Final = Path(__file__).parents[2] / "golden"
SLIPS: Final = {
    "id-1": (ONE, Language.INDONESIAN, False, 0),
    "en-1": (ONE, Language.ENGLISH, False, 0),
    "id-4": (FOUR, Language.INDONESIAN, False, 0),
    "en-4-priority-copy": (FOUR, Language.ENGLISH, True, 2),
    "scripts-1": (ONE, Language.INDONESIAN, False, 0),
    "scripts-4": (FOUR, Language.ENGLISH, False, 0),
}


@pytest.mark.parametrize("renderer", Renderer)
@pytest.mark.parametrize("profile_name", ["generic-58mm", "generic-80mm", "generic-80mm-512"])
@pytest.mark.parametrize(
    "slip", [pytest.param(slip, marks=NEEDS_SHAPING) if slip.startswith("scripts") else slip for slip in SLIPS]
)
def test_slip_is_the_golden_one(
    slip: str,
    profile_name: str,
    renderer: Renderer,
    update_golden: bool,  # noqa: FBT001  # a fixture
    tmp_path: Path,
) -> None:
    service_ids, language, is_priority, copy = SLIPS[slip]
    catalogue = many_scripts_catalogue() if slip.startswith("scripts") else paper_catalogue()
    profile = replace(find_profile(profile_name), renderer=renderer)
    ticket = paper_ticket(service_ids, language, is_priority=is_priority)
    document = SlipRenderer(paper_site(), catalogue, is_in_a_hall=True)(ticket, copy, profile)
    printer = SimulatedPrinter(tmp_path, profile)
    printer.feed(document)
    name = f"{slip}-{profile_name.removeprefix('generic-')}-{renderer}"
    if update_golden:
        (GOLDEN / f"{name}.bin").write_bytes(document)
        (GOLDEN / f"{name}.png").write_bytes(printer.slips()[0].read_bytes())
    assert printer.problems == ()
    assert [command.name for command in parse(document)] == [
        command.name for command in parse((GOLDEN / f"{name}.bin").read_bytes())
    ]
    with Image.open(GOLDEN / f"{name}.png") as golden, Image.open(printer.slips()[0]) as printed:
        assert printed.size == golden.size
        assert ImageChops.logical_xor(printed.convert("1"), golden.convert("1")).getbbox() is None, name
    assert document == (GOLDEN / f"{name}.bin").read_bytes()


def test_every_golden_file_belongs_to_a_slip() -> None:
    expected = {
        f"{slip}-{width}-{renderer}.{kind}"
        for slip in SLIPS
        for width in ("58mm", "80mm", "80mm-512")
        for renderer in Renderer
        for kind in ("bin", "png")
    }
    assert {path.name for path in GOLDEN.iterdir() if path.suffix in {".bin", ".png"}} == expected
