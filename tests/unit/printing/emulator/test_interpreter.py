"""What each command leaves on the paper."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from printing.emulator.machine import Machine
from printing.emulator.models import CLONE, EPSON, Model
from printing.emulator.tray import Tray

CUT = b"\x1dV\x00"
QR = (
    b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1"
    b"\x1d(k\x0d\x001P0K1.ABCDEFG\x1d(k\x03\x001Q0"
)  # fmt: skip


def printed(folder: Path, stream: bytes, model: Model = EPSON) -> Image.Image:
    """The slip as a picture whose ink is 255."""
    printer = Machine(model, 576, Tray(folder))
    printer.receive(stream + CUT)
    assert printer.problems == ()
    kind = "slip" if list(folder.glob("slip-*.png")) else "offcut"
    with Image.open(max(folder.glob(f"{kind}-*.png"))) as slip:
        return slip.convert("L").point(lambda value: 255 - value)


def box(picture: Image.Image) -> tuple[int, int, int, int]:
    found = picture.getbbox()
    assert found
    return found


@pytest.mark.parametrize(
    ("mode", "size"), [(b"\x00", (16, 3)), (b"\x01", (32, 3)), (b"\x02", (16, 6)), (b"3", (32, 6))]
)
def test_picture_is_as_large_as_its_mode_says(tmp_path: Path, mode: bytes, size: tuple[int, int]) -> None:
    slip = printed(tmp_path, b"\x1dv0" + mode + b"\x02\x00\x03\x00" + b"\xff" * 6)
    assert box(slip) == (0, 0, *size)
    assert slip.height == size[1]


@pytest.mark.parametrize(
    ("mode", "width", "columns"),
    [(0, 8, b"\xff" * 4), (1, 4, b"\xff" * 4), (32, 8, b"\xff" * 12), (33, 4, b"\xff" * 12)],
)
def test_columns_are_as_wide_as_their_mode_says(tmp_path: Path, mode: int, width: int, columns: bytes) -> None:
    slip = printed(tmp_path, b"\x1b*" + bytes([mode]) + b"\x04\x00" + columns + b"\n")
    assert box(slip) == (0, 0, width, 24)


@pytest.mark.parametrize(("alignment", "left"), [(b"\x00", 0), (b"1", 280), (b"\x02", 560)])
def test_picture_stands_where_the_alignment_says(tmp_path: Path, alignment: bytes, left: int) -> None:
    slip = printed(tmp_path, b"\x1ba" + alignment + b"\x1dv0\x00\x02\x00\x01\x00\xff\xff")
    assert box(slip) == (left, 0, left + 16, 1)


@pytest.mark.parametrize(
    ("stream", "dots"),
    [
        (b"\x1bJ\x64", 100),
        (b"\x1bd\x03", 90),
        (b"\x1b3\x18\x1bd\x03", 72),
        (b"\x1b3\x18\x1b2\n", 30),
        (b"x\n\x1dVB\x20", 62),
        (b"x\n" * 2, 60),
        (b"x" * 49 + b"\n", 60),
        (b"\x1bM\x01" + b"x" * 64 + b"\n", 30),
        (b"\x1d!\x11" + b"x" * 25 + b"\n", 96),
    ],
)
def test_paper_moves_by_what_is_asked(tmp_path: Path, stream: bytes, dots: int) -> None:
    assert max(1, printed(tmp_path, stream).height) == dots


def test_styles_change_the_letters(tmp_path: Path) -> None:
    plain = printed(tmp_path / "plain", b"Halo\n")
    for number, style in enumerate(
        [b"\x1bE\x01", b"\x1dB\x01", b"\x1b-\x02", b"\x1bM\x01", b"\x1d!\x01", b"\x1b!\x30"]
    ):
        styled = printed(tmp_path / str(number), style + b"Halo\n")
        reset = printed(tmp_path / f"{number}-reset", style + b"\x1b@Halo\n")
        assert styled.size != plain.size or ImageChops.difference(styled, plain).getbbox()
        assert reset.tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    ("page", "byte", "other"), [(2, b"\x82", 16), (16, b"\xe9", 0), (19, b"\xd5", 2), (17, b"\x80", 0)]
)
def test_letters_above_ascii_come_from_the_code_page(tmp_path: Path, page: int, byte: bytes, other: int) -> None:
    here = printed(tmp_path / "here", b"\x1bt" + bytes([page]) + byte + b"\n")
    there = printed(tmp_path / "there", b"\x1bt" + bytes([other]) + byte + b"\n")
    assert ImageChops.difference(here, there).getbbox()


def test_own_symbol_can_be_read(tmp_path: Path) -> None:
    slip = printed(tmp_path, b"\x1ba\x01" + b"\x1bJ\x40" + QR + b"\x1bJ\x40")
    (found,) = zxingcpp.read_barcodes(slip.point(lambda value: 255 - value))
    assert found.text == "K1.ABCDEFG"
    left, _, right, _ = box(slip)
    assert right - left == 21 * 6
    assert left == (576 - 21 * 6) // 2


def test_clone_ignores_the_symbol(tmp_path: Path) -> None:
    assert printed(tmp_path, b"\x1bJ\x40" + QR, CLONE).getbbox() is None


@pytest.mark.parametrize(
    ("stream", "problem"),
    [
        (b"\x1b\x99", "unknown command 1b 99"),
        (b"\x1dL\x10\x00", "GS L is not simulated"),
        (b"\x1b*\x07\x01\x00x", "ESC * mode 7 is not simulated"),
        (b"\x1dv0\x09\x01\x00\x01\x00x", "GS v 0 mode 9 of 1 x 1 is not simulated"),
        (b"\x1dv0\x00\x00\x00\x01\x00", "GS v 0 mode 0 of 0 x 1 is not simulated"),
        (b"\x1dkA\x0212", "GS k is not simulated"),
    ],
)
def test_what_a_real_printer_might_choke_on_is_told(tmp_path: Path, stream: bytes, problem: str) -> None:
    printer = Machine(EPSON, 576, Tray(tmp_path))
    printer.receive(stream + b"Halo\n" + CUT)
    assert printer.problems == (problem,)
    assert len(list(tmp_path.glob("slip-*.png"))) == 1
