"""A kiosk that was let in before its hall was published comes up by itself when the hall is there."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from kiosk.config import KioskConfig
from kiosk.enrolment import ENROLMENT_FILE, load_enrolment
from kiosk.errors import KioskError
from kiosk.identity import read_identity
from kiosk.own_hall import offered_files
from ui.background import Background

_LOOK_EVERY_MS: Final = 10_000
"""Somebody stands there and waits, with the words on the screen still to compare."""


class HallWatch(QObject):
    """Lives on the UI thread. Asks the server now and then, and calls `on_news` once it has other files than `tried`,
    those that were no help. Every start writes an event, so nothing is started on suspicion.
    """

    def __init__(self, config: KioskConfig, tried: Mapping[str, int], on_news: Callable[[], object]) -> None:
        super().__init__()
        self._config = config
        self._tried = tried
        self._on_news = on_news
        self._work = Background("hall", self)
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.setSingleShot(True)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        self._work.run(self._offered, self._on_answer)

    def stop(self) -> None:
        self._timer.stop()
        self._work.stop()

    def _offered(self) -> Mapping[str, int]:
        folder = self._config.data_dir
        enrolment = load_enrolment(folder / ENROLMENT_FILE)
        return {} if enrolment is None else offered_files(self._config, enrolment, read_identity(folder))

    def _on_answer(self, result: Mapping[str, int] | KioskError) -> None:
        if isinstance(result, KioskError) or "site" not in result or result == self._tried:
            self._timer.start()
        else:
            self._on_news()
