"""Every screen in every language, orientation and theme, as pictures: what `make screens` does.

.venv/bin/python scripts/render_screens.py [FOLDER] [--only portrait-id]
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent))

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScannerConfig, ScreenConfig
from kiosk.domain.language import Language
from kiosk.domain.screens import Screen
from scripts.board_scenes import render_board
from scripts.desk_scenes import render_desk
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application
from ui.tour import Tour
from ui.visitor.attendant import Attendant

MONDAY_MORNING = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
ORIENTATIONS = {"portrait": ScreenConfig(1080, 1920, 336.0), "landscape": ScreenConfig(1920, 1080, 598.0)}
LOOKS = {"normal": (False, 0), "contrast": (True, 0), "largest": (False, 3)}


@dataclass(frozen=True, slots=True)
class Series:
    """One walk through all screens. `enlargements`: how often the visitor presses the text size."""

    orientation: str
    language: Language
    look: str

    @property
    def name(self) -> str:
        return f"{self.orientation}-{self.language.value}-{self.look}"

    def dress(self, attendant: Attendant) -> None:
        has_contrast, enlargements = LOOKS[self.look]
        attendant.set_language(self.language.value)
        if has_contrast:
            attendant.toggle_contrast()
        for _ in range(enlargements):
            attendant.cycle_text_scale()


def all_series() -> Iterator[Series]:
    for orientation in ORIENTATIONS:
        for language in Language:
            for look in LOOKS:
                yield Series(orientation, language, look)


def render(series: Series, folder: Path, data: Path) -> int:
    shutil.rmtree(folder / series.name, ignore_errors=True)
    panel = ORIENTATIONS[series.orientation]
    config = KioskConfig(
        data_dir=data,
        printer=PrinterConfig(device=f"sim:{data / 'slips'}"),
        scanner=ScannerConfig(enabled=True),
        screen=ScreenConfig(panel.width_px, panel.height_px, panel.panel_width_mm, full_screen=False, animations=False),
    )
    clock = FakeClock(MONDAY_MORNING)
    application = KioskApplication(config, clock)
    application.show()
    broken = KioskApplication(config, clock)  # the folder is taken
    broken.show()
    count = 0
    try:
        driver = VisitorDriver(application.window)
        for scene in Tour(application, clock, driver, series.dress).scenes():
            count += 1
            driver.save(folder / series.name / f"{count:02d}-{scene}.png")
        series.dress(broken.attendant)
        stranger = VisitorDriver(broken.window)
        stranger.wait_for(Screen.OUT_OF_SERVICE)
        stranger.save(folder / series.name / f"{count + 1:02d}-out-of-service.png")
    finally:
        broken.close()
        application.close()
    for warning in (*application.qml_warnings, *broken.qml_warnings):
        print(warning, file=sys.stderr)
    return count + 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screens"))
    parser.add_argument("--only", default="", help="only the series whose name begins so")
    options = parser.parse_args()
    qt_application()
    count = 0
    for series in all_series():
        if series.name.startswith(options.only):
            with tempfile.TemporaryDirectory() as data:
                count += render(series, options.folder, Path(data))
            print(series.name)
    for language in Language:
        for look, has_contrast in (("normal", False), ("contrast", True)):
            name = f"desk-{language}-{look}"
            if name.startswith(options.only):
                count += render_desk(options.folder / name, language, has_contrast=has_contrast)
                print(name)
    count += render_board(options.folder, options.only)
    print(f"{count} pictures in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
