"""What an eye and a finger meet, measured: contrast, letters and targets in millimetres of the real panel."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF
from PySide6.QtQml import QQmlApplicationEngine

from kiosk.paths import resource_path
from ui.qt_application import qt_application

TEXT = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "primaryTint"),
    ("ink", "accentTint"),
    ("ink", "goodTint"),
    ("ink", "warningTint"),
    ("softInk", "paper"),
    ("softInk", "card"),
    ("softInk", "primaryTint"),
    ("softInk", "accentTint"),
    ("softInk", "disabled"),
    ("primary", "paper"),
    ("primary", "card"),
    ("primary", "primaryTint"),
    ("primaryInk", "primary"),
    ("accentInk", "accent"),
    ("disabledInk", "disabled"),
    ("good", "card"),
    ("good", "goodTint"),
    ("warning", "warningTint"),
    ("heroInk", "hero"),
    ("heroInk", "heroRaised"),
    ("heroInk", "heroDeep"),
    ("heroSoftInk", "hero"),
)
SHAPES = (
    ("edge", "paper"),
    ("edge", "card"),
    ("heroEdge", "hero"),
    ("focus", "paper"),
    ("focus", "focusGap"),
    ("primary", "primaryTint"),
    ("accent", "hero"),
    ("good", "card"),
)
BODY_FONTS = ("caption", "captionStrong", "body", "name", "chrome", "action", "key")


@pytest.fixture
def theme() -> Iterator[QObject]:
    qt_application()
    engine = QQmlApplicationEngine()
    engine.addImportPath(str(resource_path("")))
    theme = engine.singletonInstance("ui.components", "Theme")
    assert isinstance(theme, QObject)
    yield theme
    engine.deleteLater()


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(theme: QObject, one: str, other: str) -> float:
    dark, light = sorted(luminance(theme.property(name)) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("high", [False, True])
def test_text_stands_out_seven_to_one(theme: QObject, *, high: bool) -> None:
    theme.setProperty("highContrast", high)
    weak = {pair: round(contrast(theme, *pair), 2) for pair in TEXT if contrast(theme, *pair) < 7}
    assert weak == {}


@pytest.mark.parametrize("high", [False, True])
def test_edges_and_signs_stand_out_three_to_one(theme: QObject, *, high: bool) -> None:
    theme.setProperty("highContrast", high)
    weak = {pair: round(contrast(theme, *pair), 2) for pair in SHAPES if contrast(theme, *pair) < 3}
    assert weak == {}


@pytest.mark.parametrize("mm", [1080 / 336, 1920 / 597, 1080 / 270, 2160 / 336])
@pytest.mark.parametrize("scale", [1.0, 1.3, 2.0])
def test_letters_are_large_enough_to_read_from_half_a_metre(theme: QObject, mm: float, scale: float) -> None:
    """EN 301 549, 5.1.4: capitals of 6.1 mm for an eye 500 mm away."""
    theme.setProperty("mm", mm)
    theme.setProperty("textScale", scale)
    for name in BODY_FONTS:
        font = theme.property(name)
        assert isinstance(font, QFont)
        assert QFontMetricsF(font).capHeight() >= 6.1 * mm, name


@pytest.mark.parametrize("mm", [1080 / 336, 1920 / 597, 2160 / 336])
def test_targets_and_gaps_suit_a_finger(theme: QObject, mm: float) -> None:
    theme.setProperty("mm", mm)
    assert theme.property("target") >= 20 * mm
    assert theme.property("foot") >= 20 * mm
    assert theme.property("gap") >= 3 * mm


def test_the_larger_text_is_at_least_twice_as_large_where_it_is_read(theme: QObject) -> None:
    before = theme.property("body").pixelSize()
    theme.setProperty("textScale", 2.0)
    assert theme.property("body").pixelSize() >= 2 * before - 1


def test_the_shipped_font_is_the_one_used(theme: QObject) -> None:
    assert theme.property("family") in QFontDatabase.families()
    assert {"Medium", "Bold", "ExtraBold"} <= set(QFontDatabase.styles(theme.property("family")))


def test_motion_is_short_and_can_be_off(theme: QObject) -> None:
    theme.setProperty("animated", True)
    assert 0 < theme.property("motion") <= 150
    theme.setProperty("animated", False)
    assert theme.property("motion") == 0
