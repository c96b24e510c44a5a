"""One speech engine, in the voice's own program."""

import json
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtTextToSpeech import QTextToSpeech

from kiosk.domain.language import Language

_LOCALES: Final = {
    Language.INDONESIAN: QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia),
    Language.ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


class Mouth(QObject):
    """Said is what the engine reports as spoken to the end. `asked` may come from any thread."""

    asked = Signal(str)

    def __init__(self, engine: QTextToSpeech, on_said: Callable[[], None]) -> None:
        super().__init__()
        self._engine = engine
        self._on_said = on_said
        self._has_begun = False
        self._is_asked = False
        engine.stateChanged.connect(self._on_state)
        self.asked.connect(self._say, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _say(self, line: str) -> None:
        wish = json.loads(line)
        self._has_begun, self._is_asked = False, True
        self._engine.setVolume(wish["volume"])
        self._engine.setLocale(_LOCALES[Language(wish["language"])])
        self._engine.say(wish["text"])

    @Slot("QTextToSpeech::State")
    def _on_state(self, state: QTextToSpeech.State) -> None:
        if state is QTextToSpeech.State.Speaking:
            self._has_begun = True
        elif state is QTextToSpeech.State.Error or (state is QTextToSpeech.State.Ready and self._has_begun):
            QTimer.singleShot(0, self, self._said)

    @Slot()
    def _said(self) -> None:
        if self._is_asked:
            self._is_asked = False
            self._on_said()


def engine_of(name: str | None) -> QTextToSpeech | None:
    """The system's own where none is named; never Qt's mock then, which says nothing."""
    if name:
        return QTextToSpeech(name)
    for each in QTextToSpeech.availableEngines():
        engine = None if each == "mock" else QTextToSpeech(each)
        if engine is not None and engine.state() is not QTextToSpeech.State.Error:
            return engine
    return None


def spoken_by(engine: QTextToSpeech) -> list[str]:
    known = {locale.language() for locale in engine.availableLocales()}
    return [each.value for each, locale in _LOCALES.items() if locale.language() in known]
