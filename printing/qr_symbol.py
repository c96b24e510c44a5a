"""The ticket's QR symbol, drawn by us on whole dots: printers' own QR commands differ by clone."""

from functools import lru_cache
from typing import Final, NamedTuple

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

MODULE_DOTS: Final = 6
"""With 4 dead dot columns, 6 dots a module still decode in over 90 % of cases, 4 dots in half (reliability.md, 2.e)."""

SMALLEST_MODULE_DOTS: Final = 5
QUIET_MODULES: Final = 4
_MASK: Final = 3
"""Trying all eight masks costs 10 ms a slip. A signed token looks random under any of them: of 400 damaged slips each
mask read 400 (tests/unit/printing/test_qr_on_paper.py)."""


class QrModules(NamedTuple):
    """`image`: a symbol of one dot a module, 1-bit, 0 is ink, without its quiet zone; to be printed `dots` a module."""

    image: Image.Image
    dots: int


@lru_cache(maxsize=8)
def qr_modules(text: str, width: int) -> QrModules:
    """The symbol for paper of `width` dots; its quiet zone of QUIET_MODULES on each side fits there too.

    5 dots a module only where 6 do not fit. Raises ValueError when 5 do not fit either: then `text` is no token.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(text, optimize=0)  # whole, so that an upper-case token is one alphanumeric segment
    code.make(fit=True)
    modules = code.get_matrix()
    size = len(modules)
    whole = size + 2 * QUIET_MODULES
    dots = next((dots for dots in (MODULE_DOTS, SMALLEST_MODULE_DOTS) if whole * dots <= width), None)
    if dots is None:
        raise ValueError(f"a QR symbol of {whole} modules does not fit in {width} dots")
    image = Image.new("1", (size, size), 255)
    image.putdata([0 if is_dark else 255 for row in modules for is_dark in row])
    return QrModules(image, dots)


def qr_image(text: str, width: int) -> Image.Image:
    """The same as a picture (0 is ink), enlarged, quiet zone included, at most `width` dots wide."""
    modules, dots = qr_modules(text, width)
    whole = Image.new("1", (modules.width + 2 * QUIET_MODULES,) * 2, 255)
    whole.paste(modules, (QUIET_MODULES, QUIET_MODULES))
    return whole.resize((whole.width * dots,) * 2, Image.Resampling.NEAREST)
