"""What stands before the visitor, and since when: the state, the view of it, and the time that is left."""

import secrets
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain.patience import HOLDING_TICKET, VERDICT_S, Limits, remaining
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import VisitorSession
from ui.visitor.hall import Hall
from ui.visitor.presenter import present
from ui.visitor.qr_image import QrTexts
from ui.visitor.state import KioskState
from ui.visitor.view import KioskView

_READING_S: Final = 1.0
"""So long a number just shown cannot be put away: the tap that took it may have been one of many."""


class Stage(QObject):
    """Holds one frozen state, replaces it, and tells of each new view. Who may change what, the attendant decides."""

    viewChanged = Signal(object)

    def __init__(  # noqa: PLR0913  # all that a view is made from
        self,
        hall: Hall,
        clock: Clock,
        config: KioskConfig,
        qr: QrTexts,
        *,
        is_out_of_service: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._hall = hall
        self._clock = clock
        self._config = config
        self._qr = qr
        self._touched_at = self._shown_at = self._printing_since = clock.monotonic()
        self._state = KioskState(
            self._new_session(), is_out_of_service=is_out_of_service, has_scanner=config.scanner.enabled
        )
        self._view = self._present()

    @property
    def hall(self) -> Hall:
        return self._hall

    @property
    def state(self) -> KioskState:
        return self._state

    @property
    def view(self) -> KioskView:
        return self._view

    @property
    def is_unattended(self) -> bool:
        """Nobody stands here, and nothing of anybody's is on the screen."""
        return self._state.screen in {Screen.ATTRACT, Screen.CLOSED} and self._is_untouched()

    def notice_touch(self) -> None:
        """Somebody is there. Not while the warning stands: that is answered on purpose, not by a sleeve."""
        if self._state.idle_seconds_left is None:
            self._touched_at = self._clock.monotonic()

    def _let_time_pass(self) -> None:
        """What has run out ends, what is left is shown."""
        now = self._clock.monotonic()
        screen = self._state.screen
        left = remaining(screen, now - self._touched_at, self._limits())
        if left.is_over and not self._is_untouched():
            self._end_session()
            return
        is_overdue = screen is Screen.PRINTING and now - self._printing_since >= VERDICT_S
        self._set_state(
            replace(
                self._state,
                is_verdict_late=self._state.is_verdict_late or is_overdue,
                idle_seconds_left=left.warning,
                ticket_seconds_left=left.ticket,
            )
        )

    def _limits(self) -> Limits:
        """Without paper a visitor gets the time to take a photograph."""
        times = self._config.session
        without_paper = times.idle_s + times.warning_s
        return Limits(times.idle_s, times.warning_s, times.ticket_s if self._state.is_paper_out else without_paper)

    def _is_untouched(self) -> bool:
        session = self._state.session
        is_new = session == VisitorSession(session.key, self._config.session.default_language)
        return is_new and not self._state.is_technician_here

    def _has_been_read(self) -> bool:
        return self._clock.monotonic() - self._shown_at >= _READING_S

    def _new_session(self) -> VisitorSession:
        return VisitorSession(secrets.token_hex(16), self._config.session.default_language)

    def _end_session(self) -> None:
        """The next visitor gets a session of their own; of this one nothing is kept."""
        self._qr.clear()
        state = replace(
            self._state,
            is_technician_here=False,
            technician_rows=(),
            qr_source="",
            is_verdict_late=False,
            is_after_repair=False,
            is_from_before_restart=False,
        )
        self._put(self._new_session(), state)

    def _put(self, session: VisitorSession, state: KioskState | None = None) -> None:
        """Whatever changes a session is a sign of life."""
        self._touched_at = self._clock.monotonic()
        state = state or self._state
        if not session.query:
            state = replace(state, hits=(), hits_of="")
        self._set_state(replace(state, session=session, idle_seconds_left=None))

    def _set_state(self, state: KioskState) -> None:
        if state == self._state:
            return
        if state.screen is not self._state.screen:
            self._touched_at = self._shown_at = self._clock.monotonic()
        self._state = state
        if state.screen in HOLDING_TICKET and not state.ticket_seconds_left:
            self._state = replace(state, ticket_seconds_left=self._limits().ticket)
        view = self._present()
        if view != self._view:
            self._view = view
            self.viewChanged.emit(view)

    def _present(self) -> KioskView:
        return present(self._state, self._hall, self._config.screen, self._limits().ticket)
