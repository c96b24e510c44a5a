"""Slips as they come out of a printer without trouble, and what of them is on a piece of paper."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import zxingcpp
from PIL import Image

from printing.profile import Profile, Renderer
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.text_renderer import render_text
from tests.sample_slips import TOKEN, paper_layout, paper_ticket


@dataclass(frozen=True)
class WholeSlip:
    document: bytes
    picture: Image.Image
    token: str


@cache
def whole_slip(number: int, profile: Profile) -> WholeSlip:
    """One of a few slips that differ in their token."""
    token = TOKEN[:-1] + "ABCDEFGH"[number]
    render = render_text if profile.renderer is Renderer.TEXT else render_raster
    document = render(paper_layout(paper_ticket(token=token), profile), profile)
    with tempfile.TemporaryDirectory() as folder:
        printer = SimulatedPrinter(Path(folder), profile)
        printer.feed(document)
        (path,) = printer.slips()
        return WholeSlip(document, picture_of(path), token)


def picture_of(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("1")


def shows(piece: Image.Image, slip: WholeSlip) -> bool:
    """Whether all rows of the slip that have ink are on `piece`, one below the other, somewhere."""
    picture = slip.picture
    _, top, _, bottom = picture.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    wanted = picture.crop((0, top, picture.width, bottom)).tobytes()
    row = (picture.width + 7) // 8
    rows = piece.tobytes()
    at = rows.find(wanted)
    while at >= 0 and at % row:
        at = rows.find(wanted, at + 1)
    return at >= 0


def times_on(pieces: Iterable[Image.Image], slip: WholeSlip) -> int:
    """How many pieces of paper a visitor would take for this slip, whole."""
    return sum(shows(piece, slip) for piece in pieces)


def reads(piece: Image.Image) -> str:
    """What a phone reads on it."""
    found = zxingcpp.read_barcodes(piece.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return found[0].text if found else ""
