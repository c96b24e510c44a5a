"""The pure parts of the visitor's window: colours, monograms, enums, the QR symbol."""

from datetime import datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, QSize
from PySide6.QtGui import QColor, QImage

from kiosk.catalogue_file import load_catalogue
from kiosk.domain.availability import Closed, ClosedReason
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Text
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.paths import resource_path
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable
from ui.visitor import enums
from ui.visitor.life_event_icons import ANY_OTHER, ICON_OF_LIFE_EVENT, icon_of
from ui.visitor.monograms import monograms
from ui.visitor.palette import TILE_COLORS, tile_color
from ui.visitor.qr_image import QrImageProvider, QrTexts
from ui.visitor.view_model import KioskViewModel

TOKEN = "K1." + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 4


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    folder = resource_path("assets/catalogue")
    return load_catalogue(folder / "mpp-jakarta.json", folder / "service-numbers.json")


def luminance(color: str) -> float:
    """Relative luminance of sRGB, WCAG 2.2."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("color", TILE_COLORS)
def test_white_text_is_readable_on_every_tile(color: str) -> None:
    assert 1.05 / (luminance(color) + 0.05) >= 4.5


def test_a_tile_keeps_its_colour() -> None:
    assert tile_color("dukcapil") == tile_color("dukcapil")
    assert tile_color("dukcapil") in TILE_COLORS


def test_monograms_are_two_letters_and_nobody_shares_one(catalogue: Catalogue) -> None:
    found = monograms(catalogue.agencies)
    assert len(found) == len(set(found.values())) == len(catalogue.agencies)
    assert all(len(pair) == 2 and pair.isupper() for pair in found.values())
    assert (found["dukcapil"], found["polda"]) == ("DK", "PM")


def test_an_agency_added_at_the_end_renames_no_other(catalogue: Catalogue) -> None:
    before = monograms(catalogue.agencies[:-1])
    after = monograms(catalogue.agencies)
    assert before.items() <= after.items()


def test_every_life_event_has_a_picture_that_is_shipped(catalogue: Catalogue) -> None:
    assert {event.id for event in catalogue.life_events} == set(ICON_OF_LIFE_EVENT)
    for icon in {*ICON_OF_LIFE_EVENT.values(), ANY_OTHER}:
        assert (resource_path("assets/icons") / f"{icon}.svg").is_file(), icon
    assert icon_of("something new") == ANY_OTHER


def test_screens_have_the_numbers_that_qml_knows() -> None:
    assert [screen.name for screen in Screen] == [_upper(screen.name) for screen in KioskViewModel.Screen]
    assert [screen.value for screen in Screen] == [screen.value for screen in KioskViewModel.Screen]


@pytest.mark.parametrize("state", PrintState)
def test_print_outcomes(state: PrintState) -> None:
    name = KioskViewModel.PrintOutcome(enums.PRINT_OUTCOME[state]).name.upper()
    assert name == state.name if state.is_final else name == "PENDING"


@pytest.mark.parametrize("reason", Attention)
def test_printer_troubles(reason: Attention) -> None:
    kind = KioskViewModel.PrinterTroubleKind(enums.printer_trouble(NeedsAttention(reason)))
    assert _upper(kind.name) == reason.name


def test_other_states_of_the_printer() -> None:
    unreachable = KioskViewModel.PrinterTroubleKind(enums.printer_trouble(Unreachable("")))
    assert unreachable is KioskViewModel.PrinterTroubleKind.Unreachable
    assert enums.printer_trouble(Ready(paper_low=True)) == enums.printer_trouble(CannotTell("")) == 0


@pytest.mark.parametrize("reason", ClosedReason)
def test_reasons_for_being_closed(reason: ClosedReason) -> None:
    number = enums.closed_reason(Closed(reason, Text("", ""), None))
    assert _upper(KioskViewModel.ClosedReason(number).name) == reason.name


def test_open_and_not_served_here() -> None:
    assert enums.closed_reason(None) == 0
    assert enums.closed_reason(None, is_served_here=False) == KioskViewModel.ClosedReason.NotServedHere


@pytest.mark.parametrize(
    ("hour", "part"), [(2, 3), (3, 0), (10, 0), (11, 1), (14, 1), (15, 2), (17, 2), (18, 3), (23, 3)]
)
def test_parts_of_the_day(hour: int, part: int) -> None:
    assert enums.part_of_day(datetime(2026, 11, 21, hour)) == part  # noqa: DTZ001  # wall time


def test_the_symbol_on_screen_says_the_token() -> None:
    texts = QrTexts()
    url = texts.show(TOKEN)
    assert TOKEN not in url
    image = _request(texts, url, 400)
    assert image.width() <= 400
    assert image.width() > 200
    assert _read(image) == TOKEN


def test_a_symbol_that_is_no_longer_on_show_is_blank() -> None:
    texts = QrTexts()
    old = texts.show(TOKEN)
    texts.show("K1.OTHER")
    assert _read(_request(texts, old, 400)) is None
    newest = texts.show(TOKEN)
    texts.clear()
    assert _read(_request(texts, newest, 400)) is None


def _request(texts: QrTexts, url: str, width: int) -> QImage:
    provider = QrImageProvider(texts)
    return provider.requestImage(url.rpartition("/")[2], QSize(), QSize(width, width))


def _read(image: QImage) -> str | None:
    buffer = QBuffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # bytes or str, PySide takes both
    found = zxingcpp.read_barcode(Image.open(BytesIO(bytes(buffer.data().data()))))
    return found.text if found else None


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name).removeprefix("_")
