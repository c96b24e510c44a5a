"""A board's window, for QML: what there is to see, and the beat in which new calls flash. Decides nothing."""

from enum import IntEnum
from typing import Final

from PySide6.QtCore import Property, QEnum, QObject, QTimer, Signal, Slot

from kiosk.board_config import BoardConfig
from kiosk.board_feed import BoardState
from kiosk.clock import Clock
from ui.board.models import CallModel, LastCallModel
from ui.board.sight import BoardScreen, Sight, rows_that_fit, sight
from ui.qml_type import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1

BEAT_MS: Final = 500
"""Half a flash: one flash a second, a third of what is harmless (WCAG 2.3.1). One beat for all rows, so that several
new calls flash no oftener than one."""
_LOOK_EVERY_MS: Final = 250


@QmlElement
@QmlUncreatable("made by the application")
class BoardViewModel(QObject):
    """Holds one Sight and replaces it. `said`: which call is being announced."""

    changed = Signal()
    beatChanged = Signal()

    @QEnum
    class Screen(IntEnum):
        Connecting = 0
        Calls = 1
        Quiet = 2
        Closed = 3
        Away = 4

    def __init__(self, config: BoardConfig, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._clock = clock
        self._state = BoardState()
        self._said: str | None = None
        self._sight = Sight(BoardScreen.CONNECTING)
        self._trouble = ""
        self._beat = False
        self._calls = CallModel(self)
        self._last = LastCallModel(self)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        self._look.timeout.connect(self.look)
        self._metronome = QTimer(self)
        self._metronome.setInterval(BEAT_MS)
        self._metronome.timeout.connect(self._tick)

    @property
    def sight(self) -> Sight:
        return self._sight

    @property
    def state(self) -> BoardState:
        return self._state

    def begin(self) -> None:
        self._look.start()

    def stop(self) -> None:
        self._look.stop()
        self._metronome.stop()

    def show_state(self, state: BoardState) -> None:
        is_other_trouble = state.trouble != self._state.trouble
        self._state = state
        self.look()
        if is_other_trouble:
            self.changed.emit()

    def show_said(self, call: str | None) -> None:
        self._said = call
        self.look()

    def show_trouble(self, sentence: str) -> None:
        """For the technician, small and at the edge."""
        self._trouble = sentence
        self.changed.emit()

    @Slot()
    def look(self) -> None:
        """See what the time has changed."""
        new = sight(self._state, self._clock.monotonic(), self._config, self._said)
        if new == self._sight:
            return
        self._sight = new
        self._calls.set_rows(new.rows)
        self._last.set_rows(new.last)
        self.changed.emit()
        if any(row.is_fresh for row in new.rows) and self._config.screen.animations:
            if not self._metronome.isActive():
                self._metronome.start()  # and not _tick(): a beat that begins anew must not come early
        elif self._metronome.isActive():
            self._metronome.stop()
            self._set_beat(is_on=False)

    @Slot()
    def _tick(self) -> None:
        self._set_beat(is_on=not self._beat)

    def _set_beat(self, *, is_on: bool) -> None:
        if is_on != self._beat:
            self._beat = is_on
            self.beatChanged.emit()

    @Property(QObject, constant=True)
    def calls(self) -> QObject:
        return self._calls

    @Property(QObject, constant=True)
    def lastCalls(self) -> QObject:
        return self._last

    def _screen(self) -> int:
        return self._sight.screen.value - 1

    def _is_beat(self) -> bool:
        return self._beat

    def _rows_that_fit(self) -> int:
        return rows_that_fit(self._config.screen)

    def _age_s(self) -> int:
        return -1 if self._sight.age_s is None else self._sight.age_s

    def _is_silent(self) -> bool:
        return self._config.voice.silent or not self._config.voice.loudness

    def _get_last_count(self) -> int:
        return len(self._sight.last)

    def _get_page(self) -> int:
        return self._sight.page

    def _get_pages(self) -> int:
        return self._sight.pages

    def _get_site_name(self) -> str:
        return self._sight.site.id

    def _get_zone_name(self) -> str:
        return self._sight.zone.id

    def _get_zone_name_en(self) -> str:
        return self._sight.zone.en

    def _get_clock(self) -> str:
        return self._sight.clock

    def _get_date(self) -> str:
        return self._sight.date.id

    def _get_date_en(self) -> str:
        return self._sight.date.en

    def _get_hours(self) -> str:
        return self._sight.hours

    def _get_notice(self) -> str:
        return self._sight.notice.id

    def _get_notice_en(self) -> str:
        return self._sight.notice.en

    def _get_trouble(self) -> str:
        return self._state.trouble or self._trouble

    def _get_is_bilingual(self) -> bool:
        return len(self._config.languages.each) > 1

    def _get_high_contrast(self) -> bool:
        return self._config.screen.high_contrast

    def _get_animations(self) -> bool:
        return self._config.screen.animations

    def _get_mm_width(self) -> float:
        return self._config.screen.panel_width_mm

    def _get_capital_mm(self) -> float:
        return self._config.screen.capital_mm

    screen = Property(int, _screen, notify=changed)
    beat = Property(bool, _is_beat, notify=beatChanged)
    rowsThatFit = Property(int, _rows_that_fit, constant=True)
    lastCount = Property(int, _get_last_count, notify=changed)
    page = Property(int, _get_page, notify=changed)
    pages = Property(int, _get_pages, notify=changed)
    ageSeconds = Property(int, _age_s, notify=changed)
    siteName = Property(str, _get_site_name, notify=changed)
    zoneName = Property(str, _get_zone_name, notify=changed)
    zoneNameEn = Property(str, _get_zone_name_en, notify=changed)
    clock = Property(str, _get_clock, notify=changed)
    date = Property(str, _get_date, notify=changed)
    dateEn = Property(str, _get_date_en, notify=changed)
    hours = Property(str, _get_hours, notify=changed)
    notice = Property(str, _get_notice, notify=changed)
    noticeEn = Property(str, _get_notice_en, notify=changed)
    trouble = Property(str, _get_trouble, notify=changed)
    isBilingual = Property(bool, _get_is_bilingual, constant=True)
    isSilent = Property(bool, _is_silent, constant=True)
    highContrast = Property(bool, _get_high_contrast, constant=True)
    animations = Property(bool, _get_animations, constant=True)
    mmWidth = Property(float, _get_mm_width, constant=True)
    capitalMm = Property(float, _get_capital_mm, constant=True)
