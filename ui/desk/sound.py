"""A short tone for every answer, another one for each kind; silence where the machine has no sound."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QUrl, Slot

from kiosk.paths import resource_path
from ui.desk.tones import Tone

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

FILES: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "desk-good.wav",
    Tone.NOTICE: "desk-notice.wav",
    Tone.MIND: "desk-mind.wav",
    Tone.STOP: "desk-stop.wav",
}


class Sounds(QObject):
    """Loaded once, so that a tone comes with the band and not after it. `is_on` False: says nothing, loads nothing."""

    def __init__(self, parent: QObject | None = None, *, is_on: bool = True) -> None:
        super().__init__(parent)
        self._effects: Mapping[Tone, QSoundEffect] = _load(self) if is_on else {}

    @Slot(int)
    def play(self, tone: int) -> None:
        effect = self._effects.get(Tone(tone))
        if effect is not None:
            effect.play()


def _load(parent: QObject) -> Mapping[Tone, "QSoundEffect"]:
    try:
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect  # noqa: PLC0415  # not on every machine
    except ImportError:
        return {}
    if QMediaDevices.defaultAudioOutput().isNull():
        return {}
    effects = {}
    for tone, name in FILES.items():
        path = resource_path("assets/sounds") / name
        if path.is_file():
            effect = QSoundEffect(parent)
            effect.setSource(QUrl.fromLocalFile(str(path)))
            effects[tone] = effect
    return effects
