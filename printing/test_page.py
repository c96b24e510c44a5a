"""What a technician prints first: is every dot alive, is the width right, which letters does it have, how small may a
QR symbol be. One page drawn by us, one in the printer's own letters.
"""

from typing import Final

from PIL import Image

from printing.escpos_builder import EscposBuilder
from printing.printable import encode
from printing.profile import Profile
from printing.qr_symbol import MODULE_DOTS, qr_image
from printing.sheet import Sheet
from printing.typeface import Face, Weight

_TITLE: Final = Face(Weight.EXTRA_BOLD, 32)
_BODY: Final = Face(Weight.SEMI_BOLD, 24)
_QR_TEXT: Final = "HALAMAN UJI GILIRAN"
_WIDE_ENOUGH: Final = 384
_BAR_DOTS: Final = 40
_STAIR_DOTS: Final = 16


def render_raster_page(device: str, profile: Profile) -> bytes:
    """Head pattern, width marks, letter sizes and three sizes of QR symbol, as one picture."""
    sheet = Sheet(profile.dots)
    sheet.lines(("Halaman uji",), _TITLE, is_centred=True)
    facts = f"{device} · {profile.name} · {profile.dots} titik · kertas {profile.paper_mm} mm"
    sheet.lines(_BODY.balance_lines(facts, profile.dots, 4), _BODY, is_centred=True)
    sheet.lines(("Kepala cetak: tiada celah putih",), _BODY)
    sheet.place(_head_pattern(profile.dots))
    sheet.lines(("Garis kedua tepi harus tampak",), _BODY)
    for size in (24, 28, 34, 48):
        face = Face(Weight.BOLD, size)
        sheet.lines(face.break_lines(f"{size}: Aa Gg 0123", profile.dots, 1), face)
    for dots in (6, 5, 4):
        sheet.lines((f"QR, {dots} titik per modul",), _BODY)
        sheet.place(_qr(dots))
    builder = EscposBuilder(profile)
    builder.picture(sheet.image())
    return builder.finish()


def render_text_page(profile: Profile) -> bytes:
    """A ruler of columns, the letters of the profile's code page, and its sizes."""
    builder = EscposBuilder(profile)
    builder.code_page()
    builder.text(encode("Halaman uji", profile.code_page), scale=2, is_bold=True, is_centred=True)
    builder.text("".join(str(column % 10) for column in range(1, profile.columns + 1)).encode())
    builder.text(encode(f"{profile.columns} kolom, {profile.code_page}", profile.code_page))
    for first in range(0x20, 0x100, 0x10):
        page = bytes(range(first, first + 0x10)).decode(profile.code_page, errors="replace")
        builder.text(f"{first:02X}  ".encode() + b"".join(encode(letter, profile.code_page) for letter in page))
    for scale in (1, 2, 4):
        builder.text(encode("A-045", profile.code_page), scale=scale, is_bold=scale > 1)
    builder.picture(qr_image(_QR_TEXT, profile.dots))
    return builder.finish()


def _head_pattern(width: int) -> Image.Image:
    """A full bar, a staircase that burns each dot alone, and a comb with a tooth at both edges. 0 is ink."""
    pattern = Image.new("1", (width, 2 * _BAR_DOTS + _STAIR_DOTS), 255)
    pattern.paste(0, (0, 0, width, _BAR_DOTS))
    for x in range(width):
        y = _BAR_DOTS + x % _STAIR_DOTS
        pattern.paste(0, (x, y, x + 1, y + 1))
        if x % 8 == 0 or x == width - 1:
            pattern.paste(0, (x, _BAR_DOTS + _STAIR_DOTS, x + 1, pattern.height))
    return pattern


def _qr(module_dots: int) -> Image.Image:
    symbol = qr_image(_QR_TEXT, _WIDE_ENOUGH)
    modules = symbol.width // MODULE_DOTS
    return symbol.resize((modules * module_dots, modules * module_dots), Image.Resampling.NEAREST)
