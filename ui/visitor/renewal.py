"""New data from the server come into force at a moment when nobody stands at the kiosk, and never during a visit."""

from typing import Final

import structlog
from PySide6.QtCore import QObject, QTimer, Slot

from kiosk.errors import KioskError
from ui.background import Background
from ui.machine import Machine, Workplace
from ui.visitor.attendant import Attendant

log = structlog.get_logger(__name__)

_LOOK_AGAIN_MS: Final = 60_000
"""What waits for the day to end, or for a slip to be out."""


class Renewal(QObject):
    """Lives on the UI thread, and never waits on it."""

    def __init__(self, machine: Machine, attendant: Attendant) -> None:
        super().__init__()
        self._machine = machine
        self._attendant = attendant
        self._work = Background("renewal", self)
        self._is_due = machine.has_more_to_come
        self._is_looking = False
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.look_again)
        self._timer.start()
        attendant.viewChanged.connect(self._begin)

    def stop(self) -> None:
        """Waits for the work in hand; nothing changes afterwards."""
        self._timer.stop()
        self._attendant.viewChanged.disconnect(self._begin)
        self._work.stop()

    @Slot()
    def on_taken(self) -> None:
        """Something new is kept."""
        self._is_due = True
        self._begin()

    @Slot()
    def look_again(self) -> None:
        if self._machine.has_more_to_come:
            self.on_taken()

    @Slot()
    def _begin(self) -> None:
        if self._is_due and not self._is_looking and self._attendant.is_unattended:
            self._is_due, self._is_looking = False, True
            self._work.run(self._machine.look_again, self._on_ready)

    def _on_ready(self, result: Workplace | KioskError | None) -> None:
        self._is_looking = False
        if isinstance(result, KioskError):
            log.error("data_file_refused", problems=[str(result)])
        elif result is not None and self._attendant.is_unattended:
            self._machine.work_at(result)
            self._attendant.take_over(result.hall, result.machinery)
            log.info("data_renewed", site=result.hall.site.id, catalogue=result.hall.catalogue.version[:12])
        elif result is not None:  # somebody has come meanwhile
            self._is_due = True
        self._begin()
