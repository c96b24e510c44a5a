"""Reads the slips that visitors hold before the kiosk's scanner, and asks where their visits stand.

Lives on the UI thread and never waits on it.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import structlog
from PySide6.QtCore import Slot

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain import visitor
from kiosk.domain.screens import Screen
from kiosk.domain.visit_status import VisitStatus, VisitVerdict
from kiosk.errors import KioskError
from ui.background import Background
from ui.visitor.hall import Hall
from ui.visitor.machinery import Machinery
from ui.visitor.qr_image import QrTexts
from ui.visitor.slip_desk import SlipDesk

log = structlog.get_logger(__name__)

SAME_SLIP_S: Final = 5.0
"""A scanner that looks all the time reads what lies before it again and again: that is no new question."""
LEFT_SLIP_S: Final = 2.0
"""Nor is it one when its answer was put away: a slip that was left there must not come back over the next visitor."""
_DEAF: Final = frozenset({Screen.PRINTING, Screen.PRINTER_TROUBLE, Screen.OUT_OF_SERVICE, Screen.TECHNICIAN})
"""A number is on its way, or there is nobody to answer."""


class SlipReader(SlipDesk):
    def __init__(self, hall: Hall, machinery: Machinery | None, clock: Clock, config: KioskConfig, qr: QrTexts) -> None:
        super().__init__(hall, machinery, clock, config, qr)
        self._scan_work = Background("scan", self)
        self._read_text = ""
        self._read_at = clock.monotonic()

    @Slot(str)
    def scan(self, text: str) -> None:
        """Something was held before the scanner. What was begun stays as it is, under the answer."""
        is_still_there = self._is_still_there(text)
        if self._machinery is None or is_still_there or not self._is_free_to_read():
            return
        if self._state.screen is Screen.TICKET or self._is_another_visitors(text):
            self._end_session()
        self._read_text, self._read_at = text, self._clock.monotonic()
        session = visitor.held_slip(self._state.session, text)
        self._put(session)
        look_up = self._machinery.look_up

        # Runs on the scanner's thread; the state is a frozen value, so a glance at the newest one is safe.
        def newest_only() -> VisitStatus | None:
            return look_up(text) if self._state.session.slip == text else None

        self._scan_work.run(newest_only, partial(self.on_looked_up, session.key, text))

    def _is_free_to_read(self) -> bool:
        """A number whose paper is out may be put away; one that waits for an answer may not."""
        screen = self._state.screen
        if screen is Screen.TICKET:
            return self._state.is_paper_out and self._may_put_ticket_away()
        return screen not in _DEAF

    def _is_still_there(self, text: str) -> bool:
        if text != self._read_text:
            return False
        now, session = self._clock.monotonic(), self._state.session
        since_s, self._read_at = now - self._read_at, now
        is_on_screen = session.is_asking and session.slip == text
        return since_s < (SAME_SLIP_S if is_on_screen else LEFT_SLIP_S)

    def _is_another_visitors(self, text: str) -> bool:
        """Another slip, and the one before it had asked for nothing else: nothing of its holder is kept."""
        session = self._state.session
        return session.is_asking and not session.has_begun and session.slip != text

    def on_looked_up(self, key: str, text: str, result: VisitStatus | KioskError | None) -> None:
        """The answer for this session's slip; of no interest once another one is before the scanner."""
        session = self._state.session
        if (session.key, session.slip) != (key, text) or result is None:
            return
        if isinstance(result, KioskError):
            log.error("visitor_not_served", problem=str(result))
            result = VisitStatus(VisitVerdict.UNREADABLE)
        self._set_state(replace(self._state, session=visitor.learnt(session, result)))  # no sign of life
