"""The machine's voice as a program of its own, which a board starts, hears and kills: `giliran voice`.

Speech engines are asked through calls that wait for an answer. One that hangs (speech-dispatcher does) must freeze this
program, not the board. Lines of JSON: at the start `{"speaks": ["id", "en"]}`, or `null` for no engine; then for each
`{"text": ..., "language": "id", "volume": 0.8}` that comes in one `{"said": true}`, when it is said.
"""

import json
import os
import sys
import threading
from typing import Final

import click
from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtTextToSpeech import QTextToSpeech

from kiosk.domain.language import Language

_LOCALES: Final = {
    Language.INDONESIAN: QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia),
    Language.ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


class _Mouth(QObject):
    """One engine. Said is what it reports as spoken to the end."""

    asked = Signal(str)

    def __init__(self, engine: QTextToSpeech) -> None:
        super().__init__()
        self._engine = engine
        self._has_begun = False
        self._is_asked = False
        engine.stateChanged.connect(self._on_state)
        self.asked.connect(self._say, Qt.ConnectionType.QueuedConnection)  # from the thread that reads

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
            _tell({"said": True})


def run_voice(engine_name: str | None = None) -> int:
    """Until standard input ends. `engine_name`: which of Qt's engines; else the system's own."""
    application = QCoreApplication(sys.argv[:1])
    engine = QTextToSpeech(engine_name) if engine_name else _system_engine()
    if engine is None:
        _tell({"speaks": None})
        return 0
    mouth = _Mouth(engine)
    known = {locale.language() for locale in engine.availableLocales()}
    _tell({"speaks": [each.value for each, locale in _LOCALES.items() if locale.language() in known]})
    threading.Thread(target=_listen, args=(mouth,), daemon=True).start()
    return application.exec()


def _system_engine() -> QTextToSpeech | None:
    """Never Qt's mock, which says nothing."""
    for name in QTextToSpeech.availableEngines():
        engine = None if name == "mock" else QTextToSpeech(name)
        if engine is not None and engine.state() is not QTextToSpeech.State.Error:
            return engine
    return None


def _listen(mouth: _Mouth) -> None:
    for line in sys.stdin:
        mouth.asked.emit(line)
    os._exit(0)  # the board is gone: an engine that hangs must not keep this program


def _tell(message: dict[str, object]) -> None:
    click.echo(json.dumps(message))
