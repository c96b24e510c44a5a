"""The words that QML fixes, in the visitor's language. Indonesian is the language of the sources themselves."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTranslator, Slot
from PySide6.QtQml import QQmlEngine

from kiosk.domain.language import Language
from kiosk.errors import DataFileError, Problem
from kiosk.paths import resource_path

FOLDER: Final = "assets/translations"
SOURCE_LANGUAGE: Final = Language.INDONESIAN


class Translations(QObject):
    """Loads every language once and swaps them. Raises DataFileError where one is missing: a half-translated screen
    is worse than a sentence to the technician.
    """

    def __init__(self, engine: QQmlEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._translators = {language: self._load(language) for language in Language if language is not SOURCE_LANGUAGE}
        self._current = SOURCE_LANGUAGE

    @Slot(str)
    def use(self, code: str) -> None:
        """At any moment, on any screen: every `qsTr` on show is worded anew."""
        language = Language(code)
        if language is self._current:
            return
        if self._current in self._translators:
            QCoreApplication.removeTranslator(self._translators[self._current])
        if language in self._translators:
            QCoreApplication.installTranslator(self._translators[language])
        self._current = language
        self._engine.retranslate()

    def _load(self, language: Language) -> QTranslator:
        path = resource_path(FOLDER) / f"giliran_{language.value}.qm"
        translator = QTranslator(self)
        if not translator.load(str(path)):
            raise DataFileError(path.name, (Problem(str(path), "is missing or damaged: run scripts/translate.sh"),))
        return translator
