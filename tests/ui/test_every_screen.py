"""What must hold on each screen that the kiosk has."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from kiosk.domain.language import Language
from tests.ui.conftest import KioskUnderTest, Start
from ui.driver import VisitorDriver
from ui.tour import Tour
from ui.visitor.attendant import Attendant

ROOT = Path(__file__).parent.parent.parent
ENGLISH = ROOT / "assets/translations/giliran_en.ts"


def tour(kiosk: KioskUnderTest, dress: Callable[[Attendant], None] = lambda _: None) -> Tour:
    return Tour(kiosk.application, kiosk.clock, kiosk.driver, dress)


@pytest.fixture
def kiosk(start: Start) -> KioskUnderTest:
    """With everything that a first screen may say."""
    return start(has_scanner=True)


def controls(driver: VisitorDriver) -> list[QQuickItem]:
    """Everything on the screen that takes keyboard focus by Tab, and so is for pressing."""
    return [item for item in driver.items() if item.activeFocusOnTab() and item.isEnabled()]


def test_every_control_has_a_name_and_can_be_seen(kiosk: KioskUnderTest) -> None:
    nameless: list[str] = []
    scenes = 0
    for scene in tour(kiosk).scenes():
        scenes += 1
        found = controls(kiosk.driver)
        assert found, f"{scene} has nothing to press" if not scene.startswith("printing") else ""
        for item in found:
            name = QAccessible.queryAccessibleInterface(item).text(QAccessible.Text.Name)
            if not name.strip():
                nameless.append(f"{scene}: {item.objectName() or item}")
    assert nameless == []
    assert scenes > 20


def test_a_demonstration_says_so_wherever_a_visitor_looks(kiosk: KioskUnderTest) -> None:
    """The sample hall is one. The technician reads it in a row, and a number being printed is seen for a moment."""
    silent = [
        scene
        for scene in tour(kiosk).scenes()
        if not scene.startswith(("technician", "printing"))
        and not any(item.objectName() == "demonstrationTag" for item in kiosk.driver.items())
    ]
    assert silent == []


def test_every_screen_speaks_each_language_at_once(kiosk: KioskUnderTest) -> None:
    """Switched on the spot, no text of a screen's own stays behind in the other language."""
    indonesian, english = _translations()
    for scene in tour(kiosk).scenes():
        kiosk.attendant.set_language("en")
        assert not indonesian.intersection(kiosk.driver.texts()), scene
        kiosk.attendant.set_language("id")
        assert not english.intersection(kiosk.driver.texts()), scene


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
def test_every_screen_stands_at_the_largest_text_with_high_contrast(start: Start, size: tuple[int, int]) -> None:
    """QML complains of nothing (the fixture checks), and nothing to press lies off the screen."""
    kiosk = start(size=size, has_scanner=True)

    def dress(attendant: Attendant) -> None:
        attendant.toggle_contrast()
        for _ in range(3):
            attendant.cycle_text_scale()

    for scene in tour(kiosk, dress).scenes():
        window = kiosk.driver.window
        for item in controls(kiosk.driver):
            left = item.mapToScene(item.boundingRect().topLeft()).x()
            assert left >= -1, f"{scene}: {item.objectName()} begins left of the screen"
            assert left + item.width() <= window.width() + 1, f"{scene}: {item.objectName()} ends right of the screen"


def test_the_english_translation_is_complete() -> None:
    for message in _messages():
        translation = message.find("translation")
        assert translation is not None
        forms = [form.text for form in translation.findall("numerusform")] or [translation.text]
        assert translation.get("type") is None, message.findtext("source")
        assert all(forms), message.findtext("source")
        source = message.findtext("source") or ""
        for form in forms:
            assert set(re.findall(r"%\d", form or "")) == set(re.findall(r"%\d", source)), source


def test_the_english_translation_knows_every_text_of_the_screens() -> None:
    known = {message.findtext("source") for message in _messages()}
    for path in sorted((ROOT / "ui").rglob("*.qml")):
        for text in re.findall(r'qsTr\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            assert text.replace("\\n", "\n").replace('\\"', '"') in known, (
                f"{path.name}: run scripts/translate.sh update"
            )


def test_no_language_but_the_source_lacks_a_translation() -> None:
    files = {path.stem.removeprefix("giliran_") for path in ENGLISH.parent.glob("*.ts")}
    assert files == {language.value for language in Language if language is not Language.INDONESIAN}


def _messages() -> Iterator[ET.Element]:
    return ET.parse(ENGLISH).getroot().iter("message")  # noqa: S314  # our own file


def _translations() -> tuple[set[str], set[str]]:
    """The plain sentences that differ between the languages: long enough not to be a name or a number."""
    pairs = [
        (message.findtext("source") or "", message.findtext("translation") or "")
        for message in _messages()
        if message.get("numerus") is None
    ]
    pairs = [(source, target) for source, target in pairs if source != target and "%" not in source]
    return {source for source, _ in pairs}, {target for _, target in pairs}
