"""What a technician prints first: is every dot alive, is the width right, which letters does it have, how small may a
QR symbol be, and how does a slip come out. Each page drawn by us, and in the printer's own letters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from PIL import Image

from printing.blocks import Block, Checklist, Fact, Heading, Label, Lead, Mark, Phrase, Qr, Rule, StopRow, TicketLayout
from printing.escpos_builder import EscposBuilder
from printing.head_pattern import head_pattern, shades
from printing.printable import encode
from printing.profile import Profile, Renderer
from printing.qr_symbol import MODULE_DOTS, qr_image
from printing.raster_renderer import render_raster
from printing.sheet import Sheet
from printing.text_renderer import render_text
from printing.typeface import Face, Weight

SYMBOL_DOTS: Final = (8, 7, 6, 5, 4, 3)
"""Dots a module of the symbols on the page; slips have 6, or 5."""

_TITLE: Final = Face(Weight.EXTRA_BOLD, 34)
_HEADING: Final = Face(Weight.EXTRA_BOLD, 26)
_BODY: Final = Face(Weight.SEMI_BOLD, 24)
_SIZES: Final = (24, 28, 34, 48)
_GAP: Final = 14
_WIDE_ENOUGH: Final = 384
_SPACED_TABLE: Final = 36
"""Columns that a table of sixteen letters with a space before each takes."""

_NO_LETTERS: Final = {0x7F: " ", 0xFFFD: " "}

_SAMPLE_TOKEN: Final = "K1.CONTOH" + "A234567BCDEFGHIJKLMNOPQRSTUVWXYZ" * 5
"""As long as a ticket's with four services, and signed by nobody."""


def render_raster_page(device: str, profile: Profile) -> bytes:
    """Head pattern, shades, letters and symbols in all sizes, as one picture."""
    sheet = Sheet(profile.dots)
    sheet.eaves(profile.dots // 24)
    sheet.skip(_GAP)
    sheet.lines(("Halaman uji",), _TITLE, is_centred=True)
    for facts in (device, profile.name, f"{profile.dots} titik · kertas {profile.paper_mm} mm"):
        sheet.lines(_BODY.balance_lines(facts, profile.dots, 3), _BODY, is_centred=True)
    _heading(
        sheet,
        "Kepala cetak",
        "Garis putih di balok hitam: titik mati. Nomornya: penggaris, lalu anak tangga (0 atas, 7 bawah).",
    )
    sheet.place(head_pattern(profile.dots))
    _heading(sheet, "Kepekatan", "Empat bidang: makin ke kanan makin hitam, tanpa belang.")
    sheet.place(shades(profile.dots))
    _heading(sheet, "Huruf")
    for size in _SIZES:
        face = Face(Weight.BOLD, size)
        sheet.lines(face.break_lines(f"{size}: Aa Gg D-045", profile.dots, 1), face)
    _heading(sheet, "QR", "Pindai dengan ponsel. Angka: titik per modul; tiket memakai 6 atau 5.")
    for row in _rows(SYMBOL_DOTS, profile.dots):
        sheet.place(_side_by_side(row))
    builder = EscposBuilder(profile)
    builder.picture(sheet.image())
    return builder.finish()


def render_text_page(profile: Profile) -> bytes:
    """A ruler of columns, the letters of the profile's code page, its sizes, and a symbol."""
    page = profile.code_page
    builder = EscposBuilder(profile)
    builder.code_page()
    builder.text(encode("Halaman uji", page), scale=2, is_bold=True, is_centred=True)
    builder.text(encode(f"{profile.columns} kolom, {page} = ESC t {profile.code_page_number}", page), is_centred=True)
    builder.text("".join(str(column // 10) if column % 10 == 0 else "." for column in _columns(profile)).encode())
    builder.text("".join(str(column % 10) for column in _columns(profile)).encode())
    builder.text(b"")
    space = b" " if profile.columns >= _SPACED_TABLE else b""
    builder.text(b"   " + space.join(b"%X" % column for column in range(16)), is_bold=True)
    for first in range(0x20, 0x100, 0x10):
        letters = bytes(range(first, first + 0x10)).decode(page, errors="replace").translate(_NO_LETTERS)
        builder.text(b"%02X " % first + space.join(encode(letter, page) for letter in letters))
    builder.text(b"")
    for scale in (1, 2, 4):
        builder.text(encode("D-045 Aa", page), scale=scale, is_bold=scale > 1)
    builder.picture(_symbol(MODULE_DOTS))
    return builder.finish()


def sample_slip() -> TicketLayout:
    """As long as a real one, with everything a slip may have; whoever finds it sees that it is no ticket."""
    blocks: tuple[Block, ...] = (
        Heading("Mal Pelayanan Publik"),
        Lead(Phrase("Contoh tiket untuk uji pencetak")),
        Label("X-000"),
        Mark(Phrase("BUKAN TIKET")),
        Rule(is_heavy=True),
        StopRow(1, Phrase("KTP-el hilang"), "Dukcapil", Phrase("Lantai 2 · loket 5-8"), (Phrase("8 orang di depan"),)),
        Rule(),
        StopRow(2, Phrase("Paspor anak"), "Imigrasi", Phrase("Lantai 3 · loket 31"), (Phrase("Sesudah layanan 1"),)),
        Rule(is_heavy=True),
        Checklist(Phrase("Siapkan"), (Phrase("Surat kehilangan dari kepolisian"), Phrase("Kartu Keluarga (KK)")), None),
        Fact(Phrase("Biaya"), Phrase("gratis")),
        Rule(is_heavy=True),
        Lead(Phrase("Pindai kode ini: harus terbaca"), is_strong=True),
        Qr(_SAMPLE_TOKEN),
    )
    return TicketLayout(blocks)


PAGES: Final[Mapping[str, Callable[[str, Profile], bytes]]] = MappingProxyType(
    {
        "raster": render_raster_page,
        "text": lambda _, profile: render_text_page(profile),
        "raster-slip": lambda _, profile: render_raster(sample_slip(), profile),
        "text-slip": lambda _, profile: render_text(sample_slip(), profile),
    }
)
"""Each a slip of its own: what it is called, and what draws it for a device and its profile."""


def usual_pages(profile: Profile) -> tuple[str, ...]:
    """All of PAGES, or those that a slow line carries in time."""
    return ("text", "text-slip") if profile.renderer is Renderer.TEXT else tuple(PAGES)


def _heading(sheet: Sheet, title: str, explanation: str = "") -> None:
    sheet.skip(_GAP)
    sheet.rule(3)
    sheet.skip(_GAP // 2)
    sheet.lines((title,), _HEADING)
    sheet.lines(_BODY.break_lines(explanation, sheet.width, 4), _BODY)
    sheet.skip(_GAP // 2)


def _columns(profile: Profile) -> range:
    return range(1, profile.columns + 1)


def _symbol(module_dots: int) -> Image.Image:
    """It says its own size: a phone that reads one tells which."""
    symbol = qr_image(f"GILIRAN {module_dots}", _WIDE_ENOUGH)
    modules = symbol.width // MODULE_DOTS
    return symbol.resize((modules * module_dots, modules * module_dots), Image.Resampling.NEAREST)


def _rows(sizes: Sequence[int], width: int) -> Iterator[tuple[int, ...]]:
    """As many symbols side by side as fit: the largest that is left, then whatever finds room beside it."""
    left = list(sizes)
    while left:
        row: list[int] = []
        room = width
        for size in tuple(left):
            if (needed := _symbol(size).width) <= room:
                row.append(size)
                left.remove(size)
                room -= needed
        yield tuple(row)


def _side_by_side(sizes: Sequence[int]) -> Image.Image:
    """Symbols with their sizes under them, on a common ground line."""
    symbols = [_symbol(size) for size in sizes]
    tallest = max(symbol.height for symbol in symbols)
    sheet = Sheet(sum(symbol.width for symbol in symbols))
    row = Image.new("1", (sheet.width, tallest), 255)
    x = 0
    for size, symbol in zip(sizes, symbols, strict=True):
        row.paste(symbol, (x, tallest - symbol.height))
        number = str(size)
        sheet.text(x + (symbol.width - _BODY.width(number)) // 2, tallest - 2 * size, number, _BODY)
        x += symbol.width
    numbers = sheet
    numbers.skip(tallest + _BODY.line_height)
    whole = numbers.image()
    whole.paste(row, (0, 0), row.point(lambda dot: 255 - dot))
    return whole
