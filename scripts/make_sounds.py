"""Our own sounds, reckoned from sines: `.venv/bin/python -m scripts.make_sounds`. 22 kHz, 16 bits, one channel."""

import math
import struct
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "assets/sounds"
RATE: Final = 22_050
_ATTACK_S: Final = 0.006
_LOUDEST: Final = 0.82


@dataclass(frozen=True, slots=True)
class Stroke:
    """One struck tone. `decay_s`: until it has a third of its strength. `overtones`: multiple -> strength."""

    at_s: float
    hertz: float
    decay_s: float
    overtones: Mapping[float, float]


BELL_METAL: Final = {1.0: 1.0, 2.0: 0.42, 2.76: 0.2, 5.4: 0.08}
"""Of a struck bar: the overtones are no whole multiples."""
SOUNDS: Final[Mapping[str, tuple[float, Sequence[Stroke]]]] = {
    # A falling fourth and a third, slow: it asks for attention and frightens nobody.
    "bell": (
        2.1,
        (
            Stroke(0.0, 659.26, 0.42, BELL_METAL),
            Stroke(0.36, 523.25, 0.48, BELL_METAL),
            Stroke(0.72, 392.0, 0.62, BELL_METAL),
        ),
    ),
}


def samples(length_s: float, strokes: Sequence[Stroke]) -> Sequence[int]:
    """16-bit samples, the loudest of them at _LOUDEST, with an end that does not click."""
    count = round(length_s * RATE)
    wave_form = [_strength(strokes, n / RATE) * min(1.0, (count - n) / (0.05 * RATE)) for n in range(count)]
    peak = max(map(abs, wave_form))
    return [round(value / peak * _LOUDEST * 32_767) for value in wave_form]


def _strength(strokes: Sequence[Stroke], at_s: float) -> float:
    total = 0.0
    for stroke in strokes:
        since = at_s - stroke.at_s
        if since < 0:
            continue
        attack = min(1.0, since / _ATTACK_S)
        for multiple, strength in stroke.overtones.items():
            fading = math.exp(-since / stroke.decay_s * math.sqrt(multiple))
            total += attack * strength * fading * math.sin(2 * math.pi * stroke.hertz * multiple * since)
    return total


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (length_s, strokes) in SOUNDS.items():
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            values = samples(length_s, strokes)
            file.writeframes(struct.pack(f"<{len(values)}h", *values))


if __name__ == "__main__":
    main()
